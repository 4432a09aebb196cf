//! Indices with strides and padding: convolutions, pooling, flattening.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod common;

use common::{Species, axis, constant, reaction, species, term};
use nnrc_crn::{
    Beyond, Crn, CrnError, Fault, Handle, Index, Observable, ReactionFamily, expand, members, text, validate,
};

/// Two channels of 5 by 5, three kernels of 3 by 3 with stride 2 and padding 1, average pooling of the nine results, and
/// what a dense layer reads of them one after the other.
fn convolution() -> Crn {
    let mut crn = Crn { name: "convolution".to_owned(), ..Crn::default() };
    let [channels, rows, columns] =
        [("x.c", 2), ("x.h", 5), ("x.w", 5)].map(|(n, s)| axis(&mut crn, n, &[s]));
    let [kernels, down, across] = [("z.c", 3), ("z.h", 3), ("z.w", 3)].map(|(n, s)| axis(&mut crn, n, &[s]));
    let window = axis(&mut crn, "window", &[3]);
    let flat = axis(&mut crn, "flat", &[27]);
    let x = species(&mut crn, "x", &[channels, rows, columns], 1.0);
    let z = species(&mut crn, "z", &[kernels, down, across], 0.0);
    let mean = species(&mut crn, "mean", &[kernels], 0.0);
    let row = species(&mut crn, "row", &[flat], 0.0);
    let w = constant(&mut crn, "k_W", &[kernels, channels, window, window], vec![0.5; 54]);
    let one = constant(&mut crn, "k_1", &[], vec![1.0]);
    let [o, i, j, c] = [0, 1, 2, 3].map(Index::of);
    let (a, b) = (Index::of(4), Index::of(5));
    let pixel =
        [c, Index::padded(-1, &[(1, 2), (4, 1)]).unwrap(), Index::padded(-1, &[(2, 2), (5, 1)]).unwrap()];
    let sides = (vec![term(x, &pixel, 1)], vec![term(x, &pixel, 1), term(z, &[o, i, j], 1)]);
    let family = reaction(
        &mut crn,
        "z.drive",
        &[kernels, down, across, channels, window, window],
        sides,
        (w, &[o, c, a, b]),
    );
    for (variable, name) in crn.reactions[family].over.iter_mut().zip(["o", "i", "j", "c", "a", "b"]) {
        name.clone_into(&mut variable.name);
    }
    let each = [kernels, down, across];
    let sides = (vec![term(z, &[o, i, j], 1)], vec![term(z, &[o, i, j], 1), term(mean, &[o], 1)]);
    reaction(&mut crn, "mean.drive", &each, sides, (one, &[]));
    let place = Index::affine(0, &[(0, 9), (1, 3), (2, 1)]).unwrap();
    let sides = (vec![term(z, &[o, i, j], 1)], vec![term(z, &[o, i, j], 1), term(row, &[place], 1)]);
    reaction(&mut crn, "row.drive", &each, sides, (one, &[]));
    crn
}

fn first(crn: &mut Crn) -> &mut ReactionFamily {
    let handle = crn.reactions.iter().next().unwrap().0;
    &mut crn.reactions[handle]
}

fn drive(crn: &Crn) -> Handle<ReactionFamily> {
    crn.reactions.iter().next().unwrap().0
}

#[test]
fn text_says_where_members_exist() {
    let crn = convolution();
    insta::assert_snapshot!(text::print(&crn, &validate(&crn).unwrap()));
}

#[test]
fn windows_over_the_edge_have_fewer_members() {
    let crn = convolution();
    let info = validate(&crn).unwrap();
    // In each direction windows begin at −1, 1 and 3 and see 2, 3 and 2 of five places.
    assert_eq!(info.members(drive(&crn)), 3 * 2 * (2 + 3 + 2) * (2 + 3 + 2));
    // The middle, the edges, the corners.
    assert_eq!(members::regions(&crn, &crn.reactions[drive(&crn)]).len(), 9);
    let mut largest = Vec::new();
    expand::for_each(&crn, &info, |reaction| {
        if reaction.family == drive(&crn) {
            largest.push(reaction.reactants[0].0);
        }
    });
    assert_eq!((largest.iter().min(), largest.iter().max()), (Some(&0), Some(&49)));
}

#[test]
fn flattening_reads_each_place_once_and_in_order() {
    let crn = convolution();
    let info = validate(&crn).unwrap();
    let family: Species = crn.species.iter().nth(3).unwrap().0;
    let last = crn.reactions.iter().last().unwrap().0;
    let mut places = Vec::new();
    expand::for_each(&crn, &info, |reaction| {
        if reaction.family == last {
            let made =
                reaction.products.iter().find(|(species, _)| info.locate(*species).0 == family).unwrap();
            places.push(info.locate(made.0).1);
        }
    });
    assert_eq!(places, (0..27).collect::<Vec<_>>());
}

#[test]
fn an_index_that_leaves_its_axis_says_so_or_is_an_error() {
    let fault = |change: &dyn Fn(&mut ReactionFamily)| {
        let mut crn = convolution();
        change(first(&mut crn));
        match validate(&crn).unwrap_err() {
            CrnError::Malformed { reason, .. } => reason,
            CrnError::IdCollision { .. } | CrnError::BadValue { .. } => panic!("another error"),
        }
    };
    let both = |family: &mut ReactionFamily, change: &dyn Fn(&mut Vec<Index>)| {
        change(&mut family.reactants[0].indices);
        change(&mut family.products[0].indices);
    };
    let unpadded = fault(&|family| {
        both(family, &|indices| indices[1] = Index::affine(-1, &[(1, 2), (4, 1)]).unwrap());
    });
    assert_eq!(
        unpadded,
        Fault::LeavesAxis(Box::new(Beyond {
            of: "x".to_owned(),
            index: "2*i+a-3".to_owned(),
            places: (0, 6),
            axis: "x.h".to_owned(),
            size: 5
        }))
    );
    assert_eq!(unpadded.to_string(), "the index 2*i+a-3 of x runs from 0 to 6, beyond axis x.h (1 to 5)");
    let too_far = fault(&|family| family.rate.indices[2] = Index::affine(0, &[(4, 2)]).unwrap());
    assert_eq!(too_far.to_string(), "the index 2*a-1 of k_W runs from 1 to 5, beyond axis window (1 to 3)");
    let rank = fault(&|family| both(family, &|indices| indices.truncate(2)));
    assert_eq!(rank, Fault::Rank { of: "x".to_owned(), expected: 3, found: 2 });
    let unknown = fault(&|family| {
        both(family, &|indices| indices[2] = Index::padded(0, &[(2, 2), (6, 1)]).unwrap());
    });
    assert_eq!(unknown, Fault::NoSuchVariable { of: "x".to_owned(), position: 6, variables: 6 });
}

/// `x[a] + x[b] -> 0` over two index variables of three values and an axis of eight.
fn pair(a: Index, b: Index, distinct: bool) -> Result<usize, String> {
    let mut crn = Crn::default();
    let (long, short) = (axis(&mut crn, "long", &[8]), axis(&mut crn, "short", &[3]));
    let x = species(&mut crn, "x", &[long], 1.0);
    let k = constant(&mut crn, "k", &[], vec![1.0]);
    let left = vec![term(x, &[a], 1), term(x, &[b], 1)];
    let family = reaction(&mut crn, "meet", &[short, short], (left, vec![]), (k, &[]));
    crn.reactions[family].distinct = distinct.then_some((0, 1));
    validate(&crn).map(|info| info.reaction_count()).map_err(|error| error.to_string())
}

#[test]
fn forms_that_can_never_meet() {
    let form = |offset, terms: &[(usize, usize)]| Index::affine(offset, terms).unwrap();
    let meet = Err("family meet: two terms could name the same species; say `distinct`".to_owned());
    // Even and odd places.
    assert_eq!(pair(form(0, &[(0, 2)]), form(1, &[(1, 2)]), false), Ok(9));
    assert_eq!(pair(form(0, &[(0, 2)]), form(2, &[(1, 2)]), false), meet);
    // The same line and another one.
    assert_eq!(pair(form(0, &[(0, 2), (1, 1)]), form(1, &[(0, 2), (1, 1)]), false), Ok(9));
    assert_eq!(pair(form(0, &[(0, 2)]), form(0, &[(1, 2)]), true), Ok(6));
    assert_eq!(pair(form(0, &[(0, 2)]), form(0, &[(1, 2)]), false), meet);
    assert_eq!(pair(form(0, &[(0, 2)]), form(0, &[(1, 1)]), true), meet);
    // A padded index means the same places, and other members.
    let padded = |offset| Index::padded(offset, &[(0, 3)]).unwrap();
    assert_eq!(pair(padded(-1), padded(0), false), Ok(3 * 2));
}

#[test]
fn an_observable_reads_several_axes_as_one_of_their_shape() {
    let mut crn = convolution();
    let z: Species = crn.species.iter().nth(1).unwrap().0;
    for (shape, good) in [(vec![3, 3, 3], true), (vec![27], false), (vec![9, 3], false)] {
        let whole = axis(&mut crn, "whole", &shape);
        crn.observables =
            vec![Observable { stem: "z".into(), axis: whole, positive: vec![z], negative: vec![] }];
        assert_eq!(validate(&crn).is_ok(), good, "{shape:?}");
    }
}
