//! Certificates computed by hand.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod common;

use common::analyse;
use nnrc_model::certify::{Certificate, Inputs, certify};

fn close(found: Option<f64>, expected: f64) {
    let found = found.unwrap();
    assert!((found - expected).abs() <= 1e-12 * expected.abs(), "{found} instead of {expected}");
}

fn of(calls: &str, weights: &str, chemistry: &str, inputs: Inputs<'_>, tolerance: f64) -> Certificate {
    let model = analyse(&format!(
        "network n {{ input x[1] in [0, 1]; {calls} output y; }}\nweights {{ {weights} }}\n\
         chemistry {{ {chemistry} }}\n"
    ));
    certify(&model, inputs, tolerance)
}

/// z = 2 x − 1/2 at x = 1: z = 3/2, h = 1: x* = 2, x(0) = 1, lambda = sqrt(9/4 + 4) = 5/2, rho = 2.
#[test]
fn one_neuron_at_a_point() {
    let found = of(
        "layer y = dense(1) | smooth_relu(h = 1);",
        "y.W = [[2]]; y.b = [-0.5];",
        "",
        Inputs::Point(&[1.0]),
        0.01,
    );
    close(found.local_rate, 2.5);
    close(found.global_rate, 2.0);
    // |ln x − ln x*| falls from ln 2 at the rate 2; 0.01 in x is ln(1 + 0.01 / 2) in ln x.
    close(found.settling_time, (2f64.ln() / (1.0 + 0.01 / 2.0f64).ln()).ln() / 2.0);
    assert!(found.obstacles.is_empty());
    assert_eq!(found.claims.len(), 4);
}

/// The same over x in [0, 1]: z in [−1/2, 3/2] holds 0, so lambda >= sqrt(4) = 2.
#[test]
fn one_neuron_over_a_range() {
    let found = of(
        "layer y = dense(1) | smooth_relu(h = 1);",
        "y.W = [[2]]; y.b = [-0.5];",
        "speeds = { forward = 3 };",
        Inputs::Ranges,
        0.01,
    );
    close(found.local_rate, 3.0 * 2.0);
    close(found.global_rate, 3.0 * 2.0);
    // x* in [R(−1/2), 2]; from 1 the farthest a time course can be is ln(2 / R(−1/2)).
    let lowest = (-0.5 + (0.25f64 + 4.0).sqrt()) / 2.0;
    close(found.settling_time, ((2.0 / lowest).ln() / (1.0 + 0.01 / 2.0f64).ln()).ln() / 6.0);
}

/// a = 2 x, y = 3 a − 1 at x = 1: every stage at the rate 1.
#[test]
fn a_chain_of_linear_layers() {
    let found = of(
        "layer a = dense(1); layer y = dense(1);",
        "a.W = [[2]]; a.b = [0]; y.W = [[3]]; y.b = [-1];",
        "",
        Inputs::Point(&[1.0]),
        0.06,
    );
    close(found.local_rate, 1.0);
    close(found.global_rate, 1.0);
    // y: z within 3 [0, 2] − 1 = [−1, 5], so y stays in [−1, 5] and is up to 6 from its 5; half of 0.06 is its own.
    // a: may deviate by 0.03 / 3 = 0.01 from its 2, alone.
    close(found.settling_time, (6.0f64 / 0.03).ln() + (2.0f64 / 0.01).ln());
}

/// Weights as species make three reactants: a relay stands before the neuron.
#[test]
fn a_relay_is_a_stage_of_its_own() {
    let calls = "layer y = dense(1) | smooth_relu(h = 1);";
    let weights = "y.W = [[1.5]]; y.b = [0];";
    let point = Inputs::Point(&[1.0]);
    let direct = of(calls, weights, "weights = species; max_order = 3;", point, 0.01);
    let relayed = of(calls, weights, "weights = species; max_order = 2;", point, 0.01);
    close(direct.local_rate, 2.5);
    close(relayed.local_rate, 1.0);
    close(relayed.global_rate, 1.0);
    // The relay goes from 0 to 3/2, alone, to within rho / 2 · ln(1 + 0.01 / 2) = near; the neuron then has half.
    // Its z rises from 0, so x stays between sqrt(h) = 1 and 2.
    let near = (0.01 / 2.0f64).ln_1p();
    close(relayed.settling_time, (2f64.ln() / (0.5 * near)).ln() / 2.0 + (1.5 / near).ln());
}

/// Only the slowest path counts, and nothing that the output does not read.
#[test]
fn the_slowest_path() {
    let one = "a.W = [[2]]; a.b = [0]; y.W = [[3]]; y.b = [-1];";
    let chain = of("layer a = dense(1); layer y = dense(1) from a;", one, "", Inputs::Point(&[1.0]), 0.06);
    let beside = of(
        "layer a = dense(1); layer c = dense(1) from a; layer y = dense(1) from a;",
        &format!("{one} c.W = [[50]]; c.b = [0];"),
        "",
        Inputs::Point(&[1.0]),
        0.06,
    );
    assert_eq!(chain.settling_time, beside.settling_time);
}

#[test]
fn what_no_theorem_covers() {
    let found = of(
        "layer a = dense(1) | softsign(); layer y = dense(1) | identity() | smooth_relu();",
        "init = uniform(-1, 1, seed = 1);",
        "",
        Inputs::Ranges,
        0.01,
    );
    assert_eq!(
        found.obstacles.iter().map(ToString::to_string).collect::<Vec<_>>(),
        [
            "layer `a`: no theorem covers `softsign`; certified are smooth_relu and linear layers",
            "layer `y`: no theorem covers several activations in a row"
        ]
    );
    assert!(found.claims.is_empty());
    assert_eq!((found.local_rate, found.global_rate, found.settling_time), (None, None, None));
}
