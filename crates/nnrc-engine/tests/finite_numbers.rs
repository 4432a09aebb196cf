//! Noise of finite numbers of molecules against theory.
//!
//! One smooth rectifier with rails (z⁺, z⁻): 0 → X @h, Z⁺ + X → Z⁺ + 2X, Z⁻ + X → Z⁻, 2X → X. The linear noise
//! approximation (van Kampen) gives Var x = (h + (z⁺ + z⁻) x + x²) / (2 Ω λ) with λ = √(z² + 4h), and the mean is
//! shifted by (x/Ω − Var) / λ.
#![allow(clippy::unwrap_used, reason = "a helper of a test that fails is a test that fails")]

mod common;

use common::{axis, reaction, species, term};
use nnrc_crn::{Crn, CrnInfo, Part, validate};
use nnrc_engine::{Engine, NoisyEngine};
use nnrc_noise::stochastic::{self, Simulation};
use nnrc_noise::{Concentrations, Disturbance, Disturber, Rates, Stream};
use nnrc_sim::{Method, Tolerances};

const H: f64 = 0.25;
const VOLUME: f64 = 400.0;

/// The rails, and the variance by the linear noise approximation.
const CASES: [((f64, f64), f64); 3] =
    [((1.0, 0.0), 2.576e-3), ((2.0, 1.0), 4.710e-3), ((0.0, 1.0), 4.419e-4)];

fn neuron((positive, negative): (f64, f64)) -> (Crn, CrnInfo, usize) {
    let mut crn = Crn::default();
    let one = axis(&mut crn, 1);
    let zp = species(&mut crn, &[one], vec![positive]);
    let zm = species(&mut crn, &[one], vec![negative]);
    let x = species(&mut crn, &[one], vec![H.sqrt()]);
    let number = |k: f64| (&[][..], vec![], vec![k], Part::Whole);
    reaction(&mut crn, &[one], vec![], vec![term(x, &[0], 1)], number(H));
    let excite = vec![term(zp, &[0], 1), term(x, &[0], 1)];
    reaction(&mut crn, &[one], excite, vec![term(zp, &[0], 1), term(x, &[0], 2)], number(1.0));
    let inhibit = vec![term(zm, &[0], 1), term(x, &[0], 1)];
    reaction(&mut crn, &[one], inhibit, vec![term(zm, &[0], 1)], number(1.0));
    reaction(&mut crn, &[one], vec![term(x, &[0], 2)], vec![term(x, &[0], 1)], number(1.0));
    let info = validate(&crn).unwrap();
    let at = info.species_index(x, 0);
    (crn, info, at)
}

fn theory((positive, negative): (f64, f64)) -> (f64, f64, f64) {
    let z = positive - negative;
    let rate = (z * z + 4.0 * H).sqrt();
    let x = (z + rate) / 2.0;
    let variance = (H + (positive + negative) * x + x * x) / (2.0 * VOLUME * rate);
    (x + (x / VOLUME - variance) / rate, variance, rate)
}

/// Mean and variance of values sampled from one long run, and the share by which the variance may be off: five
/// standard errors with as many independent values as correlation times.
fn moments(values: &[f64], spacing: f64, rate: f64) -> (f64, f64, f64) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / count;
    // Σ of squared autocorrelations e^(−2 λ t).
    let kept = (-2.0 * rate * spacing).exp();
    (mean, variance, 5.0 * (2.0 / count * (1.0 + kept) / (1.0 - kept)).sqrt())
}

#[test]
fn numbers_of_molecules_have_the_variance_of_theory() {
    for (rails, published) in CASES {
        let (crn, info, x) = neuron(rails);
        let (mean, variance, rate) = theory(rails);
        assert!((variance / published - 1.0).abs() < 1e-3, "{variance} {published}");
        let network = stochastic::channels(&crn, &info, VOLUME, None);
        assert_eq!((network.reactions(), network.channels()), (4, 2));
        let start = stochastic::molecules(&crn, &info, &info.initial_state(&crn), VOLUME);
        let mut simulation = Simulation::new(&network, &start, Stream::new(11, 0));
        simulation.run(20.0, u64::MAX);
        let spacing = 0.5;
        let values: Vec<f64> = (1..=20_000)
            .map(|at| {
                assert!(simulation.run(20.0 + spacing * f64::from(at), u64::MAX));
                simulation.numbers()[x] / VOLUME
            })
            .collect();
        let (found_mean, found, error) = moments(&values, spacing, rate);
        // The approximation itself is good to about 1/Ω of relative error in the next order.
        assert!(
            (found / variance - 1.0).abs() < error + 0.01,
            "{rails:?}: {found} instead of {variance}, ± {error}"
        );
        let kept = (-rate * spacing).exp();
        let slack = 5.0 * (variance / values.len() as f64 * (1.0 + kept) / (1.0 - kept)).sqrt();
        assert!(
            (found_mean - mean).abs() < slack + 2e-5,
            "{rails:?}: {found_mean} instead of {mean}, ± {slack}"
        );
    }
}

#[test]
fn the_langevin_equation_has_the_variance_of_theory() {
    for (rails, _) in CASES {
        let (crn, info, _) = neuron(rails);
        let (_, variance, rate) = theory(rails);
        let mut engine = NoisyEngine::new(&crn, &info);
        let step = 0.02;
        let disturbance = Disturbance {
            rates: Rates::None,
            concentrations: Concentrations::Langevin { volume: VOLUME, step },
        };
        let tolerances = Tolerances::new(1e-6, 1e-9);
        let mut disturber = Disturber::new(&mut engine, disturbance, (3, 0), Method::Explicit, &tolerances);
        let mut state = Engine::new(&crn, &info).initial_state();
        disturber.advance(&mut engine, &mut state, 20.0).unwrap();
        let spacing = 0.5;
        let values: Vec<f64> = (0..5_000)
            .map(|_| {
                disturber.advance(&mut engine, &mut state, spacing).unwrap();
                state[0]
            })
            .collect();
        let (_, found, error) = moments(&values, spacing, rate);
        // Read just after a jump, the variance is too large by a factor of about 1 + λ Δt.
        let bias = rate * step;
        assert!(
            (found / variance - 1.0 - bias).abs() < error + 0.01,
            "{rails:?}: {found} instead of {variance}, ± {error}"
        );
    }
}

#[test]
fn a_conserved_total_is_conserved() {
    // X <-> Y: x has the binomial distribution of n molecules.
    let mut crn = Crn::default();
    let one = axis(&mut crn, 1);
    let x = species(&mut crn, &[one], vec![1.0]);
    let y = species(&mut crn, &[one], vec![0.0]);
    let number = |k: f64| (&[][..], vec![], vec![k], Part::Whole);
    reaction(&mut crn, &[one], vec![term(x, &[0], 1)], vec![term(y, &[0], 1)], number(1.0));
    reaction(&mut crn, &[one], vec![term(y, &[0], 1)], vec![term(x, &[0], 1)], number(3.0));
    let info = validate(&crn).unwrap();
    let network = stochastic::channels(&crn, &info, 20.0, None);
    let start = stochastic::molecules(&crn, &info, &info.initial_state(&crn), 20.0);
    let mut simulation = Simulation::new(&network, &start, Stream::new(2, 0));
    let mut values = Vec::new();
    for at in 1..=40_000 {
        simulation.run(f64::from(at), u64::MAX);
        assert_eq!(simulation.numbers()[0] + simulation.numbers()[1], 20.0);
        values.push(simulation.numbers()[0]);
    }
    let (mean, variance, error) = moments(&values, 1.0, 4.0);
    assert!((mean - 15.0).abs() < 0.05, "{mean}");
    assert!((variance / 3.75 - 1.0).abs() < error, "{variance}");
}

#[test]
fn orders_of_three_and_more() {
    // 3 X -> 2 X @k in one network, the pure death process whose first step has propensity k n (n − 1)(n − 2) / Ω².
    let mut crn = Crn::default();
    let one = axis(&mut crn, 1);
    let x = species(&mut crn, &[one], vec![1.0]);
    let y = species(&mut crn, &[one], vec![0.5]);
    let number = |k: f64| (&[][..], vec![], vec![k], Part::Whole);
    reaction(&mut crn, &[one], vec![term(x, &[0], 3)], vec![term(x, &[0], 2)], number(2.0));
    let left = vec![term(x, &[0], 2), term(y, &[0], 1)];
    reaction(&mut crn, &[one], left, vec![term(x, &[0], 1), term(y, &[0], 2)], number(5.0));
    let info = validate(&crn).unwrap();
    let network = stochastic::channels(&crn, &info, 10.0, None);
    let simulation = |start: [f64; 2]| Simulation::new(&network, &start, Stream::new(2, 0)).activity();
    let expected = |n: f64, m: f64| 0.02 * n * (n - 1.0) * (n - 2.0) + 0.05 * n * (n - 1.0) * m;
    for (n, m) in [(10.0, 5.0), (3.0, 0.0), (2.0, 4.0), (1.0, 9.0), (0.0, 1.0)] {
        assert!((simulation([n, m]) - expected(n, m)).abs() < 1e-12, "{n} {m}");
    }
}

/// Species that turn into each other keep a whole number in all, as near as can be: neither share is above 1.
#[test]
fn shares_of_a_total_are_rounded_together() {
    let mut crn = Crn::default();
    let size = axis(&mut crn, 3);
    let one = |family| term(family, &[0], 1);
    let constant = |value: f64| (&[][..], vec![], vec![value], Part::Whole);
    let x = species(&mut crn, &[size], vec![0.5, 0.25, 0.1]);
    let c = species(&mut crn, &[size], vec![0.5, 0.75, 0.9]);
    reaction(&mut crn, &[size], vec![one(x)], vec![one(c)], constant(1.0));
    reaction(&mut crn, &[size], vec![one(c)], vec![one(x)], constant(2.0));
    // And one for itself.
    let y = species(&mut crn, &[size], vec![0.5, 0.3, 0.04]);
    reaction(&mut crn, &[size], vec![one(y)], vec![], constant(1.0));
    let info = validate(&crn).unwrap();
    for volume in [1.0, 7.0, 11.0, 1001.0] {
        let start = info.initial_state(&crn);
        let numbers = stochastic::molecules(&crn, &info, &start, volume);
        for at in 0..3 {
            let [own_x, own_c] = [x, c].map(|family| info.species_index(family, at));
            assert_eq!(numbers[own_x] + numbers[own_c], volume, "{volume} {at}: {numbers:?}");
            assert!((numbers[own_x] - volume * start[own_x]).abs() < 1.0);
            let own_y = info.species_index(y, at);
            assert_eq!(numbers[own_y], (volume * start[own_y]).round());
        }
    }
}
