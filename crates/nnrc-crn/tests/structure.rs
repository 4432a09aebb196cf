//! Conserved totals against the null space of the single reactions; dead and unread species.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod common;

use common::{axis, constant, random_network, reaction, species, term};
use nnrc_crn::expand::expand;
use nnrc_crn::structure::{ConservationLaw, conservation_laws, dead_species, unread_species};
use nnrc_crn::{Crn, CrnInfo, Index, Observable, Role, validate};
use proptest::prelude::*;

/// A prime: ranks modulo it are those of the integers unless a minor is a multiple of it.
const PRIME: i128 = (1 << 61) - 1;

fn rank(mut rows: Vec<Vec<i128>>) -> usize {
    let columns = rows.first().map_or(0, Vec::len);
    let mut rank = 0;
    for column in 0..columns {
        let Some(found) = (rank..rows.len()).find(|&row| rows[row][column].rem_euclid(PRIME) != 0) else {
            continue;
        };
        rows.swap(rank, found);
        let pivot = rows[rank].clone();
        for row in rows.iter_mut().skip(rank + 1) {
            let (a, b) = (pivot[column], row[column]);
            for (value, pivot) in row.iter_mut().zip(&pivot) {
                *value = (*value * a % PRIME - *pivot * b % PRIME).rem_euclid(PRIME);
            }
        }
        rank += 1;
    }
    rank
}

/// Net changes of all species, reaction by reaction.
fn net(crn: &Crn, info: &CrnInfo) -> Vec<Vec<i128>> {
    let change = |reaction: &nnrc_crn::expand::Reaction| {
        let mut row = vec![0i128; info.species_count()];
        reaction.reactants.iter().for_each(|&(s, m)| row[s] -= i128::from(m));
        reaction.products.iter().for_each(|&(s, m)| row[s] += i128::from(m));
        row
    };
    expand(crn, info).iter().map(change).collect()
}

/// The coefficients of the laws over all species, one vector for each index where they hold by index.
fn vectors(crn: &Crn, info: &CrnInfo, laws: &[ConservationLaw]) -> Vec<Vec<i128>> {
    let mut all = Vec::new();
    for law in laws {
        let width = crn.species[law.terms[0].0].initial.len();
        let places: Vec<Option<usize>> =
            if law.each_index { (0..width).map(Some).collect() } else { vec![None] };
        for place in places {
            let mut vector = vec![0; info.species_count()];
            for &(family, coefficient) in &law.terms {
                match place {
                    Some(place) => vector[info.species_index(family, place)] = coefficient.into(),
                    None => info.species_range(family).for_each(|s| vector[s] = coefficient.into()),
                }
            }
            all.push(vector);
        }
    }
    all
}

/// Number of independent laws, and how many there could be among species of families that reactions change.
fn check(crn: &Crn) -> (usize, usize) {
    let info = validate(crn).unwrap();
    let laws = conservation_laws(crn, &info);
    let changes = net(crn, &info);
    let vectors = vectors(crn, &info, &laws);
    for vector in &vectors {
        for change in &changes {
            assert_eq!(vector.iter().zip(change).map(|(a, b)| a * b).sum::<i128>(), 0, "{laws:?}");
        }
    }
    let count = vectors.len();
    assert_eq!(rank(vectors), count, "the laws are independent: {laws:?}");
    let families = crn.species.iter().filter(|(family, _)| !info.is_constant(*family));
    let species: usize = families.map(|(_, family)| family.initial.len()).sum();
    (count, species - rank(changes))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn laws_hold_are_independent_and_not_too_many(seed: u64) {
        let (found, all) = check(&random_network(seed));
        prop_assert!(found <= all, "{found} of {all}");
    }
}

/// Shares of a total, moieties, a chain of two widths: everything the laws can say.
fn moieties() -> Crn {
    let mut crn = Crn { name: "moieties".to_owned(), ..Crn::default() };
    let (units, others) = (axis(&mut crn, "units", &[3]), axis(&mut crn, "others", &[2]));
    let i = Index::of(0);
    let j = Index::of(1);
    let k = constant(&mut crn, "k", &[], vec![1.0]);
    let x = species(&mut crn, "x", &[units], 0.5);
    let c = species(&mut crn, "x.C", &[units], 0.5);
    let p = species(&mut crn, "p", &[units], 0.3);
    let y = species(&mut crn, "y", &[others], 0.0);
    let free = species(&mut crn, "free", &[], 0.0);
    let one = |s| vec![term(s, &[i], 1)];
    reaction(&mut crn, "on", &[units], (one(c), one(x)), (k, &[]));
    reaction(&mut crn, "off", &[units], (one(x), one(c)), (k, &[]));
    let share = reaction(&mut crn, "share", &[units, units], (vec![term(p, &[j], 1)], one(p)), (k, &[]));
    crn.reactions[share].distinct = Some((0, 1));
    // Two p become one y of any place: p + 2 y is conserved as a sum only.
    let pass = (vec![term(p, &[i], 2)], vec![term(y, &[j], 1)]);
    reaction(&mut crn, "pass", &[units, others], pass, (k, &[]));
    reaction(&mut crn, "make", &[], (vec![], vec![term(free, &[], 1)]), (k, &[]));
    crn
}

#[test]
fn moieties_by_index_and_in_sum() {
    let crn = moieties();
    let info = validate(&crn).unwrap();
    let words: Vec<(Vec<(String, i64)>, bool)> = conservation_laws(&crn, &info)
        .iter()
        .map(|law| {
            let name = |f| nnrc_crn::text::name(&crn.species[f]);
            (law.terms.iter().map(|&(f, c)| (name(f), c)).collect(), law.each_index)
        })
        .collect();
    let terms = |terms: &[(&str, i64)]| terms.iter().map(|&(n, c)| (n.to_owned(), c)).collect::<Vec<_>>();
    assert_eq!(words, [(terms(&[("x", 1), ("x.C", 1)]), true), (terms(&[("p", 1), ("y", 2)]), false)]);
    assert_eq!(check(&crn), (4, 4));
}

#[test]
fn laws_beyond_all_numbers_are_left_out() {
    let mut crn = Crn::default();
    let k = constant(&mut crn, "k", &[], vec![1.0]);
    let chain: Vec<_> = (0..8).map(|at| species(&mut crn, &format!("S{at}"), &[], 1.0)).collect();
    for (at, pair) in chain.windows(2).enumerate() {
        let at = at as u32;
        let sides = (vec![term(pair[0], &[], u32::MAX - at)], vec![term(pair[1], &[], u32::MAX - 20 - at)]);
        reaction(&mut crn, &format!("f{at}"), &[], sides, (k, &[]));
    }
    let info = validate(&crn).unwrap();
    assert_eq!(conservation_laws(&crn, &info), []);
}

#[test]
fn species_that_nothing_makes_and_that_nothing_reads() {
    let mut crn = Crn::default();
    let k = constant(&mut crn, "k", &[], vec![1.0]);
    let none = constant(&mut crn, "none", &[], vec![0.0]);
    let make = |crn: &mut Crn, name: &str, initial: f64| species(crn, name, &[], initial);
    let input = make(&mut crn, "input", 0.0);
    crn.species[input].role = Role::Input;
    let weight = make(&mut crn, "weight", 0.0);
    crn.species[weight].role = Role::Parameter;
    let (dead, held, made) =
        (make(&mut crn, "dead", 0.0), make(&mut crn, "held", 1.0), make(&mut crn, "made", 0.0));
    let (sink, output) = (make(&mut crn, "sink", 0.0), make(&mut crn, "output", 0.0));
    crn.species[output].role = Role::Output;
    let one = |s| vec![term(s, &[], 1)];
    let two = |a, b| vec![term(a, &[], 1), term(b, &[], 1)];
    reaction(&mut crn, "a", &[], (two(input, weight), one(made)), (k, &[]));
    reaction(&mut crn, "b", &[], (two(made, dead), two(made, sink)), (k, &[]));
    // Consuming itself is no reading; a reaction of constant 0 is none.
    reaction(&mut crn, "c", &[], (one(sink), vec![]), (k, &[]));
    reaction(&mut crn, "d", &[], (one(held), two(held, dead)), (none, &[]));
    reaction(&mut crn, "e", &[], (one(made), two(made, output)), (k, &[]));
    let info = validate(&crn).unwrap();
    assert_eq!(dead_species(&crn, &info), [dead]);
    assert_eq!(unread_species(&crn, &info), [held, sink]);
    // An observable reads.
    let axis = axis(&mut crn, "one", &[1]);
    let seen = species(&mut crn, "seen", &[axis], 1.0);
    let info = validate(&crn).unwrap();
    assert_eq!(unread_species(&crn, &info), [held, sink, seen]);
    crn.observables.push(Observable { stem: "seen".into(), axis, positive: vec![], negative: vec![seen] });
    assert_eq!(unread_species(&crn, &info), [held, sink]);
}
