//! The integrators against diffsol: another author's implementation of other methods (BDF), on the list of reactions.

#![allow(clippy::unwrap_used, reason = "a helper of a test that fails is a test that fails")]
#![allow(clippy::print_stdout, reason = "`cargo xtask accept` reads the figures")]

use std::cell::RefCell;

use diffsol::{Bdf, NalgebraLU, NalgebraMat, OdeBuilder, OdeSolverMethod, OdeSolverStopReason, Vector};
use nnrc_engine::Engine;
use nnrc_sim::{Absolute, Layered, Method, System, Tolerances, integrate};

use nnrc_tests::acceptance::sbml::{scaled, spread};
use nnrc_tests::compiled::Compiled;
use nnrc_tests::reactions::Reactions;
use nnrc_tests::{Finding, assert_all};

const BOUND: f64 = 1e-8;

/// States of diffsol's BDF at `times`, with the tightest tolerances that it keeps up with.
fn reference(
    start: &[f64],
    derivative: impl Fn(&[f64], &mut [f64]),
    product: impl Fn(&[f64], &[f64], &mut [f64]),
    times: &[f64],
    absolute: f64,
) -> Vec<Vec<f64>> {
    let problem = OdeBuilder::<NalgebraMat<f64>>::new()
        .rtol(1e-12)
        .atol([absolute])
        .h0(1e-8)
        .rhs_implicit(
            |x, _parameters, _time, f: &mut [f64]| derivative(x, f),
            |x, _parameters, _time, v, f: &mut [f64]| product(x, v, f),
        )
        .init(|_parameters, _time, x: &mut [f64]| x.copy_from_slice(start), start.len())
        .build()
        .unwrap();
    let mut solver: Bdf<'_, _, _> = problem.bdf::<NalgebraLU<f64>>().unwrap();
    times
        .iter()
        .map(|&time| {
            // A stop at each time: the interpolant is less exact than the steps.
            solver.set_stop_time(time).unwrap();
            while !matches!(solver.step().unwrap(), OdeSolverStopReason::TstopReached) {}
            (0..start.len()).map(|at| solver.state().y.get_index(at)).collect()
        })
        .collect()
}

/// Largest |a − b| / max(scale, |b|) of a method's states.
fn compare<S: Layered>(
    system: &mut S,
    method: Method,
    tolerances: &Tolerances,
    start: &[f64],
    times: &[f64],
    expected: &[Vec<f64>],
    scale: &[f64],
) -> f64 {
    let mut worst = 0.0f64;
    let mut state = start.to_vec();
    let mut from = 0.0;
    for (&time, expected) in times.iter().zip(expected) {
        integrate(system, method, tolerances, &mut state, from..time, &[], |_, _| {}).unwrap();
        from = time;
        for ((a, b), scale) in state.iter().zip(expected).zip(scale) {
            worst = worst.max((a - b).abs() / b.abs().max(*scale));
        }
    }
    worst
}

const METHODS: [(Method, &str); 3] =
    [(Method::Explicit, "Tsit5"), (Method::Rosenbrock, "Rodas4"), (Method::Auto, "automatic")];

/// Networks that are not stiff and such that are; Robertson's problem.
#[test]
fn integrators_agree_with_diffsol() {
    let mut findings = Vec::new();
    for (widths, scale, h) in [
        (&[4, 16, 3][..], 1.0, 0.25),
        (&[16, 32, 32, 4], 1.0, 0.25),
        (&[4, 16, 3], 4.0, 0.25),
        (&[4, 16, 3], 8.0, 0.01),
    ] {
        let input = spread(widths[0]);
        findings.push(network(&scaled(widths, scale, h, &input), scale, h));
    }
    findings.push(robertson());
    for finding in &findings {
        println!("finding: {}: {}", finding.claim, finding.figure);
    }
    assert_all(&findings);
}

fn network(compiled: &Compiled, scale: f64, h: f64) -> Finding {
    let mut engine = Engine::new(&compiled.crn, &compiled.info);
    let start = engine.initial_state();
    let reactions = Reactions::new(compiled);
    let all = RefCell::new(engine.full_state(&start));
    let spread = |state: &[f64]| {
        let mut all = all.borrow_mut();
        for (value, &species) in state.iter().zip(&reactions.changing) {
            all[species] = *value;
        }
    };
    let gather = |all: &[f64], out: &mut [f64]| {
        for (value, &species) in out.iter_mut().zip(&reactions.changing) {
            *value = all[species];
        }
    };
    let derivative = |state: &[f64], f: &mut [f64]| {
        spread(state);
        gather(&reactions.derivative(&all.borrow()).0, f);
    };
    let product = |state: &[f64], vector: &[f64], f: &mut [f64]| {
        spread(state);
        let mut direction = vec![0.0; all.borrow().len()];
        for (value, &species) in vector.iter().zip(&reactions.changing) {
            direction[species] = *value;
        }
        let mut out = vec![0.0; direction.len()];
        reactions.jacobian_times(&all.borrow(), &direction, &mut out);
        gather(&out, f);
    };
    let times = [0.1, 1.0, 5.0, 20.0];
    let expected = reference(&start, derivative, product, &times, 1e-14);
    let tolerances = Tolerances::new(1e-11, 1e-13);
    let scales = vec![1.0; start.len()];
    let deviations = METHODS.map(|(method, name)| {
        (name, compare(&mut engine, method, &tolerances, &start, &times, &expected, &scales))
    });
    finding(
        &format!("{} reactions, weights times {scale}, h = {h}", compiled.info.reaction_count()),
        &deviations,
    )
}

fn finding(what: &str, deviations: &[(&str, f64)]) -> Finding {
    let words: Vec<String> = deviations.iter().map(|(name, worst)| format!("{name} {worst:.1e}")).collect();
    Finding::new(
        format!("{what}: time courses agree with diffsol's BDF within 1e-8"),
        words.join(", "),
        deviations.iter().all(|(_, worst)| *worst <= BOUND),
    )
}

/// H. H. Robertson's problem (1966): rate constants from 0.04 to 3e7.
struct Robertson {
    at: [f64; 3],
    shift: f64,
}

fn robertson_derivative(x: &[f64], f: &mut [f64]) {
    f[0] = -0.04 * x[0] + 1e4 * x[1] * x[2];
    f[2] = 3e7 * x[1] * x[1];
    f[1] = -f[0] - f[2];
}

fn robertson_product(x: &[f64], v: &[f64], f: &mut [f64]) {
    f[0] = -0.04 * v[0] + 1e4 * (v[1] * x[2] + x[1] * v[2]);
    f[2] = 6e7 * x[1] * v[1];
    f[1] = -f[0] - f[2];
}

impl System for Robertson {
    fn dimension(&self) -> usize {
        3
    }

    fn derivative(&mut self, state: &[f64], derivative: &mut [f64]) {
        robertson_derivative(state, derivative);
    }
}

impl Layered for Robertson {
    fn linearise(&mut self, state: &[f64]) {
        self.at.copy_from_slice(state);
    }

    fn shift(&mut self, shift: f64) {
        self.shift = shift;
    }

    /// By Cramer's rule.
    fn solve(&mut self, vector: &mut [f64]) {
        let mut columns = [[0.0; 3]; 3];
        for (at, column) in columns.iter_mut().enumerate() {
            let mut unit = [0.0; 3];
            unit[at] = 1.0;
            robertson_product(&self.at, &unit, column);
            column.iter_mut().for_each(|value| *value = -*value);
            column[at] += self.shift;
        }
        let determinant = |c: &[[f64; 3]; 3]| -> f64 {
            (0..3)
                .map(|i| {
                    let (j, k) = ((i + 1) % 3, (i + 2) % 3);
                    c[0][i] * (c[1][j] * c[2][k] - c[1][k] * c[2][j])
                })
                .sum()
        };
        let whole = determinant(&columns);
        let right = [vector[0], vector[1], vector[2]];
        for at in 0..3 {
            let mut replaced = columns;
            replaced[at] = right;
            vector[at] = determinant(&replaced) / whole;
        }
    }

    fn jacobian_times(&mut self, vector: &[f64], product: &mut [f64]) {
        robertson_product(&self.at, vector, product);
    }
}

fn robertson() -> Finding {
    let start = [1.0, 0.0, 0.0];
    let times = [0.4, 4.0, 40.0, 400.0];
    let expected = reference(&start, robertson_derivative, robertson_product, &times, 1e-16);
    let absolute = Absolute::Each(vec![1e-13, 1e-17, 1e-13]);
    let tolerances = Tolerances { relative: 1e-11, absolute };
    // The second species stays near 1e-5: it is compared on its own scale.
    let scale = [1.0, 1e-5, 1.0];
    let deviations = [METHODS[1], METHODS[2]].map(|(method, name)| {
        let mut system = Robertson { at: [0.0; 3], shift: 0.0 };
        (name, compare(&mut system, method, &tolerances, &start, &times, &expected, &scale))
    });
    finding("Robertson's problem, t = 0.4 to 400", &deviations)
}
