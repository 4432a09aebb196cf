//! Certificates computed by hand.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod common;

use common::analyse;
use nnrc_model::certify::{Certificate, Inputs, Obstacle, certify};

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
    // x₊ = 2, x₋ = −1/2: (2 − x) / (x + 1/2) falls from 1 / 1.5 to 0.01 / 2.49 at the rate 5/2.
    close(found.settling_time, ((1.0 / 1.5) / (0.01 / 2.49f64)).ln() / 2.5);
    // From 0 it falls from 2 / (1/2); from infinity |ratio| falls from 1 to 0.01 / 2.51, which takes less.
    close(found.settling_time_any_start, ((2.0 / 0.5) / (0.01 / 2.49f64)).ln() / 2.5);
    assert_eq!(found.largest_start, None);
    assert!(found.obstacles.is_empty());
    assert_eq!(found.claims.len(), 5);
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
    // Below: from 1 up to 2 within 0.01, of all z up to 3/2; above: from 1 down to R(z). The bound is the largest of
    // the exact times for single z, and little more than that.
    let exact = |z: f64| {
        let width = (z * z + 4.0).sqrt();
        let (high, low) = ((z + width) / 2.0, (z - width) / 2.0);
        let near = if high > 1.0 { width - 0.01 } else { width + 0.01 };
        (((high - 1.0).abs() / (1.0 - low)) / (0.01 / near)).ln() / width
    };
    let longest = (0..=2000).map(|step| exact(f64::from(step).mul_add(1e-3, -0.5))).fold(0.0, f64::max) / 3.0;
    let found = found.settling_time.unwrap();
    assert!(longest <= found && found < 1.15 * longest, "{found} {longest}");
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
    // From up to 1000: a is up to 1002 from its 2. Until it is settled, 3 a − 1 adds up to no more than the integral
    // of 1002 + 0.01 over that time, and y to 1000 more.
    let first = (1002.0f64 / 0.01).ln();
    let reach = 1000.0 + first * (3.0 * (1002.0 + 2.01) + 1.0) + 5.0;
    assert_eq!(found.largest_start, Some(1000.0));
    let any = found.settling_time_any_start.unwrap();
    assert!(any > first + (1005.0f64 / 0.03).ln() && any < first + (reach / 0.03).ln() + 0.1, "{any}");
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
    // The relay goes from 0 to 3/2, alone, to within 0.005; the neuron then has half: from 1, where x is at least,
    // to 0.005 below R(1.495), or from 2 down, which takes no time.
    let (high, width) = ((1.495 + (1.495f64 * 1.495 + 4.0).sqrt()) / 2.0, (1.495f64 * 1.495 + 4.0).sqrt());
    let up = (((high - 1.0) / (1.0 - (high - width))) / (0.005 / (width - 0.005))).ln() / width;
    close(relayed.settling_time, (1.5f64 / 0.005).ln() + up);
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

/// What fails is named: under a clock nothing comes to rest, followers may overshoot, a decay may turn negative.
#[test]
fn what_is_not_certified_is_named() {
    let words = |found: Option<Obstacle>| found.map(|obstacle| obstacle.to_string()).unwrap();
    let followed = "layer y = dense(1) | restored_sigmoid();";
    let found = of(followed, "y.W = [[2]]; y.b = [-0.5];", "", Inputs::Ranges, 0.01);
    assert_eq!(
        words(found.unsettled),
        "layer `y`: restored_sigmoid through the followers F and B may overshoot; with `max_order = 3` it has none"
    );
    assert_eq!(found.claims.len(), 3, "rest and rates are proven");
    let direct = of(followed, "y.W = [[2]]; y.b = [-0.5];", "max_order = 3;", Inputs::Ranges, 0.01);
    assert!(direct.settling_time.is_some() && direct.settling_time_any_start.is_some());
    // Two rails of y: q = z², from rails that may start the wrong way.
    let found = of(
        "layer y = dense(1) | inverse_quadratic();",
        "y.W = [[2]]; y.b = [-0.5];",
        "",
        Inputs::Ranges,
        0.01,
    );
    assert!(found.settling_time.is_some());
    assert_eq!(
        words(found.unsettled_any_start),
        "layer `y`: a decay that reads two rails is negative where these start the wrong way"
    );
    // 0.3 a − 0.2 of a neuron that starts at sqrt(0.01) = 0.1.
    let found = of(
        "layer a = dense(1) | smooth_relu(h = 0.01); layer y = dense(1) | michaelis(k = 0.1);",
        "a.W = [[0]]; a.b = [5]; y.W = [[0.3]]; y.b = [-0.2];",
        "",
        Inputs::Ranges,
        0.01,
    );
    assert_eq!(
        words(found.unsettled),
        "layer `y`: on the way a decay may fall to -0.07, and must stay above 0"
    );
}

/// z = 1 of a gate: swish(1) with h = 1 is x / sqrt(5), x the golden ratio; its time is that of a plain integration.
#[test]
fn a_gate_is_certified_by_its_quotient() {
    let found =
        of("layer y = dense(1) | swish(h = 1);", "y.W = [[1]]; y.b = [0];", "", Inputs::Point(&[1.0]), 0.001);
    // Rates: sqrt(5) of x and of the gate, 1 of y.
    close(found.local_rate, 1.0);
    let (mut x, mut g, mut y, mut last) = (1.0f64, 0.5f64, 0.0f64, 0.0f64);
    let rest = (1.0 + 5f64.sqrt()) / 2.0 / 5f64.sqrt();
    let step = 1e-4;
    for at in 0..200_000 {
        let (dx, dg, dy) = (1.0 + x - x * x, x - (2.0 * x - 1.0) * g, g - y);
        (x, g, y) = (x + step * dx, g + step * dg, y + step * dy);
        if (y - rest).abs() > 0.001 {
            last = step * f64::from(at + 1);
        }
    }
    let time = found.settling_time.unwrap();
    assert!(time >= last && time < 4.0 * last, "{time} {last}");
    assert!(found.settling_time_any_start.unwrap() >= time);
}
