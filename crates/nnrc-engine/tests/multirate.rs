//! Integration at several rates against the same network integrated as a whole.

mod common;

use common::{Random, axis, reaction, species, term};
use nnrc_crn::{Crn, CrnInfo, Handle, Part, SpeciesFamily, validate};
use nnrc_engine::{Engine, Multirate};
use nnrc_sim::{Method, Tolerances, integrate};
use proptest::prelude::*;

/// A layer that learns: weights P and Q in two rails, held inputs, a value that follows their product, and what its
/// distance from a held target makes of the weights.
struct Layer {
    crn: Crn,
    info: CrnInfo,
    inputs: Vec<Handle<SpeciesFamily>>,
    target: Handle<SpeciesFamily>,
    weights: [Handle<SpeciesFamily>; 2],
}

fn layer(seed: u64, dual: bool, decay: f64) -> Layer {
    let random = &mut Random(seed);
    let mut crn = Crn { name: "layer".into(), ..Crn::default() };
    let (rows, columns) = (1 + random.below(4), 24 + random.below(20));
    let (i, j) = (axis(&mut crn, rows), axis(&mut crn, columns));
    let mut vector = |len: usize, scale: f64| random.vector(len).iter().map(|x| x * scale).collect();
    let count = if dual { 2 } else { 1 };
    let inputs: Vec<_> = (0..count).map(|_| species(&mut crn, &[j], vector(columns, 0.4))).collect();
    let target = species(&mut crn, &[i], vector(rows, 1.0));
    let weights = [0, 1].map(|_| species(&mut crn, &[i, j], vector(rows * columns, 0.5)));
    let z = [0, 1].map(|_| species(&mut crn, &[i], vec![0.0; rows]));
    let x = species(&mut crn, &[i], vec![0.3; rows]);
    let d = [0, 1].map(|_| species(&mut crn, &[i], vec![0.0; rows]));
    let mut add = |over: &[_], left: Vec<_>, right: Vec<_>, k: f64| {
        reaction(&mut crn, over, left, right, (&[], Vec::new(), vec![k], Part::Whole));
    };
    for (t, &input) in inputs.iter().enumerate() {
        for s in [0, 1] {
            let catalysts = vec![term(weights[s], &[0, 1], 1), term(input, &[1], 1)];
            let made = term(z[usize::from(s != t)], &[0], 1);
            add(&[i, j], catalysts.clone(), [catalysts, vec![made]].concat(), 3.0);
            let catalysts = vec![term(d[s], &[0], 1), term(input, &[1], 1)];
            let made = term(weights[usize::from(s == t)], &[0, 1], 1);
            add(&[i, j], catalysts.clone(), [catalysts, vec![made]].concat(), 0.05);
        }
    }
    let one = |species, n| term(species, &[0], n);
    for s in [0, 1] {
        add(&[i], vec![one(z[s], 1)], vec![], 3.0);
        add(&[i], vec![one(d[s], 1)], vec![], 2.0);
        if decay > 0.0 {
            add(&[i, j], vec![term(weights[s], &[0, 1], 1)], vec![], decay);
        }
    }
    add(&[i], vec![one(z[0], 1), one(x, 1)], vec![one(z[0], 1), one(x, 2)], 2.0);
    add(&[i], vec![one(z[1], 1), one(x, 1)], vec![one(z[1], 1)], 2.0);
    add(&[i], vec![], vec![one(x, 1)], 0.2);
    add(&[i], vec![one(x, 2)], vec![one(x, 1)], 2.0);
    add(&[i], vec![one(x, 1)], vec![one(x, 1), one(d[0], 1)], 2.0);
    add(&[i], vec![one(target, 1)], vec![one(target, 1), one(d[1], 1)], 2.0);
    add(&[i], vec![one(d[0], 1), one(d[1], 1)], vec![], 20.0);
    let pair = weights.map(|w| term(w, &[0, 1], 1));
    add(&[i, j], pair.to_vec(), vec![], 1.0);
    let info = validate(&crn).expect("a layer is a network");
    Layer { crn, info, inputs, target, weights }
}

/// Presentations: for each the held values, some inputs being 0.
fn presentations(layer: &Layer, seed: u64, count: usize) -> Vec<Vec<(Handle<SpeciesFamily>, Vec<f64>)>> {
    let random = &mut Random(seed ^ 0x55);
    let len = |family: Handle<SpeciesFamily>| layer.crn.species[family].initial.len();
    (0..count)
        .map(|_| {
            let mut shown: Vec<_> = (layer.inputs.iter())
                .map(|&input| {
                    let sparse =
                        |random: &mut Random| if random.chance(0.6) { 0.0 } else { 0.4 * random.unit() };
                    (input, (0..len(input)).map(|_| sparse(random)).collect())
                })
                .collect();
            shown.push((layer.target, random.vector(len(layer.target))));
            shown
        })
        .collect()
}

fn whole(layer: &Layer, shown: &[Vec<(Handle<SpeciesFamily>, Vec<f64>)>], hold: f64) -> Vec<f64> {
    let mut engine = Engine::new(&layer.crn, &layer.info);
    let mut state = engine.initial_state();
    for values in shown {
        for (family, values) in values {
            engine.set_in(&mut state, *family, values).expect("a family of the layer");
        }
        let tolerances = Tolerances::new(1e-11, 1e-13);
        integrate(&mut engine, Method::Explicit, &tolerances, &mut state, 0.0..hold, &[], |_, _| {})
            .expect("a time course");
    }
    state
}

fn parts(
    layer: &Layer,
    shown: &[Vec<(Handle<SpeciesFamily>, Vec<f64>)>],
    hold: f64,
    tolerance: f64,
) -> (Vec<f64>, Multirate) {
    let tolerances = Tolerances::new(tolerance, tolerance * 0.1);
    let mut multirate = Multirate::new(&layer.crn, &layer.info, &tolerances).expect("a pair");
    let mut state = Engine::new(&layer.crn, &layer.info).initial_state();
    for values in shown {
        for (family, values) in values {
            multirate.set_in(&mut state, *family, values).expect("a family of the layer");
        }
        multirate.advance(&mut state, hold).expect("a time course");
    }
    multirate.catch_up(&mut state);
    (state, multirate)
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn agrees_to_the_tolerance(seed: u64, dual: bool, forgets: bool) {
        let layer = layer(seed, dual, if forgets { 0.01 } else { 0.0 });
        let shown = presentations(&layer, seed, 4);
        let exact = whole(&layer, &shown, 1.5);
        for tolerance in [1e-3, 1e-4, 1e-7] {
            let (state, multirate) = parts(&layer, &shown, 1.5, tolerance);
            let error = distance(&state, &exact);
            prop_assert!(error < 10.0 * tolerance, "tolerance {}: error {}", tolerance, error);
            prop_assert!(state.iter().all(|&value| value >= -tolerance));
            prop_assert!(multirate.lumped_dimension() * 2 < state.len() + 200);
        }
    }

    /// Differences of rails do not depend on annihilation: no error of its treatment reaches them.
    #[test]
    fn differences_are_exact(seed: u64) {
        let layer = layer(seed, false, 0.0);
        let shown = presentations(&layer, seed, 3);
        let exact = whole(&layer, &shown, 1.5);
        let (state, _) = parts(&layer, &shown, 1.5, 1e-6);
        let engine = Engine::new(&layer.crn, &layer.info);
        let [p, q] = layer.weights.map(|family| engine.state_range(family).expect("weights change"));
        for (p, q) in p.zip(q) {
            prop_assert!(((state[p] - state[q]) - (exact[p] - exact[q])).abs() < 2e-7);
        }
    }
}

#[test]
fn errors_fall_with_the_tolerance() {
    let layer = layer(7, true, 0.01);
    let shown = presentations(&layer, 7, 5);
    let exact = whole(&layer, &shown, 2.0);
    let errors: Vec<f64> = [1e-3, 1e-5, 1e-7]
        .map(|tolerance| distance(&parts(&layer, &shown, 2.0, tolerance).0, &exact))
        .to_vec();
    assert!(errors[1] < 0.1 * errors[0] && errors[2] < 0.1 * errors[1], "{errors:?}");
}

#[test]
fn idle_columns_may_wait() {
    // Brought up to date after each presentation, or at the end only.
    let layer = layer(3, false, 0.02);
    let shown = presentations(&layer, 3, 6);
    let (late, _) = parts(&layer, &shown, 1.0, 1e-9);
    let tolerances = Tolerances::new(1e-9, 1e-10);
    let mut multirate = Multirate::new(&layer.crn, &layer.info, &tolerances).unwrap();
    let mut state = Engine::new(&layer.crn, &layer.info).initial_state();
    for values in &shown {
        for (family, values) in values {
            multirate.set_in(&mut state, *family, values).unwrap();
        }
        multirate.advance(&mut state, 1.0).unwrap();
        multirate.catch_up(&mut state);
    }
    assert!(distance(&late, &state) < 1e-12);
    assert!(multirate.idle().iter().all(|&time| time == 0.0));
}

#[test]
fn a_run_taken_up_again_is_the_same_to_the_bit() {
    let layer = layer(11, true, 0.01);
    let shown = presentations(&layer, 11, 6);
    // The tolerance decides about the method.
    for tolerance in [1e-3, 1e-5] {
        let tolerances = Tolerances::new(tolerance, 1e-2 * tolerance);
        let new = || Multirate::new(&layer.crn, &layer.info, &tolerances).unwrap();
        let run = |multirate: &mut Multirate, state: &mut Vec<f64>, range: std::ops::Range<usize>| {
            for values in &shown[range] {
                for (family, values) in values {
                    multirate.set_in(state, *family, values).unwrap();
                }
                multirate.advance(state, 1.0).unwrap();
            }
        };
        let start = Engine::new(&layer.crn, &layer.info).initial_state();
        let (mut through, mut state) = (new(), start.clone());
        run(&mut through, &mut state, 0..6);
        let (mut first, mut second, mut resumed) = (new(), new(), start);
        run(&mut first, &mut resumed, 0..3);
        second.set_pace(first.pace());
        assert!(second.set_idle(&first.idle()) && !second.set_idle(&[1.0]));
        run(&mut second, &mut resumed, 3..6);
        assert_eq!(state, resumed);
    }
}

#[test]
fn what_is_not_of_rank_one_stays() {
    // One more reader of the weights, by columns: their sums say nothing about it.
    let mut layer = layer(5, false, 0.0);
    let columns = layer.crn.species[layer.inputs[0]].axes[0];
    let rows = layer.crn.species[layer.target].axes[0];
    let none = vec![0.0; layer.crn.axes[columns].size()];
    let reader = species(&mut layer.crn, &[columns], none);
    let weight = term(layer.weights[0], &[0, 1], 1);
    let products = vec![weight.clone(), term(reader, &[1], 1)];
    let rate = (&[][..], Vec::new(), vec![1.0], Part::Whole);
    reaction(&mut layer.crn, &[rows, columns], vec![weight], products, rate);
    let info = validate(&layer.crn).unwrap();
    assert!(Multirate::new(&layer.crn, &info, &Tolerances::default()).is_none());
}
