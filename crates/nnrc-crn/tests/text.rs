//! The text form.

mod common;

use common::{axis, constant, reaction, species, term};
use nnrc_crn::{Crn, Index, Observable, Part, Role, text, validate};

#[test]
fn every_kind_of_line() {
    let mut crn = Crn { name: "sample".to_owned(), ..Crn::default() };
    let image = axis(&mut crn, "image", &[2, 3]);
    let units = axis(&mut crn, "units", &[4]);
    let x = species(&mut crn, "x", &[image], 0.25);
    crn.species[x].role = Role::Input;
    let up = species(&mut crn, "hidden.Z_p", &[units], 0.0);
    let down = species(&mut crn, "hidden.m", &[units], 0.0);
    crn.species[down].initial[3] = 1.5;
    let total = species(&mut crn, "total", &[], 1.0);
    let w = constant(&mut crn, "k_W", &[units, image], (0..24).map(|at| f64::from(at) - 11.0).collect());
    let k = constant(&mut crn, "k", &[], vec![0.1]);
    let (i, j) = (Index::of(0), Index::of(1));
    let made = (vec![term(x, &[j], 1)], vec![term(x, &[j], 1), term(up, &[i], 1)]);
    let family = reaction(&mut crn, "hidden.excite", &[units, image], made.clone(), (w, &[i, j]));
    crn.reactions[family].rate.part = Part::Positive;
    let family = reaction(&mut crn, "hidden.inhibit", &[units, image], made, (w, &[i, j]));
    crn.reactions[family].rate.part = Part::Negative;
    let pair = (vec![term(up, &[i], 2), term(down, &[j], 1)], vec![]);
    let family = reaction(&mut crn, "hidden.pair", &[units, units], pair, (k, &[]));
    crn.reactions[family].distinct = Some((0, 1));
    let shifted = Index::Variable { position: 0, offset: 1 };
    let three = axis(&mut crn, "three", &[3]);
    let places = (vec![term(up, &[shifted], 1), term(down, &[Index::At(0)], 1)], vec![term(total, &[], 3)]);
    reaction(&mut crn, "gather", &[three], places, (k, &[]));
    reaction(&mut crn, "supply", &[], (vec![], vec![term(total, &[], 1)]), (k, &[]));
    crn.observables.push(Observable {
        stem: "hidden".into(),
        axis: units,
        positive: vec![up],
        negative: vec![down],
    });
    let info = validate(&crn).unwrap();
    insta::assert_snapshot!(text::print(&crn, &info));
}

#[test]
fn the_text_of_a_name() {
    let mut crn = Crn::default();
    for (name, text) in [
        ("x", "x"),
        ("x.p", "x+"),
        ("x.m", "x-"),
        ("x.Z", "x.Z"),
        ("x.Z_p", "x.Z+"),
        ("x.A1_Z_m", "x.A1_Z-"),
        ("x.clamp", "x.clamp"),
    ] {
        let family = species(&mut crn, name, &[], 0.0);
        assert_eq!(text::name(&crn.species[family]), text);
    }
}
