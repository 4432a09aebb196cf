//! Training of a linear model, whose best parameters are known.

use super::*;
use crate::reading::{Measure, Reading};
use std::convert::Infallible;

/// y = w · x + b on points of a plane.
struct Plane {
    inputs: Vec<[f64; 2]>,
    targets: Vec<[f64; 1]>,
}

impl Plane {
    fn new() -> Self {
        let inputs: Vec<[f64; 2]> =
            (0..90).map(|at| [f64::from(at % 7) / 7.0, f64::from(at * at % 11) / 11.0]).collect();
        let targets = inputs.iter().map(|[a, b]| [2.0 * a - 3.0 * b + 0.5]).collect();
        Self { inputs, targets }
    }
}

impl Learner for Plane {
    type Space = ();
    fn space(&self) {}
    fn block(&self) -> usize {
        4
    }
    fn learn(&self, w: &[f64], rows: &[usize], (): &mut (), gradient: Option<&mut [f64]>) -> Totals {
        let (mut totals, measure) = (Totals::default(), Measure::of(Reading::Values));
        let mut slopes = Vec::new();
        for row in rows {
            let [a, b] = self.inputs[*row];
            let (mut output, mut slope) = ([w[0] * a + w[1] * b + w[2]], [0.0]);
            Loss::SquaredError.judge(&measure, &mut output, &self.targets[*row], &mut slope, &mut totals);
            slopes.push(slope[0]);
        }
        if let Some(gradient) = gradient {
            for (row, slope) in rows.iter().zip(slopes) {
                let [a, b] = self.inputs[*row];
                for (g, x) in gradient.iter_mut().zip([a, b, 1.0]) {
                    *g += slope * x;
                }
            }
        }
        totals
    }
}

fn settings(optimiser: Optimiser) -> Settings {
    Settings {
        optimiser,
        schedule: Schedule::Constant,
        decay: 0.0,
        batch: 32,
        epochs: 400,
        order: Order::Shuffle { seed: 3 },
        stops: Vec::new(),
        patience: None,
        threads: 1,
    }
}

const ADAM: Optimiser = Optimiser::Adam { rate: 0.05, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
const SGD: Optimiser = Optimiser::Sgd { rate: 0.2, momentum: 0.9 };

fn run(settings: &Settings, state: &mut State) -> Ending {
    let plane = Plane::new();
    let all: Vec<usize> = (0..90).collect();
    let rows = Rows { train: &all[..80], validation: &all[80..] };
    let observe = &mut |_: &State, _: &Record| Ok::<(), Infallible>(());
    train(&mut Chunks::new(&plane, settings.threads), rows, settings, state, observe)
        .unwrap_or_else(|failure| panic!("{failure:?}"))
}

#[test]
fn both_optimisers_find_the_plane() {
    for optimiser in [ADAM, SGD] {
        let mut state = State::new(vec![0.0; 3], optimiser);
        assert_eq!(run(&settings(optimiser), &mut state), Ending::Epochs);
        for (found, expected) in state.variables.parameters.iter().zip([2.0, -3.0, 0.5]) {
            assert!((found - expected).abs() < 1e-3, "{optimiser:?}: {:?}", state.variables.parameters);
        }
        assert_eq!(state.history.len(), 400);
        assert!(state.history[399].validation.unwrap().mse < 1e-6);
    }
}

#[test]
fn a_run_taken_up_again_goes_on_bit_for_bit() {
    let layout: [Layout<'_>; 2] = [("w", &[1, 2], 0), ("b", &[1], 2)];
    for (optimiser, patience) in [(ADAM, Some(5)), (SGD, None)] {
        let all = Settings { epochs: 10, patience, ..settings(optimiser) };
        let mut whole = State::new(vec![0.1; 3], optimiser);
        run(&all, &mut whole);
        let mut state = State::new(vec![0.1; 3], optimiser);
        run(&Settings { epochs: 5, ..all.clone() }, &mut state);
        let stamp = Stamp { fingerprint: u64::MAX - 7, ..Stamp::default() };
        let arrays = to_arrays(&state, &layout, &stamp);
        let mut bytes = Vec::new();
        crate::io::npz::write(&mut bytes, &arrays).unwrap();
        let read = crate::io::npz::read(&bytes).unwrap();
        let mut resumed = from_arrays(&read, &layout, &stamp).unwrap();
        assert_eq!(resumed, state);
        let other = Err(Unusable::OfAnother(Vec::new()));
        assert_eq!(from_arrays(&read, &layout, &Stamp::default()), other);
        run(&all, &mut resumed);
        assert_eq!(resumed, whole);
    }
}

#[test]
fn patience_may_begin_and_end_where_a_run_is_taken_up() {
    let without = Settings { epochs: 6, ..settings(ADAM) };
    let with = Settings { patience: Some(2), ..without.clone() };
    let begun = |settings: &Settings| {
        let mut state = State::new(vec![0.1; 3], ADAM);
        run(settings, &mut state);
        state
    };
    // What was kept counts no longer: the last parameters do, as if nothing had ever been kept.
    let mut state = begun(&Settings { epochs: 3, ..with.clone() });
    assert!(state.best.is_some());
    run(&without, &mut state);
    assert_eq!(state, begun(&without));
    // The best is looked for from there on.
    let mut state = begun(&Settings { epochs: 3, ..without.clone() });
    run(&Settings { epochs: 5, ..with.clone() }, &mut state);
    let best = state.best.as_ref().unwrap();
    assert!((4..=5).contains(&best.epoch), "{best:?}");
    assert_eq!(state.variables.parameters, begun(&Settings { epochs: 5, ..without }).variables.parameters);
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    // Large enough for threads to start: parameters that nothing depends on count as work.
    struct Padded(Plane);
    impl Learner for Padded {
        type Space = ();
        fn space(&self) {}
        fn block(&self) -> usize {
            4
        }
        fn learn(&self, w: &[f64], rows: &[usize], space: &mut (), gradient: Option<&mut [f64]>) -> Totals {
            self.0.learn(w, rows, space, gradient)
        }
    }
    let plane = Padded(Plane::new());
    let all: Vec<usize> = (0..90).collect();
    for optimiser in [ADAM, SGD] {
        let mut results = Vec::new();
        for threads in [1, 2, 3, 8, 64] {
            let settings = Settings { threads, epochs: 2, decay: 1e-3, ..settings(optimiser) };
            let mut state = State::new(vec![0.3; 80_001], optimiser);
            let rows = Rows { train: &all, validation: &[] };
            let observe = &mut |_: &State, _: &Record| Ok::<(), Infallible>(());
            train(&mut Chunks::new(&plane, settings.threads), rows, &settings, &mut state, observe).unwrap();
            results.push(state);
        }
        assert!(results.iter().all(|state| *state == results[0]));
    }
}

#[test]
fn divergence_keeps_the_last_good_epoch() {
    let optimiser = Optimiser::Sgd { rate: 5.0, momentum: 0.9 };
    let plane = Plane::new();
    let all: Vec<usize> = (0..90).collect();
    let mut state = State::new(vec![0.0; 3], optimiser);
    let rows = Rows { train: &all, validation: &[] };
    let observe = &mut |_: &State, _: &Record| Ok::<(), Infallible>(());
    let failure =
        train(&mut Chunks::new(&plane, 1), rows, &settings(optimiser), &mut state, observe).unwrap_err();
    let Failure::Diverged { epoch, loss } = failure;
    assert_eq!(epoch, state.epoch + 1);
    assert!(!loss.is_finite() || loss > 1e4);
    assert!(state.variables.parameters.iter().all(|w| w.is_finite()));
}

/// Rows with the targets that are given, and one output, the parameter, which a step multiplies.
struct Growing {
    targets: Vec<f64>,
    factor: f64,
}

impl Learner for Growing {
    type Space = ();
    fn space(&self) {}
    fn block(&self) -> usize {
        1
    }
    fn learn(&self, w: &[f64], rows: &[usize], (): &mut (), gradient: Option<&mut [f64]>) -> Totals {
        let target = [self.targets[rows[0]]];
        let (mut totals, measure) = (Totals::default(), Measure::of(Reading::Values));
        Loss::SquaredError.judge(&measure, &mut [w[0]], &target, &mut [0.0], &mut totals);
        if let Some(gradient) = gradient {
            gradient[0] += (1.0 - self.factor) * w[0];
        }
        totals
    }
}

#[test]
fn the_loss_of_an_epoch_decides_about_divergence() {
    let optimiser = Optimiser::Sgd { rate: 1.0, momentum: 0.0 };
    let one = Settings { batch: 1, epochs: 10, order: Order::Cycle, ..settings(optimiser) };
    let observe = &mut |_: &State, _: &Record| Ok::<(), Infallible>(());
    // A first batch with a loss near 0 says nothing about the others.
    for targets in [vec![0.1, 1e6], vec![1e6, 0.1]] {
        let learner = Growing { targets, factor: 1.0 };
        let mut state = State::new(vec![0.1], optimiser);
        let rows = Rows { train: &[0, 1], validation: &[] };
        assert_eq!(
            train(&mut Chunks::new(&learner, 1), rows, &one, &mut state, observe).unwrap(),
            Ending::Epochs
        );
    }
    // The loss grows ten thousand fold in each epoch; one that begins near 0 may do so for a while.
    for (start, epochs) in [(1e-6, 3), (1e-2, 1), (10.0, 0)] {
        let learner = Growing { targets: vec![0.0], factor: 101.0 };
        let mut state = State::new(vec![start], optimiser);
        let rows = Rows { train: &[0], validation: &[] };
        let Failure::Diverged { epoch, loss } =
            train(&mut Chunks::new(&learner, 1), rows, &one, &mut state, observe).unwrap_err();
        assert!(epoch == state.epoch + 1 && epoch > epochs, "{start}: {epoch}");
        assert!(loss > 1e4 * state.history[0].train.loss.max(1.0) && loss < 1e13, "{start}: {loss}");
        let all = state.history.iter();
        assert!(
            all.map(|record| record.train.loss)
                .all(|loss| loss <= 1e4 * state.history[0].train.loss.max(1.0))
        );
    }
}

#[test]
fn training_stops_early() {
    let stop = Stop { validation: false, metric: Metric::Loss, comparison: Comparison::Less, bound: 0.01 };
    let mut state = State::new(vec![0.0; 3], ADAM);
    let ending = run(&Settings { stops: vec![stop], ..settings(ADAM) }, &mut state);
    assert_eq!(ending, Ending::Stopped(0));
    assert!(state.epoch < 400 && state.history[state.epoch - 2].train.loss >= 0.01);
    // A learning rate of almost 0 after the first epochs: nothing improves by a bit any more.
    let schedule = Schedule::Step { every: 3, factor: 0.0 };
    let mut state = State::new(vec![0.0; 3], ADAM);
    let ending = run(&Settings { patience: Some(4), schedule, ..settings(ADAM) }, &mut state);
    assert_eq!((ending, state.epoch), (Ending::Patience, 7));
    assert_eq!(state.best.unwrap().epoch, 3);
}

#[test]
fn losses_have_the_slopes_they_claim() {
    let target = [0.0, 1.0, 0.0];
    for loss in [Loss::SquaredError, Loss::CrossEntropy, Loss::SoftmaxCrossEntropy] {
        let y = [0.2, 0.5, 0.3];
        let at = |y: [f64; 3]| {
            let (mut y, mut adjoint, mut totals) = (y, [9.0; 3], Totals::default());
            loss.judge(&Measure::of(Reading::Classes), &mut y, &target, &mut adjoint, &mut totals);
            (totals.loss, adjoint)
        };
        let (_, adjoint) = at(y);
        for unit in 0..3 {
            let shifted = |by: f64| {
                let mut y = y;
                y[unit] += by;
                at(y).0
            };
            let expected = (shifted(1e-6) - shifted(-1e-6)) / 2e-6;
            assert!((adjoint[unit] - expected).abs() < 1e-8, "{loss:?}");
        }
    }
}

#[test]
fn orders_are_permutations_that_differ() {
    let order = Order::Shuffle { seed: 1 };
    let arranged = |epoch| {
        let mut arranged = Vec::new();
        order.arrange_into(epoch, &(0..50).collect::<Vec<_>>(), &mut arranged);
        arranged
    };
    let (first, second) = (arranged(0), arranged(1));
    assert_ne!(first, second);
    assert_eq!(first, arranged(0));
    let mut sorted = second;
    sorted.sort_unstable();
    assert_eq!(sorted, (0..50).collect::<Vec<_>>());
}

#[test]
fn schedules_fall() {
    let cosine = Schedule::Cosine { floor: 0.1 };
    assert_eq!(cosine.factor(0, 10), 1.0);
    assert!((cosine.factor(5, 10) - 0.55).abs() < 1e-12);
    assert_eq!(Schedule::Step { every: 4, factor: 0.5 }.factor(9, 10), 0.25);
    assert_eq!(Schedule::Exponential { factor: 0.5 }.factor(3, 10), 0.125);
}
