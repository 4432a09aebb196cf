//! `expand` and `CrnInfo` against an enumeration written out here.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::{Random, axis, constant, random_network, reaction, species, term};
use nnrc_crn::expand::{Reaction, expand, for_each};
use nnrc_crn::{Axis, Crn, Handle, Index, Part, Term, members, namer, validate};
use proptest::prelude::*;

/// A species by family and the place on each axis, and its molecules.
type Side = BTreeMap<(usize, Vec<usize>), u32>;

/// One reaction as plain data.
#[derive(Debug, PartialEq)]
struct Plain {
    family: usize,
    values: Vec<usize>,
    reactants: Side,
    products: Side,
    k: f64,
}

/// The place that an index names, on its axis or not.
fn place(index: Index, values: &[usize]) -> i64 {
    match index {
        Index::Variable { position, offset } => (values[position] + offset) as i64,
        Index::At(place) => place as i64,
        Index::Affine(form) => {
            let mut place = form.offset();
            for (position, stride) in form.pairs() {
                for _ in 0..stride {
                    place += values[position] as i64;
                }
            }
            place
        }
    }
}

/// The places that indices name, none where one of them lies beyond its axis.
fn places(crn: &Crn, axes: &[Handle<Axis>], indices: &[Index], values: &[usize]) -> Option<Vec<usize>> {
    let within = |(&axis, &index): (&Handle<Axis>, &Index)| {
        let size: usize = crn.axes[axis].shape.iter().product();
        usize::try_from(place(index, values)).ok().filter(|place| *place < size)
    };
    axes.iter().zip(indices).map(within).collect()
}

/// All combinations of values, the last one fastest, by recursion.
fn combinations(sizes: &[usize]) -> Vec<Vec<usize>> {
    let Some((&first, rest)) = sizes.split_first() else { return vec![Vec::new()] };
    let tails = combinations(rest);
    (0..first).flat_map(|value| tails.iter().map(move |tail| [&[value], &tail[..]].concat())).collect()
}

/// Row-major place over axes, from the far end.
fn row_major(crn: &Crn, axes: &[Handle<Axis>], places: &[usize]) -> usize {
    let (mut flat, mut unit) = (0, 1);
    for (&axis, &place) in axes.iter().zip(places).rev() {
        flat += unit * place;
        unit *= crn.axes[axis].shape.iter().product::<usize>();
    }
    flat
}

fn naive(crn: &Crn) -> Vec<Plain> {
    let mut all = Vec::new();
    for (handle, family) in crn.reactions.iter() {
        let sizes: Vec<usize> = family.over.iter().map(|v| crn.axes[v.axis].size()).collect();
        for values in combinations(&sizes) {
            if family.distinct.is_some_and(|(a, b)| values[a] == values[b]) {
                continue;
            }
            let constant = &crn.rate_constants[family.rate.constant];
            let mut all_within = true;
            let mut of = |axes: &[Handle<Axis>], indices: &[Index]| {
                let places = places(crn, axes, indices, &values);
                all_within &= places.is_some();
                places.unwrap_or_else(|| vec![0; axes.len()])
            };
            let stored =
                constant.values[row_major(crn, &constant.axes, &of(&constant.axes, &family.rate.indices))];
            let k = match family.rate.part {
                Part::Whole => stored,
                Part::Positive if stored > 0.0 => stored,
                Part::Negative if stored < 0.0 => -stored,
                _ => 0.0,
            };
            let mut side = |terms: &[Term]| {
                let mut side = Side::new();
                for term in terms {
                    let places = of(&crn.species[term.species].axes, &term.indices);
                    *side.entry((term.species.index(), places)).or_default() += term.stoichiometry;
                }
                side
            };
            let (reactants, products) = (side(&family.reactants), side(&family.products));
            if k == 0.0 || !all_within {
                continue;
            }
            all.push(Plain { family: handle.index(), values, reactants, products, k });
        }
    }
    all
}

/// The same form of what `expand` gives, by `locate`.
fn plain(crn: &Crn, reaction: &Reaction) -> Plain {
    let info = validate(crn).unwrap();
    let side = |terms: &[(usize, u32)]| -> Side {
        let side: Side = terms
            .iter()
            .map(|&(species, count)| {
                let (family, mut flat) = info.locate(species);
                let mut places = Vec::new();
                for &axis in crn.species[family].axes.iter().rev() {
                    places.push(flat % crn.axes[axis].size());
                    flat /= crn.axes[axis].size();
                }
                places.reverse();
                ((family.index(), places), count)
            })
            .collect();
        assert_eq!(side.len(), terms.len(), "a species stands once on each side");
        side
    };
    Plain {
        family: reaction.family.index(),
        values: reaction.values.clone(),
        reactants: side(&reaction.reactants),
        products: side(&reaction.products),
        k: reaction.k,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn regions_are_the_members_each_once(seed: u64) {
        let crn = random_network(seed);
        for (_, family) in crn.reactions.iter() {
            let mut whole = BTreeSet::new();
            members::for_each(&crn, family, |values| {
                whole.insert(values.to_vec());
            });
            let mut taken = BTreeSet::new();
            for region in members::regions(&crn, family) {
                let sizes: Vec<usize> = region.ranges.iter().map(ExactSizeIterator::len).collect();
                for relative in combinations(&sizes) {
                    // Compared as a loop that begins at 0 does.
                    if region.distinct.is_some_and(|(a, b)| relative[a] == relative[b]) {
                        continue;
                    }
                    let values: Vec<usize> =
                        relative.iter().zip(&region.ranges).map(|(at, range)| range.start + at).collect();
                    prop_assert!(taken.insert(values));
                }
            }
            prop_assert_eq!(whole, taken);
        }
    }

    #[test]
    fn the_list_is_that_of_nested_loops(seed: u64) {
        let crn = random_network(seed);
        let info = validate(&crn).unwrap();
        let expected = naive(&crn);
        let found = expand(&crn, &info);
        let found_plain: Vec<Plain> = found.iter().map(|reaction| plain(&crn, reaction)).collect();
        prop_assert_eq!(&found_plain, &expected);

        // Facts of the receipt.
        prop_assert_eq!(info.reaction_count(), expected.len());
        let mut orders: Vec<usize> = Vec::new();
        for reaction in &expected {
            let order = reaction.reactants.values().sum::<u32>() as usize;
            orders.resize(orders.len().max(order + 1), 0);
            orders[order] += 1;
        }
        prop_assert_eq!(info.by_molecularity(), orders);
        for (handle, _) in crn.reactions.iter() {
            let members = expected.iter().filter(|r| r.family == handle.index()).count();
            prop_assert_eq!(info.members(handle), members);
            prop_assert_eq!(info.facts(handle).members, members);
        }
        let ks = || expected.iter().map(|reaction| reaction.k);
        let range = (!expected.is_empty())
            .then(|| (ks().fold(f64::INFINITY, f64::min), ks().fold(0.0, f64::max)));
        prop_assert_eq!(info.rate_range(), range);
        for (handle, _) in crn.species.iter() {
            let changes = |side: &Plain| {
                let keys = side.reactants.keys().chain(side.products.keys());
                keys.filter(|key| key.0 == handle.index())
                    .any(|key| side.reactants.get(key) != side.products.get(key))
            };
            prop_assert_eq!(info.is_constant(handle), !expected.iter().any(changes));
        }

        // Every reaction has a name of its own, and its constant is where it says.
        let mut ids = BTreeSet::new();
        for reaction in &found {
            let mut id = String::new();
            let family = &crn.reactions[reaction.family];
            namer::reaction_id(&crn, family, &reaction.values, &mut id);
            prop_assert!(ids.insert(id));
            let (constant, at) = reaction.constant;
            prop_assert_eq!(family.rate.part.of(crn.rate_constants[constant].values[at]), reaction.k);
        }
        let mut visited = 0;
        for_each(&crn, &info, |reaction| {
            assert_eq!(*reaction, found[visited]);
            visited += 1;
        });
        prop_assert_eq!(visited, found.len());
    }

    #[test]
    fn species_are_numbered_one_after_another(seed: u64) {
        let crn = random_network(seed);
        let info = validate(&crn).unwrap();
        let mut next = 0;
        for (handle, family) in crn.species.iter() {
            prop_assert_eq!(info.species_range(handle), next..next + family.initial.len());
            for flat in 0..family.initial.len() {
                prop_assert_eq!(info.species_index(handle, flat), next);
                prop_assert_eq!(info.locate(next), (handle, flat));
                prop_assert_eq!(info.initial_state(&crn)[next], family.initial[flat]);
                next += 1;
            }
        }
        prop_assert_eq!(info.species_count(), next);
    }

    /// The derivative from single reactions equals the one from families and their net stoichiometry.
    #[test]
    fn the_derivative_is_that_of_the_families(seed: u64) {
        let crn = random_network(seed);
        let info = validate(&crn).unwrap();
        let random = &mut Random(!seed);
        let state: Vec<f64> = (0..info.species_count()).map(|_| random.signed().abs()).collect();
        let mut single = vec![0.0; state.len()];
        for_each(&crn, &info, |reaction| {
            let flux = reaction.reactants.iter().fold(reaction.k, |f, &(s, m)| f * state[s].powi(m as i32));
            reaction.reactants.iter().for_each(|&(s, m)| single[s] -= f64::from(m) * flux);
            reaction.products.iter().for_each(|&(s, m)| single[s] += f64::from(m) * flux);
        });
        let mut by_family = vec![0.0; state.len()];
        let mut size = vec![0.0; state.len()];
        for (handle, family) in crn.reactions.iter() {
            for plain in naive(&crn).iter().filter(|plain| plain.family == handle.index()) {
                let at = |species, indices: &[Index]| {
                    let axes = &crn.species[species].axes;
                    let places = places(&crn, axes, indices, &plain.values).unwrap();
                    info.species_index(species, row_major(&crn, axes, &places))
                };
                let flux = family.reactants.iter().fold(plain.k, |flux, term| {
                    flux * state[at(term.species, &term.indices)].powi(term.stoichiometry as i32)
                });
                for (species, indices, change) in &info.facts(handle).net {
                    by_family[at(*species, indices)] += *change as f64 * flux;
                }
                let terms = family.reactants.iter().chain(&family.products);
                terms.for_each(|t| size[at(t.species, &t.indices)] += f64::from(t.stoichiometry) * flux);
            }
        }
        for at in 0..state.len() {
            prop_assert!((single[at] - by_family[at]).abs() <= 1e-12 * size[at]);
        }
    }
}

#[test]
fn random_networks_are_not_trivial() {
    let (mut offsets, mut distinct, mut reactions) = (0, 0, 0);
    let (mut strides, mut padded, mut cut) = (0, 0, 0);
    for seed in 0..200 {
        let crn = random_network(seed);
        reactions += validate(&crn).unwrap().reaction_count();
        for (_, family) in crn.reactions.iter() {
            distinct += usize::from(family.distinct.is_some());
            let terms = family.reactants.iter().chain(&family.products).flat_map(|term| &term.indices);
            for index in terms {
                offsets += usize::from(matches!(index, Index::Variable { offset: 1.., .. }));
                strides += usize::from(matches!(index, Index::Affine(form) if !form.is_padded()));
                padded += usize::from(matches!(index, Index::Affine(form) if form.is_padded()));
            }
            cut += usize::from(members::regions(&crn, family).len() > 1);
        }
    }
    assert!(offsets > 10 && distinct > 50 && reactions > 1000, "{offsets} {distinct} {reactions}");
    assert!(strides > 10 && padded > 100 && cut > 20, "{strides} {padded} {cut}");
}

#[test]
fn a_product_of_matrix_and_vector() {
    let mut crn = Crn::default();
    let (rows, columns) = (axis(&mut crn, "rows", &[2]), axis(&mut crn, "columns", &[3]));
    let (x, y) = (species(&mut crn, "x", &[columns], 1.0), species(&mut crn, "y", &[rows], 0.0));
    let w = constant(&mut crn, "w", &[rows, columns], vec![1.0, 0.0, 3.0, 4.0, 5.0, 0.0]);
    let (i, j) = (Index::of(0), Index::of(1));
    let sides = (vec![term(x, &[j], 1)], vec![term(x, &[j], 1), term(y, &[i], 2)]);
    reaction(&mut crn, "make", &[rows, columns], sides, (w, &[i, j]));
    let info = validate(&crn).unwrap();
    let text: Vec<String> = expand(&crn, &info)
        .iter()
        .map(|r| format!("{} @ {}", nnrc_crn::text::single(&crn, &info, &r.reactants, &r.products), r.k))
        .collect();
    assert_eq!(
        text,
        [
            "x_1 -> x_1 + 2 y_1 @ 1",
            "x_3 -> x_3 + 2 y_1 @ 3",
            "x_1 -> x_1 + 2 y_2 @ 4",
            "x_2 -> x_2 + 2 y_2 @ 5"
        ]
    );
}
