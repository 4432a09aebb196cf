//! Times to settle against solutions in closed form: never too early, and not much too late.
#![allow(clippy::unwrap_used, reason = "a helper of a test that fails is a test that fails")]

mod common;

use common::file;
use nnrc_verify::kernel::fault::Fault;
use nnrc_verify::kernel::poly::Poly;
use nnrc_verify::kernel::sbml;
use nnrc_verify::kernel::settle::{self, Settle, Start};
use nnrc_verify::kernel::triangular::Triangular;
use nnrc_verify::search;

/// The time that is proven for a species of reactions without inputs.
fn time(
    reactions: &[&str],
    begin: &[(&str, f64)],
    output: &str,
    (within, start): (f64, Start),
) -> Result<f64, Fault> {
    let system = sbml::read(file(reactions, begin).as_bytes())?;
    let plan = search::plan(&system, Vec::new(), &search::Hints::default())?;
    let cascade = Triangular::new(&system, &plan)?;
    let rest = cascade.at_rest(&[])?;
    let output = cascade.reduced(&Poly::variable(system.find(output).unwrap()))?;
    settle::time(&cascade, &rest, &[output], Settle { within, start })
}

/// A proven time is at least the exact one, and at most this much later.
fn near(found: f64, exact: f64, factor: f64) {
    assert!(found >= exact * (1.0 - 1e-9) && found <= exact * factor + 1e-9, "{found}, not {exact}");
}

#[test]
fn linear_blocks_settle_when_their_solution_does() {
    // x = 1.5 + (x(0) − 1.5) e^(−2 t).
    for (begin, within) in [(0.0f64, 1e-3), (10.0, 1e-3), (1.49, 1e-3), (1.4999, 1e-3), (1e6, 1e-9)] {
        let found = time(&["-> X @ 3", "X -> @ 2"], &[("X", begin)], "X", (within, Start::File)).unwrap();
        near(found, (((begin - 1.5).abs() / within).ln() / 2.0).max(0.0), 1.0001);
    }
    let any = |most| time(&["-> X @ 3", "X -> @ 2"], &[], "X", (1e-3, Start::Any { most }));
    near(any(1000.0).unwrap(), (998.5f64 / 1e-3).ln() / 2.0, 1.0001);
    assert_eq!(any(f64::INFINITY).unwrap_err().code, "unbounded-start");
}

/// When x′ = c + z x − q x² is within s of its rest for good, by bisection of its solution: with roots a > b,
/// (x − a) / (x − b) = (x(0) − a) / (x(0) − b) e^(−q (a − b) t).
fn quadratic(c: f64, z: f64, q: f64, begin: f64, s: f64) -> f64 {
    let w = (z * z + 4.0 * c * q).sqrt() / q;
    let a = if z >= 0.0 { (z / q + w) / 2.0 } else { 2.0 * c / q / (w - z / q) };
    let b = a - w;
    let first = if begin.is_finite() { (begin - a) / (begin - b) } else { 1.0 };
    let apart = |t: f64| {
        let left = first * (-q * w * t).exp();
        (left * w / (1.0 - left)).abs()
    };
    let (mut low, mut high) = (0.0, 1e7);
    if apart(0.0) <= s {
        return 0.0;
    }
    for _ in 0..200 {
        let middle = f64::midpoint(low, high);
        if apart(middle) > s { low = middle } else { high = middle }
    }
    high
}

#[test]
fn quadratic_blocks_settle_when_their_solution_does() {
    for c in [1e-4, 0.1, 3.0] {
        for z in [-4.0, -0.3, 0.0, 0.05, 1.0, 7.0f64] {
            for q in [0.5, 1.0, 2.0] {
                let grow = if z < 0.0 { format!("X -> @ {}", -z) } else { format!("X -> 2 X @ {z}") };
                let reactions = [format!("-> X @ {c}"), grow, format!("2 X -> X @ {q}")];
                let reactions: Vec<&str> = reactions.iter().map(String::as_str).collect();
                for begin in [0.0, 1e-3, 0.9, 25.0, 1e5] {
                    for within in [1e-1, 1e-5] {
                        let found = time(&reactions, &[("X", begin)], "X", (within, Start::File)).unwrap();
                        near(found, quadratic(c, z, q, begin, within), 1.0001);
                    }
                }
                let any = Start::Any { most: f64::INFINITY };
                let found = time(&reactions, &[], "X", (1e-3, any)).unwrap();
                let exact = quadratic(c, z, q, 0.0, 1e-3).max(quadratic(c, z, q, f64::INFINITY, 1e-3));
                near(found, exact, 1.0001);
            }
        }
    }
}

#[test]
fn a_time_for_any_start_of_a_neuron_is_that_of_the_paper() {
    // Uniform in z, to 1e-3: 10.8 for h = 0.1, 28.6 for 0.01, 182.7 for 1e-4, at the worst z.
    for (h, expected) in [(0.1f64, 10.8), (0.01, 28.6), (1e-4, 182.7)] {
        let mut most = 0.0f64;
        for n in 0..400 {
            let z = h.sqrt() * f64::from(n) / 40.0;
            let reactions = [format!("-> X @ {h}"), format!("X -> 2 X @ {z}"), "2 X -> X @ 1".to_owned()];
            let reactions: Vec<&str> = reactions.iter().map(String::as_str).collect();
            most = most.max(time(&reactions, &[], "X", (1e-3, Start::Any { most: f64::INFINITY })).unwrap());
        }
        assert!((most - expected).abs() < 0.1, "{h}: {most}, not {expected}");
    }
}

/// When |x(t) − rest| ≤ within for good, by Runge and Kutta's method with small steps.
fn simulated(
    begin: &[f64],
    derivative: &dyn Fn(&[f64]) -> Vec<f64>,
    (output, within, end): (usize, f64, f64),
) -> f64 {
    let step = 2e-4;
    let add = |x: &[f64], k: &[f64], h: f64| x.iter().zip(k).map(|(x, k)| x + h * k).collect::<Vec<_>>();
    let mut x = begin.to_vec();
    let mut course = vec![x[output]];
    while step * course.len() as f64 <= end {
        let a = derivative(&x);
        let b = derivative(&add(&x, &a, step / 2.0));
        let c = derivative(&add(&x, &b, step / 2.0));
        let d = derivative(&add(&x, &c, step));
        for (at, value) in x.iter_mut().enumerate() {
            *value += step / 6.0 * (a[at] + 2.0 * b[at] + 2.0 * c[at] + d[at]);
        }
        course.push(x[output]);
    }
    let rest = *course.last().unwrap();
    let last = course.iter().rposition(|value| (value - rest).abs() > within);
    last.map_or(0.0, |at| step * at as f64)
}

#[test]
fn other_shapes_settle_before_their_time_from_any_start_that_is_tried() {
    let any = Start::Any { most: 50.0 };
    // x' = 2 (2 − x) x + (2 − 2 x), in a total of 2.
    let segment = ["X + C -> 2 X @ 2", "X -> C @ 1", "C -> X @ 1"];
    let found = time(&segment, &[], "X", (1e-4, any)).unwrap();
    for begin in [0.0, 0.3, 1.0, 2.0] {
        let exact =
            simulated(&[begin], &|x| vec![2.0 * (2.0 - x[0]) * x[0] + 2.0 - 2.0 * x[0]], (0, 1e-4, 12.0));
        assert!(exact <= found, "segment from {begin}: {exact} > {found}");
    }
    let rails = ["-> P_p @ 1", "-> P_m @ 3", "P_p -> @ 1", "P_m -> @ 1", "P_p + P_m -> @ 2"];
    for (at, output) in ["P_p", "P_m"].into_iter().enumerate() {
        let found = time(&rails, &[], output, (1e-4, any)).unwrap();
        for begin in [[0.0, 0.0], [50.0, 0.0], [0.0, 50.0], [50.0, 50.0]] {
            let flow = |x: &[f64]| vec![1.0 - x[0] - 2.0 * x[0] * x[1], 3.0 - x[1] - 2.0 * x[0] * x[1]];
            let exact = simulated(&begin, &flow, (at, 1e-4, 30.0));
            assert!(exact <= found && found < 8.0 * exact, "{output} from {begin:?}: {exact}, {found}");
        }
    }
    let winners = [
        "-> A @ 0.1",
        "A -> 2 A @ 1",
        "2 A -> A @ 1",
        "A + B -> B @ 1",
        "-> B @ 0.1",
        "B -> 2 B @ 1.5",
        "2 B -> B @ 1",
        "A + B -> A @ 1",
    ];
    for (at, output) in ["A", "B"].into_iter().enumerate() {
        let found = time(&winners, &[], output, (1e-4, Start::Any { most: f64::INFINITY })).unwrap();
        for begin in [[0.0, 0.0], [50.0, 0.0], [0.0, 50.0], [1.0, 1.0]] {
            let flow = |x: &[f64]| {
                let sum = x[0] + x[1];
                vec![0.1 + x[0] * (1.0 - sum), 0.1 + x[1] * (1.5 - sum)]
            };
            let exact = simulated(&begin, &flow, (at, 1e-4, 400.0));
            assert!(exact <= found, "{output} from {begin:?}: {exact} > {found}");
        }
    }
    // x' = 1 − 2 x + F (1 − x), F' = 2 x + 0.5 − F.
    let monotone =
        ["C -> X @ 1", "X -> C @ 1", "C + F -> X + F @ 1", "X -> X + F @ 2", "-> F @ 0.5", "F -> @ 1"];
    let found = time(&monotone, &[("X", 0.5), ("C", 0.5)], "X", (1e-4, any)).unwrap();
    for begin in [[0.0, 0.0], [1.0, 0.0], [0.0, 50.0], [1.0, 50.0]] {
        let flow = |x: &[f64]| vec![1.0 - 2.0 * x[0] + x[1] * (1.0 - x[0]), 2.0 * x[0] + 0.5 - x[1]];
        let exact = simulated(&begin, &flow, (0, 1e-4, 40.0));
        assert!(exact <= found, "monotone from {begin:?}: {exact} > {found}");
    }
    // A cascade whose decay is negative at first: y' = 1 − (2 u − 3) y behind u' = 1 + 3 u − u².
    let gate = ["-> U @ 1", "U -> 2 U @ 3", "2 U -> U @ 1", "-> Y @ 1", "Y -> 2 Y @ 3", "Y + U -> U @ 2"];
    let found = time(&gate, &[], "Y", (1e-4, any)).unwrap();
    for begin in [[0.0, 50.0], [50.0, 50.0], [0.0, 0.0], [1.0, 50.0]] {
        let flow = |x: &[f64]| vec![1.0 + 3.0 * x[0] - x[0] * x[0], 1.0 - (2.0 * x[0] - 3.0) * x[1]];
        let exact = simulated(&begin, &flow, (1, 1e-4, 20.0));
        assert!(exact <= found, "gate from {begin:?}: {exact} > {found}");
    }
}
