//! Known fixed points, and what is none.

use super::*;
use crate::testing::{Dense, Network, rectifier, root};
use nalgebra::DMatrix;

fn loose() -> Tolerances {
    Tolerances::new(1e-5, 1e-8)
}

#[test]
fn finds_the_positive_root_from_anywhere() {
    for (z, h) in [(1.4, 0.25), (0.0, 1e-4), (-3.0, 0.01), (5.0, 1e-6), (-0.02, 1e-4)] {
        for start in [f64::sqrt(h), 1e-3, 1e3, 0.0] {
            let mut state = [start];
            let settled = settle(&mut rectifier(z, h), &mut state, &loose(), &Settle::default()).unwrap();
            let expected = root(z, h);
            assert!((state[0] - expected).abs() < 1e-12 * expected.max(1.0), "{z} {h} {start}: {state:?}");
            assert!(settled.residual <= 1e-10);
            let rate = (z * z + 4.0 * h).sqrt();
            if let Some(slowest) = settled.slowest_rate {
                assert!((slowest / rate - 1.0).abs() < 0.05, "{slowest} is not {rate}");
            }
        }
    }
}

#[test]
fn layered_networks_settle_at_the_forward_pass() {
    for (scale, h) in [(1.0, 0.25), (4.0, 0.25), (8.0, 0.01)] {
        for seed in 0..10 {
            let mut network = Network::random(&[4, 16, 16, 3], scale, h, seed);
            let mut state = network.start();
            let settled = settle(&mut network, &mut state, &loose(), &Settle::default()).unwrap();
            for (x, y) in state.iter().zip(network.forward()) {
                assert!((x - y).abs() <= 1e-12 * y.abs().max(1.0), "{scale} {seed}: {x} {y} {settled:?}");
            }
        }
    }
}

#[test]
fn a_pot_too_slow_to_move_has_not_settled() {
    for rate in [1e-300, 1e-100, 1e-30, 1e-16, 1e-13, 1e-11, 1e-9] {
        let mut relay = Dense::new(
            1,
            move |x, f| f[0] = rate * (1.0 - x[0]),
            move |_| DMatrix::from_element(1, 1, -rate),
        );
        let mut state = [0.0];
        let result = settle(&mut relay, &mut state, &loose(), &Settle::default());
        assert!(result.is_err() || (state[0] - 1.0).abs() < 1e-10, "{rate}: {state:?} {result:?}");
    }
}

/// X ⇌ X*, rates a and b: the total is conserved and J is singular.
fn exchange(a: f64, b: f64) -> Dense {
    Dense::new(
        2,
        move |x, f| {
            f[0] = b * x[1] - a * x[0];
            f[1] = -f[0];
        },
        move |_| DMatrix::from_row_slice(2, 2, &[-a, b, a, -b]),
    )
}

#[test]
fn conserved_totals_have_no_rate() {
    for total in [0.3, 0.85, 1.0, 1.07, 1.92] {
        let mut state = [total, 0.0];
        let settled = settle(&mut exchange(1.0, 3.0), &mut state, &loose(), &Settle::default()).unwrap();
        assert!(settled.slowest_rate.is_none_or(|rate| (rate - 4.0).abs() < 0.2), "{total}: {settled:?}");
    }
}

#[test]
fn conserved_totals_are_kept() {
    for (a, b) in [(1.0, 3.0), (0.02, 0.01), (1e4, 1.0), (5.0, 0.0)] {
        let mut state = [1.0, 0.0];
        let settled = settle(&mut exchange(a, b), &mut state, &loose(), &Settle::default()).unwrap();
        assert!((state[0] + state[1] - 1.0).abs() < 1e-12, "{state:?}");
        assert!((state[0] - b / (a + b)).abs() < 1e-12, "{state:?} {settled:?}");
    }
}

/// A conserved total beside dynamics of several orders of magnitude: enzyme E + S ⇌ C → E + P → S.
#[test]
fn nonlinear_conserved_totals_are_kept() {
    let flux = |x: &[f64]| [1e3 * x[0] * x[1], 10.0 * x[2], 2.0 * x[2], 0.02 * x[3]];
    let mut system = Dense::new(
        4,
        move |x, f| {
            let [on, off, make, back] = flux(x);
            f[0] = off + make - on;
            f[1] = off + back - on;
            f[2] = on - off - make;
            f[3] = make - back;
        },
        |x| {
            let (e, s) = (1e3 * x[0], 1e3 * x[1]);
            DMatrix::from_row_slice(
                4,
                4,
                &[-s, -e, 12.0, 0.0, -s, -e, 10.0, 0.02, s, e, -12.0, 0.0, 0.0, 0.0, 2.0, -0.02],
            )
        },
    );
    let mut state = [0.1, 1.0, 0.0, 0.0];
    let settled = settle(&mut system, &mut state, &loose(), &Settle::default()).unwrap();
    assert!((state[0] + state[2] - 0.1).abs() < 1e-11, "{state:?}");
    assert!((state[1] + state[2] + state[3] - 1.0).abs() < 1e-11, "{state:?}");
    assert!((2.0 * state[2] - 0.02 * state[3]).abs() < 1e-12, "{state:?} {settled:?}");
}

#[test]
fn slow_systems_settle() {
    let mut system = Dense::new(1, |x, f| f[0] = 0.02 * (1.0 - x[0]), |_| DMatrix::from_element(1, 1, -0.02));
    let mut state = [0.0];
    let settled = settle(&mut system, &mut state, &loose(), &Settle::default()).unwrap();
    assert!((state[0] - 1.0).abs() < 1e-14);
    assert!((settled.slowest_rate.unwrap() / 0.02 - 1.0).abs() < 1e-6);
}

/// x' = x (1 − x) leaves 0 slowly: 0 is close, and wrong.
#[test]
fn repelling_fixed_points_are_passed() {
    let logistic = |x: &[f64], f: &mut [f64]| f[0] = x[0] * (1.0 - x[0]);
    let mut system = Dense::new(1, logistic, |x| DMatrix::from_element(1, 1, 1.0 - 2.0 * x[0]));
    let mut state = [1e-9];
    settle(&mut system, &mut state, &loose(), &Settle::default()).unwrap();
    assert!((state[0] - 1.0).abs() < 1e-14);

    // A nearly even competition: the course passes by the symmetric saddle.
    let compete = |x: &[f64], f: &mut [f64]| {
        f[0] = x[0] * (1.0 - x[0] - 2.0 * x[1]);
        f[1] = x[1] * (1.0 - x[1] - 2.0 * x[0]);
    };
    let mut system = Dense::new(2, compete, |x| {
        let (a, b) = (1.0 - 2.0 * x[0] - 2.0 * x[1], -2.0 * x[0]);
        DMatrix::from_row_slice(2, 2, &[a, b, -2.0 * x[1], a])
    });
    let mut state = [0.01 + 1e-9, 0.01];
    settle(&mut system, &mut state, &loose(), &Settle::default()).unwrap();
    assert!((state[0] - 1.0).abs() < 1e-12 && state[1].abs() < 1e-12, "{state:?}");
}

#[test]
fn depleted_species_end_at_zero() {
    let mut system = Dense::new(
        2,
        |x, f| {
            f[0] = -3.0 * x[0] * x[1];
            f[1] = f[0];
        },
        |x| {
            let (a, b) = (-3.0 * x[1], -3.0 * x[0]);
            DMatrix::from_row_slice(2, 2, &[a, b, a, b])
        },
    );
    let mut state = [1.0, 0.25];
    settle(&mut system, &mut state, &loose(), &Settle::default()).unwrap();
    assert!((state[0] - 0.75).abs() < 1e-12 && (0.0..1e-12).contains(&state[1]), "{state:?}");
}

#[test]
fn what_never_settles_is_an_error() {
    let mut turning = Dense::new(
        2,
        |x, f| {
            f[0] = 1.0 - x[1];
            f[1] = x[0] - 1.0;
        },
        |_| DMatrix::from_row_slice(2, 2, &[0.0, -1.0, 1.0, 0.0]),
    );
    let limit = Settle { max_time: 200.0, is_patient: false, ..Settle::default() };
    let error = settle(&mut turning, &mut [1.5, 1.0], &loose(), &limit).unwrap_err();
    assert!(matches!(error, Error::NotSettled { time: 200.0, .. }), "{error}");
    let patient = Settle { is_patient: true, ..limit };
    let error = settle(&mut turning, &mut [1.5, 1.0], &loose(), &patient).unwrap_err();
    assert!(matches!(error, Error::NotSettled { time: 200.0, .. }), "{error}");

    let mut slow = Dense::new(1, |x, f| f[0] = 1e-3 * (1.0 - x[0]), |_| DMatrix::from_element(1, 1, -1e-3));
    let error = settle(&mut slow, &mut [0.0], &loose(), &limit).unwrap_err();
    let Error::NotSettled { residual, slowest_rate, .. } = error else { panic!("{error}") };
    assert!(residual > 0.1 && (slowest_rate.unwrap() / 1e-3 - 1.0).abs() < 1e-6, "{error}");
}
