use super::*;
use crate::settings::Absolute;
use crate::system::System;
use crate::testing::{Dense, Network, rectifier, root};
use nalgebra::DMatrix;

const METHODS: [Method; 3] = [Method::Auto, Method::Explicit, Method::Rosenbrock];

fn run(
    system: &mut impl Layered,
    method: Method,
    tolerances: &Tolerances,
    state: &mut [f64],
    end: f64,
) -> Result<Statistics, Error> {
    integrate(system, method, tolerances, state, 0.0..end, &[], |_, _| {})
}

/// Values of `smooth_relu_transient` of the shared vectors, computed with another tool.
#[test]
fn the_rectifier_follows_its_reference() {
    let times = [0.25, 0.5, 1.0, 2.0, 4.0];
    let expected = [0.0705899603, 0.1579632043, 0.3780071967, 0.8447491958, 1.1788858266];
    for method in METHODS {
        let tolerances = Tolerances::new(1e-11, 1e-13);
        let (mut state, mut seen) = ([0.0], Vec::new());
        let observe = |time: f64, state: &[f64]| seen.push((time, state[0]));
        integrate(&mut rectifier(1.0, 0.25), method, &tolerances, &mut state, 0.0..4.0, &times, observe)
            .unwrap();
        assert_eq!(seen.iter().map(|seen| seen.0).collect::<Vec<_>>(), times);
        for ((_, x), expected) in seen.iter().zip(expected) {
            assert!((x - expected).abs() < 1e-9, "{method:?}: {x} is not {expected}");
        }
        assert_eq!(state[0], seen[4].1);
    }
}

/// (x − x₊) / (x − x₋) = C e^(−λ t), x± = (z ± λ) / 2, at every output and for loose tolerances too.
#[test]
fn errors_follow_the_tolerance() {
    let (z, h, start) = (-0.7_f64, 0.04_f64, 2.0);
    let rate = (z * z + 4.0 * h).sqrt();
    let (high, low) = (root(z, h), (z - rate) / 2.0);
    let exact = |t: f64| {
        let ratio = (start - high) / (start - low) * (-rate * t).exp();
        (high - low * ratio) / (1.0 - ratio)
    };
    let times: Vec<f64> = (0..=200).map(|i| 0.05 * f64::from(i)).collect();
    for method in METHODS {
        for relative in [1e-4, 1e-6, 1e-8, 1e-10] {
            let tolerances = Tolerances::new(relative, relative * 1e-3);
            let mut worst = 0.0_f64;
            let observe = |t: f64, x: &[f64]| worst = worst.max((x[0] - exact(t)).abs());
            integrate(&mut rectifier(z, h), method, &tolerances, &mut [start], 0.0..10.0, &times, observe)
                .unwrap();
            assert!(worst < 20.0 * relative, "{method:?} at {relative}: {worst}");
        }
    }
}

fn robertson() -> Dense {
    Dense::new(
        3,
        |x, f| {
            f[0] = -0.04 * x[0] + 1e4 * x[1] * x[2];
            f[2] = 3e7 * x[1] * x[1];
            f[1] = -f[0] - f[2];
        },
        |x| {
            let (a, b, c) = (1e4 * x[2], 1e4 * x[1], 6e7 * x[1]);
            DMatrix::from_row_slice(3, 3, &[-0.04, a, b, 0.04, -a - c, -b, 0.0, c, 0.0])
        },
    )
}

/// Reference values at t = 40 and 4·10^5: H. H. Robertson's problem as in the examples of CVODE.
#[test]
fn robertson_is_followed_by_auto_and_rosenbrock() {
    for method in [Method::Auto, Method::Rosenbrock] {
        let tolerances = Tolerances { relative: 1e-7, absolute: Absolute::Each(vec![1e-8, 1e-12, 1e-8]) };
        let mut state = [1.0, 0.0, 0.0];
        let statistics = run(&mut robertson(), method, &tolerances, &mut state, 40.0).unwrap();
        let expected = [0.7158270688, 9.185534765e-6, 0.2841637457];
        for (x, expected) in state.iter().zip(expected) {
            assert!((x / expected - 1.0).abs() < 1e-6, "{method:?}: {state:?}");
        }
        assert!(statistics.steps < 600, "{statistics:?}");
        assert!((state.iter().sum::<f64>() - 1.0).abs() < 1e-13);
        let statistics = run(&mut robertson(), method, &tolerances, &mut state, 4e5 - 40.0).unwrap();
        assert!((state[0] / 4.9382e-3 - 1.0).abs() < 1e-3, "{state:?}");
        assert!(statistics.steps < 600, "{statistics:?}");
    }
}

fn van_der_pol(stiffness: f64) -> Dense {
    Dense::new(
        2,
        move |x, f| {
            f[0] = x[1];
            f[1] = stiffness * ((1.0 - x[0] * x[0]) * x[1] - x[0]);
        },
        move |x| {
            let (a, b) = (-2.0 * x[0] * x[1] - 1.0, 1.0 - x[0] * x[0]);
            DMatrix::from_row_slice(2, 2, &[0.0, 1.0, stiffness * a, stiffness * b])
        },
    )
}

/// Reference value: Hairer and Wanner's test set, ε = 10⁻⁶, at t = 2.
#[test]
fn van_der_pol_is_followed_through_its_jumps() {
    let tolerances = Tolerances::new(1e-9, 1e-9);
    for method in [Method::Auto, Method::Rosenbrock] {
        let mut state = [2.0, -0.66];
        let statistics = run(&mut van_der_pol(1e6), method, &tolerances, &mut state, 2.0).unwrap();
        assert!((state[0] - 1.706167732170469).abs() < 1e-6, "{method:?}: {state:?} {statistics:?}");
        assert!((state[1] + 0.8928097010248125).abs() < 1e-5, "{method:?}: {state:?} {statistics:?}");
    }
}

#[test]
fn stiff_decays_follow_their_closed_form() {
    for rate in [1e2, 1e4, 1e8] {
        let derivative = move |x: &[f64], f: &mut [f64]| {
            f[0] = 1.0 - x[0];
            f[1] = rate * (x[0] - x[1]);
        };
        let jacobian = move |_: &[f64]| DMatrix::from_row_slice(2, 2, &[-1.0, 0.0, rate, -rate]);
        let mut state = [0.0, 0.5];
        let tolerances = Tolerances::new(1e-9, 1e-11);
        let mut system = Dense::new(2, derivative, jacobian);
        let statistics = run(&mut system, Method::Auto, &tolerances, &mut state, 2.0).unwrap();
        let slow = rate / (rate - 1.0) * (-2.0_f64).exp();
        assert!((state[0] - (1.0 - (-2.0_f64).exp())).abs() < 1e-8, "{state:?}");
        assert!((state[1] - (1.0 - slow)).abs() < 1e-8, "{rate}: {state:?} {statistics:?}");
        assert!(statistics.steps < 400, "{rate}: {statistics:?}");
    }
}

/// The automatic choice costs at most 1.3 times the better method, counted in passes over the weights.
#[test]
fn the_automatic_choice_is_near_the_better_method() {
    let cases = [
        (&[2, 4, 1][..], 1.0, 0.25, 20.0),
        (&[4, 16, 3], 1.0, 0.25, 20.0),
        (&[16, 32, 32, 4], 1.0, 0.25, 20.0),
        (&[64, 64, 10], 1.0, 0.25, 20.0),
        (&[16, 32, 32, 4], 2.0, 0.25, 20.0),
        (&[64, 64, 10], 4.0, 0.25, 20.0),
        (&[16, 32, 32, 4], 4.0, 0.25, 50.0),
        (&[4, 16, 3], 8.0, 0.01, 100.0),
        (&[64, 64, 10], 8.0, 0.01, 100.0),
        (&[16, 32, 32, 4], 8.0, 0.01, 1000.0),
    ];
    for (widths, scale, h, end) in cases {
        let (mut total, mut least) = (0, 0);
        for seed in 1..=5 {
            let work = METHODS.map(|method| {
                let mut network = Network::random(widths, scale, h, seed);
                let mut state = network.start();
                let statistics =
                    run(&mut network, method, &Tolerances::new(1e-6, 1e-9), &mut state, end).unwrap();
                assert_eq!(statistics.undershoot, 0.0);
                network.work
            });
            total += work[0];
            least += work[1].min(work[2]);
        }
        let ratio = total as f64 / least as f64;
        assert!(ratio <= 1.3, "{widths:?}, scale {scale}, h {h}, end {end}: {ratio}");
    }
}

/// The final state of a settled network is the forward pass, to the tolerance.
#[test]
fn networks_end_at_the_forward_pass() {
    for method in METHODS {
        let mut network = Network::random(&[16, 32, 32, 4], 1.0, 0.25, 7);
        let mut state = network.start();
        run(&mut network, method, &Tolerances::new(1e-6, 1e-9), &mut state, 40.0).unwrap();
        for (x, y) in state.iter().zip(network.forward()) {
            assert!((x - y).abs() < 1e-6 * y.abs().max(1.0), "{method:?}: {x} {y}");
        }
    }
}

/// A method that has left the explicit one comes back when fast dynamics return.
#[test]
fn the_choice_goes_both_ways() {
    // A clock of 200 turns whose fast relaxation is there only while x[2] is large.
    let derivative = |x: &[f64], f: &mut [f64]| {
        f[0] = x[1];
        f[1] = -x[0];
        f[2] = -0.5 * x[2];
        f[3] = 1e4 * x[2] * (x[0] - x[3]);
    };
    let jacobian = |x: &[f64]| {
        let (a, b) = (1e4 * x[2], 1e4 * (x[0] - x[3]));
        DMatrix::from_row_slice(4, 4, &[0., 1., 0., 0., -1., 0., 0., 0., 0., 0., -0.5, 0., a, 0., b, -a])
    };
    let mut state = [1.0, 0.0, 1.0, 1.0];
    let mut system = Dense::new(4, derivative, jacobian);
    let statistics = run(&mut system, Method::Auto, &Tolerances::new(1e-6, 1e-9), &mut state, 200.0).unwrap();
    assert!(statistics.switches >= 2, "{statistics:?}");
    assert!(statistics.rosenbrock_steps * 2 < statistics.steps, "{statistics:?}");
    assert!((state[0] - 200.0_f64.cos()).abs() < 1e-3, "{state:?}");
}

/// 2 X → X at a large rate constant, from a loose absolute tolerance: steps that would jump below zero are
/// repeated, and the undershoot is reported.
#[test]
fn concentrations_stay_above_zero() {
    for method in METHODS {
        let mut decay = Dense::new(
            2,
            |x, f| {
                f[0] = -50.0 * x[0] * x[1];
                f[1] = -x[0];
            },
            |x| DMatrix::from_row_slice(2, 2, &[-50.0 * x[1], -50.0 * x[0], -1.0, 0.0]),
        );
        let mut state = [1.0, 10.0];
        let statistics = run(&mut decay, method, &Tolerances::new(1e-3, 1e-6), &mut state, 5.0).unwrap();
        assert!(statistics.undershoot <= 1e-5, "{method:?} {statistics:?}");
        assert_eq!(statistics.undershoot, statistics.undershoot.max(-state[0]));
    }
    // Decay by zeroth order goes below zero whatever the step: it is accepted, and said.
    let mut negative = Dense::new(1, |_, f| f[0] = -1.0, |_| DMatrix::zeros(1, 1));
    let statistics = run(&mut negative, Method::Explicit, &Tolerances::default(), &mut [0.5], 1.0).unwrap();
    assert!((statistics.undershoot - 0.5).abs() < 1e-12, "{statistics:?}");
    assert!(statistics.steps < 100);
    // What starts below zero is left alone.
    let mut rising = Dense::new(1, |x, f| f[0] = -x[0], |_| DMatrix::from_element(1, 1, -1.0));
    let statistics = run(&mut rising, Method::Auto, &Tolerances::default(), &mut [-1.0], 5.0).unwrap();
    assert_eq!((statistics.undershoot, statistics.rejected), (0.0, 0));
}

#[test]
fn explosions_are_errors_with_their_time() {
    for method in METHODS {
        let mut square =
            Dense::new(1, |x, f| f[0] = x[0] * x[0], |x| DMatrix::from_element(1, 1, 2.0 * x[0]));
        let mut state = [1.0];
        let error = run(&mut square, method, &Tolerances::default(), &mut state, 2.0).unwrap_err();
        match error {
            Error::StepTooSmall { time, .. }
            | Error::NonFinite { time, .. }
            | Error::TooManySteps { time, .. } => {
                assert!((time - 1.0).abs() < 1e-3, "{method:?}: {error}");
            }
            _ => panic!("{method:?}: {error}"),
        }
        assert!(state[0] > 1e3 && state[0].is_finite());

        let mut undefined = Dense::new(1, |x, f| f[0] = (0.5 - x[0]).sqrt() + 1.0, |_| DMatrix::zeros(1, 1));
        let error = run(&mut undefined, method, &Tolerances::default(), &mut [0.0], 2.0).unwrap_err();
        assert!(matches!(error, Error::NonFinite { .. } | Error::StepTooSmall { .. }), "{method:?}: {error}");
        let error = run(&mut undefined, method, &Tolerances::default(), &mut [1.0], 2.0).unwrap_err();
        assert_eq!(error, Error::NonFinite { time: 0.0, variable: Some(0) });
    }
}

#[test]
fn requests_without_sense_are_errors() {
    let mut system = rectifier(1.0, 0.25);
    let good = Tolerances::default();
    let mut attempt = |tolerances: &Tolerances, state: &mut [f64], span: Range<f64>, outputs: &[f64]| {
        integrate(&mut system, Method::Auto, tolerances, state, span, outputs, |_, _| {})
    };
    let invalid = |result| matches!(result, Err(Error::Invalid { .. }));
    assert!(invalid(attempt(&Tolerances::new(0.0, 0.0), &mut [1.0], 0.0..1.0, &[])));
    assert!(invalid(attempt(&Tolerances::new(f64::NAN, 1e-9), &mut [1.0], 0.0..1.0, &[])));
    let two = Tolerances { relative: 1e-6, absolute: Absolute::Each(vec![1e-9; 2]) };
    assert!(invalid(attempt(&two, &mut [1.0], 0.0..1.0, &[])));
    assert!(invalid(attempt(&good, &mut [1.0, 2.0], 0.0..1.0, &[])));
    assert!(invalid(attempt(&good, &mut [1.0], 1.0..0.0, &[])));
    assert!(invalid(attempt(&good, &mut [1.0], 0.0..f64::INFINITY, &[])));
    assert!(invalid(attempt(&good, &mut [1.0], 0.0..1.0, &[0.5, 0.2])));
    assert!(invalid(attempt(&good, &mut [1.0], 0.0..1.0, &[2.0])));
    assert!(invalid(attempt(&good, &mut [1.0], 0.0..1.0, &[f64::NAN])));
    assert!(matches!(attempt(&good, &mut [f64::NAN], 0.0..1.0, &[]), Err(Error::NonFinite { .. })));
}

#[test]
fn an_empty_span_and_an_empty_system_are_fine() {
    let mut seen = Vec::new();
    let observe = |time: f64, state: &[f64]| seen.push((time, state[0]));
    let mut system = rectifier(1.0, 0.25);
    let statistics = integrate(
        &mut system,
        Method::Auto,
        &Tolerances::default(),
        &mut [0.5],
        3.0..3.0,
        &[3.0, 3.0],
        observe,
    );
    assert_eq!(statistics.unwrap().steps, 0);
    assert_eq!(seen, [(3.0, 0.5), (3.0, 0.5)]);
    let mut empty = Dense::new(0, |_, _| {}, |_| DMatrix::zeros(0, 0));
    assert!(run(&mut empty, Method::Auto, &Tolerances::default(), &mut [], 1.0).is_ok());
}

#[test]
fn integrators_are_used_again_and_limited() {
    let mut system = rectifier(1.0, 0.25);
    let mut integrator = Integrator::new(system.dimension());
    let mut finals = Vec::new();
    for _ in 0..2 {
        integrator.start(&mut system, Method::Auto, &Tolerances::default(), &[0.0], 0.0..4.0).unwrap();
        while !integrator.finished() {
            integrator.step(&mut system).unwrap();
        }
        finals.push((integrator.state()[0], *integrator.statistics()));
    }
    assert_eq!(finals[0], finals[1]);
    integrator.limit_steps(3);
    integrator.start(&mut system, Method::Auto, &Tolerances::default(), &[0.0], 0.0..4.0).unwrap();
    let error = (0..5).find_map(|_| integrator.step(&mut system).err());
    assert!(matches!(error, Some(Error::TooManySteps { steps: 3, .. })));
}
