//! What must hold of every model: encoding against chemistry, values within ranges, certificates in their order.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod common;

use std::fmt::Write;

use common::{analyse, lower};
use nnrc_crn::structure::conservation_laws;
use nnrc_model::Model;
use nnrc_model::NodeKind;
use nnrc_model::activation::{Domain, SPECS};
use nnrc_model::certify::{Inputs, certify};
use nnrc_model::encoding::encodings;
use nnrc_model::forward::forward;
use nnrc_model::random::Random;
use proptest::prelude::*;

/// Which activations a random network has.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Any,
    /// Smoothed ReLU and linear layers, whose times and rates are all certified.
    Certified,
}

fn pick<'a>(random: &mut Random, choices: &[&'a str]) -> &'a str {
    choices[random.below(choices.len() as u64) as usize]
}

/// Dense, add and concat layers with up to two activations; weights often 0, both carriers, both orders.
fn network(seed: u64, kind: Kind) -> Model {
    let random = &mut Random::new(seed);
    let any: Vec<&str> = SPECS
        .iter()
        .map(|spec| spec.facts)
        .filter(|facts| facts.fixed_point.is_some() && facts.domain == Domain::Everywhere)
        .map(|facts| facts.name)
        .collect();
    let names: &[&str] = if kind == Kind::Any { &any } else { &["smooth_relu", "identity"] };
    let low = pick(random, &["0", "-1"]);
    let sign = pick(random, &["0", "-1"]);
    let (mut layers, mut weights) = (String::new(), String::new());
    let mut widths = vec![("x".to_owned(), 1 + random.below(3) as usize)];
    for at in 1..=1 + random.below(3) {
        let mut sources = vec![widths[widths.len() - 1].clone()];
        if widths.len() > 1 && random.below(2) == 0 {
            sources.push(widths[random.below(widths.len() as u64 - 1) as usize].clone());
        }
        let mut width: usize = sources.iter().map(|(_, width)| width).sum();
        let equal = sources.iter().all(|source| source.1 == sources[0].1);
        let operation = match random.below(5) {
            0 => "concat()".to_owned(),
            1 if equal => {
                width = sources[0].1;
                "add()".to_owned()
            }
            _ => {
                let columns = width;
                width = 1 + random.below(3) as usize;
                let lowest = if sign == "0" { 0.0 } else { -1.0 };
                let mut number = || {
                    let value = random.uniform(lowest, 1.0);
                    if random.below(3) == 0 { 0.0 } else { (value * 100.0).round() / 100.0 }
                };
                let rows: Vec<Vec<f64>> =
                    (0..width).map(|_| (0..columns).map(|_| number()).collect()).collect();
                let bias: Vec<f64> = (0..width).map(|_| number()).collect();
                let _ = writeln!(weights, "l{at}.W = {rows:?}; l{at}.b = {bias:?};");
                format!("dense({width})")
            }
        };
        let mut calls = operation;
        let most = if kind == Kind::Any { 3 } else { 2 };
        for _ in 0..random.below(most) {
            let _ = write!(calls, " | {}()", pick(random, names));
        }
        let from: Vec<&str> = sources.iter().map(|source| source.0.as_str()).collect();
        let _ = writeln!(layers, "layer l{at} = {calls} from {};", from.join(", "));
        widths.push((format!("l{at}"), width));
    }
    let chemistry = format!(
        "weights = {}; max_order = {}; signs = {};",
        pick(random, &["rates", "species"]),
        pick(random, &["2", "3"]),
        pick(random, &["auto", "auto", "dual_rail"])
    );
    analyse(&format!(
        "network random {{ input x[{}] in [{low}, 1];\n{layers}output l{}; }}\nweights {{ {weights} }}\n\
         chemistry {{ {chemistry} }}\n",
        widths[0].1,
        widths.len() - 1
    ))
}

/// An input within the ranges.
fn input(model: &Model, random: &mut Random) -> Vec<f64> {
    model.inputs().flat_map(|(_, n)| &n.ranges).map(|r| random.uniform(r.low, r.high)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn a_node_has_two_rails_exactly_where_its_encoding_says(seed: u64) {
        let model = network(seed, Kind::Any);
        let input = input(&model, &mut Random::new(seed));
        let (crn, _) = lower(&model, &input);
        let encodings = encodings(&model);
        prop_assert_eq!(crn.observables.len(), model.nodes.len());
        for (at, observable) in crn.observables.iter().enumerate() {
            prop_assert_eq!(&observable.stem, &model.nodes[at].name);
            prop_assert_eq!(observable.positive.len(), 1);
            prop_assert_eq!(!observable.negative.is_empty(), encodings[at].dual, "{}", observable.stem);
        }
    }

    #[test]
    fn lowering_gives_the_same_network_every_time(seed: u64) {
        let model = network(seed, Kind::Any);
        let input = input(&model, &mut Random::new(seed));
        let (one, other) = (lower(&model, &input), lower(&network(seed, Kind::Any), &input));
        prop_assert_eq!(one, other);
    }

    #[test]
    fn no_reaction_changes_inputs_or_weights(seed: u64) {
        let model = network(seed, Kind::Any);
        let (crn, info) = lower(&model, &input(&model, &mut Random::new(seed)));
        for (handle, family) in crn.species.iter() {
            if [nnrc_crn::Role::Input, nnrc_crn::Role::Parameter].contains(&family.role) {
                prop_assert!(info.is_constant(handle));
            }
        }
        prop_assert!(info.by_molecularity().len() <= model.chemistry.max_order as usize + 1);
    }

    #[test]
    fn values_lie_within_their_ranges(seed: u64) {
        let model = network(seed, Kind::Any);
        let random = &mut Random::new(seed);
        for _ in 0..5 {
            for (node, values) in model.nodes.iter().zip(forward(&model, &input(&model, random))) {
                for (value, range) in values.iter().zip(&node.ranges) {
                    let slack = 1e-9 * (1.0 + value.abs());
                    prop_assert!(
                        range.low - slack <= *value && *value <= range.high + slack,
                        "{}: {} outside {:?}", node.name, value, range
                    );
                }
            }
        }
    }

    /// Every conserved total of the chemistry is found: the total rank says how many there are.
    #[test]
    fn all_conserved_totals_are_found(seed: u64) {
        let model = network(seed, Kind::Any);
        let (crn, info) = lower(&model, &input(&model, &mut Random::new(seed)));
        let found: usize = conservation_laws(&crn, &info)
            .iter()
            .map(|law| if law.each_index { crn.species[law.terms[0].0].initial.len() } else { 1 })
            .sum();
        let changing: usize = crn
            .species
            .iter()
            .filter(|(handle, _)| !info.is_constant(*handle))
            .map(|(_, family)| family.initial.len())
            .sum();
        let mut rows: Vec<Vec<f64>> = Vec::new();
        nnrc_crn::expand::for_each(&crn, &info, |reaction| {
            let mut row = vec![0.0; info.species_count()];
            reaction.reactants.iter().for_each(|&(s, m)| row[s] -= f64::from(m));
            reaction.products.iter().for_each(|&(s, m)| row[s] += f64::from(m));
            rows.push(row);
        });
        prop_assert_eq!(found, changing - rank(rows));
    }

    #[test]
    fn a_certificate_for_ranges_is_weaker_than_one_for_a_point(seed: u64) {
        let kind = if seed % 2 == 0 { Kind::Certified } else { Kind::Any };
        let model = network(seed, kind);
        let ranges = certify(&model, Inputs::Ranges, 1e-3);
        prop_assume!(ranges.obstacles.is_empty());
        let random = &mut Random::new(seed);
        for _ in 0..5 {
            let point = certify(&model, Inputs::Point(&input(&model, random)), 1e-3);
            if kind == Kind::Certified {
                prop_assert_eq!(point.global_rate, ranges.global_rate);
            }
            prop_assert!(point.local_rate.unwrap() >= ranges.local_rate.unwrap() * (1.0 - 1e-9));
            prop_assert!(point.local_rate.unwrap() >= point.global_rate.unwrap() * (1.0 - 1e-9));
            for (narrow, wide) in [
                (point.settling_time, ranges.settling_time),
                (point.settling_time_any_start, ranges.settling_time_any_start),
                (point.settling_time, point.settling_time_any_start),
            ] {
                if let Some(wide) = wide {
                    prop_assert!(narrow.unwrap() <= wide * (1.0 + 1e-9) + 1e-12, "{narrow:?} {wide}");
                }
            }
        }
        // A tighter tolerance takes longer.
        let tight = certify(&model, Inputs::Ranges, 1e-6).settling_time;
        prop_assert!(tight.is_none_or(|tight| tight >= ranges.settling_time.unwrap()));
    }
}

/// By Gaussian elimination with the largest pivot; entries are small integers.
fn rank(mut rows: Vec<Vec<f64>>) -> usize {
    let columns = rows.first().map_or(0, Vec::len);
    let mut rank = 0;
    for column in 0..columns {
        let Some(best) =
            (rank..rows.len()).max_by(|&a, &b| rows[a][column].abs().total_cmp(&rows[b][column].abs()))
        else {
            break;
        };
        if rows[best][column].abs() < 1e-9 {
            continue;
        }
        rows.swap(rank, best);
        let pivot = rows[rank].clone();
        for row in rows.iter_mut().skip(rank + 1) {
            let factor = row[column] / pivot[column];
            row.iter_mut().zip(&pivot).for_each(|(value, pivot)| *value -= factor * pivot);
        }
        rank += 1;
    }
    rank
}

#[test]
fn random_networks_are_of_all_kinds() {
    let models: Vec<Model> = (0..300).map(|seed| network(seed, Kind::Any)).collect();
    let mut seen = std::collections::BTreeSet::new();
    let (mut chained, mut dual) = (0, 0);
    for model in &models {
        dual += encodings(model).iter().filter(|encoding| encoding.dual).count();
        for node in &model.nodes {
            if let NodeKind::Layer { activations, .. } = &node.kind {
                chained += usize::from(activations.len() > 1);
                seen.extend(activations.iter().map(|activation| activation.name()));
            }
        }
    }
    assert!(seen.len() == 16 && chained > 100 && dual > 200, "{seen:?} {chained} {dual}");
}
