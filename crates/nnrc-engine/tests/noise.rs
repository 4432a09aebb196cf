//! Disturbed rate constants and directions of noise against the plain computation over single reactions.
#![allow(clippy::unwrap_used, reason = "a helper of a test that fails is a test that fails")]

mod common;

use common::{Random, feed_forward, random_network};
use nnrc_crn::expand::expand;
use nnrc_crn::{Crn, CrnInfo};
use nnrc_engine::{Engine, NoisyEngine};
use nnrc_noise::stochastic::{self, Simulation};
use nnrc_noise::{Concentrations, Distribution, Disturbance, Disturbed, Disturber, Rates, Stream};
use nnrc_sim::{Layered, Method, System, Tolerances};
use proptest::prelude::*;

/// Place in the state of each species, if it has one.
fn places(crn: &Crn, info: &CrnInfo, engine: &Engine) -> Vec<Option<usize>> {
    let mut places = vec![None; info.species_count()];
    for (handle, _) in crn.species.iter() {
        for (flat, at) in engine.state_range(handle).into_iter().flatten().enumerate() {
            places[info.species_index(handle, flat)] = Some(at);
        }
    }
    places
}

/// Net changes, disturbed fluxes and their sizes, reaction by reaction.
fn fluxes(
    crn: &Crn,
    info: &CrnInfo,
    engine: &Engine,
    full: &[f64],
    constants: &[f64],
) -> Vec<(Vec<(usize, f64)>, f64)> {
    let mut starts = vec![0];
    for (_, family) in crn.reactions.iter() {
        let count: usize = family.over.iter().map(|v| crn.axes[v.axis].size()).product();
        starts.push(starts.last().unwrap() + count);
    }
    assert_eq!(starts.last(), Some(&constants.len()));
    let places = places(crn, info, engine);
    expand(crn, info)
        .iter()
        .map(|reaction| {
            let family = &crn.reactions[reaction.family];
            let flat = reaction
                .values
                .iter()
                .zip(&family.over)
                .fold(0, |flat, (value, variable)| flat * crn.axes[variable.axis].size() + value);
            let k = constants[starts[reaction.family.index()] + flat];
            let flux = reaction.reactants.iter().fold(k, |flux, &(s, m)| flux * full[s].powi(m as i32));
            let mut net = vec![0.0; info.species_count()];
            reaction.reactants.iter().for_each(|&(s, m)| net[s] -= f64::from(m));
            reaction.products.iter().for_each(|&(s, m)| net[s] += f64::from(m));
            let changes = net.iter().enumerate().filter(|(_, change)| **change != 0.0);
            (changes.map(|(species, change)| (places[species].unwrap(), *change)).collect(), flux)
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn every_reaction_has_a_constant_of_its_own(seed: u64) {
        let (crn, info) = random_network(seed);
        let mut engine = NoisyEngine::new(&crn, &info);
        let mut undisturbed = Engine::new(&crn, &info);
        let random = &mut Random(seed ^ 1);
        let state = random.vector(engine.dimension());
        let n = state.len();
        let (mut found, mut expected) = (vec![0.0; n], vec![0.0; n]);
        for round in 0..3 {
            let mut constants = engine.nominal();
            if round > 0 {
                constants.iter_mut().for_each(|k| *k *= 0.2 + 1.6 * random.unit());
                engine.set_rate_constants(&constants);
            }
            let full = engine.full_state(&state);
            let fluxes = fluxes(&crn, &info, &engine, &full, &constants);
            engine.derivative(&state, &mut found);
            let mut size = vec![0.0; n];
            if round == 0 {
                undisturbed.derivative(&state, &mut expected);
            } else {
                expected.fill(0.0);
            }
            for (net, flux) in &fluxes {
                for &(at, change) in net {
                    size[at] += flux * change.abs();
                    if round > 0 {
                        expected[at] += flux * change;
                    }
                }
            }
            for at in 0..n {
                prop_assert!((found[at] - expected[at]).abs() <= 1e-12 * size[at], "{} {}", found[at], expected[at]);
            }
            // The Jacobian follows: a directional derivative by central differences.
            engine.linearise(&state);
            let direction: Vec<f64> = (0..n).map(|_| random.signed()).collect();
            let mut product = vec![0.0; n];
            engine.jacobian_times(&direction, &mut product);
            let shifted = |sign: f64| -> Vec<f64> { state.iter().zip(&direction).map(|(x, d)| x + sign * 1e-5 * d).collect() };
            let (mut up, mut down) = (vec![0.0; n], vec![0.0; n]);
            engine.derivative(&shifted(1.0), &mut up);
            engine.derivative(&shifted(-1.0), &mut down);
            let scale = size.iter().fold(1.0, |max: f64, s| max.max(*s));
            for at in 0..n {
                prop_assert!((product[at] - (up[at] - down[at]) / 2e-5).abs() < 1e-5 * scale * 10.0);
            }
        }
    }

    #[test]
    fn directions_carry_the_covariance_of_the_reactions(seed: u64) {
        let (crn, info) = random_network(seed);
        let mut engine = NoisyEngine::new(&crn, &info);
        let random = &mut Random(seed ^ 3);
        let state = random.vector(engine.dimension());
        let n = state.len();
        let mut constants = engine.nominal();
        constants.iter_mut().for_each(|k| *k *= 0.2 + 1.6 * random.unit());
        engine.set_rate_constants(&constants);
        let full = engine.full_state(&state);
        let mut expected = vec![0.0; n * n];
        for (net, flux) in fluxes(&crn, &info, &engine, &full, &constants) {
            for &(i, a) in &net {
                for &(j, b) in &net {
                    expected[i * n + j] += a * b * flux;
                }
            }
        }
        let mut activity = vec![f64::NAN; engine.directions().len()];
        engine.activity(&state, &mut activity);
        let mut found = vec![0.0; n * n];
        let directions = engine.directions();
        for at in 0..n {
            found[at * n + at] += activity[at];
        }
        let mut start = 0;
        for (&end, activity) in directions.ends.iter().zip(&activity[n..]) {
            for &(i, a) in &directions.moves[start..end] {
                for &(j, b) in &directions.moves[start..end] {
                    found[i * n + j] += a * b * activity;
                }
            }
            start = end;
        }
        for i in 0..n {
            for j in 0..n {
                let size = (expected[i * n + i] * expected[j * n + j]).sqrt();
                prop_assert!((found[i * n + j] - expected[i * n + j]).abs() <= 1e-11 * size.max(1e-300));
            }
        }
    }

    #[test]
    fn propensities_kept_up_to_date_are_those_of_the_reactions(seed: u64) {
        let (crn, info) = random_network(seed);
        let volume = 6.0;
        let network = stochastic::channels(&crn, &info, volume, None);
        let start = stochastic::molecules(&crn, &info, &info.initial_state(&crn), volume);
        let mut simulation = Simulation::new(&network, &start, Stream::new(seed, 0));
        let mut reactions = expand(&crn, &info);
        reactions.iter_mut().for_each(|r| {
            r.reactants.sort_unstable();
            r.products.sort_unstable();
        });
        let mut largest = 0f64;
        let is_held = |species: usize| info.is_constant(info.locate(species).0);
        for _ in 0..40 {
            let numbers = simulation.numbers();
            prop_assert!(numbers.iter().all(|n| *n >= 0.0), "{:?}", numbers);
            let expected: f64 = reactions
                .iter()
                .filter(|r| r.reactants != r.products)
                .map(|r| {
                    let order: u32 = r.reactants.iter().map(|(_, m)| m).sum();
                    let product: f64 =
                        r.reactants.iter().flat_map(|&(s, m)| (0..m).map(move |taken| (s, taken)))
                            .map(|(s, taken)| if is_held(s) { numbers[s] } else { numbers[s] - f64::from(taken) }).product();
                    r.k * volume.powi(1 - order as i32) * product.max(0.0)
                })
                .sum();
            let found = simulation.activity();
            largest = largest.max(expected);
            prop_assert!((found - expected).abs() <= 1e-9 * expected + 1e-12 * largest, "{} {}", found, expected);
            if expected >= 1e7 {
                break;
            }
            simulation.run(f64::INFINITY, 1);
        }
    }
}

#[test]
fn replicates_are_theirs_alone() {
    let network = feed_forward(&[3, 5, 2], false, 4);
    let info = nnrc_crn::validate(&network.crn).unwrap();
    let engine = NoisyEngine::new(&network.crn, &info);
    let disturbance = Disturbance {
        rates: Rates::OrnsteinUhlenbeck { size: 0.2, tau: 1.0, step: 0.1 },
        concentrations: Concentrations::Kicks { size: 0.03, every: 0.25 },
    };
    let run = |replicate: u64| {
        let mut engine = engine.clone();
        let mut disturber =
            Disturber::new(&mut engine, disturbance, (7, replicate), Method::Auto, &Tolerances::default());
        let mut state = engine.initial_state();
        disturber.present(&mut engine);
        disturber.advance(&mut engine, &mut state, 3.0).unwrap();
        disturber.advance(&mut engine, &mut state, 2.0).unwrap();
        assert_eq!(disturber.time(), 5.0);
        state
    };
    assert_eq!(run(0), run(0));
    assert_ne!(run(0), run(1));
    assert!(run(2).iter().all(|x| *x > 0.0));
}

/// Every presentation has the same kicks: none before `every`, and one that is due at its end comes before the reading.
#[test]
fn kicks_begin_anew_with_each_presentation() {
    let network = feed_forward(&[3, 5, 2], false, 4);
    let info = nnrc_crn::validate(&network.crn).unwrap();
    let mut engine = NoisyEngine::new(&network.crn, &info);
    let tolerances = Tolerances::new(1e-9, 1e-12);
    for (duration, is_kicked) in [(1.5, false), (1.99, false), (2.0, true), (3.0, true)] {
        let mut plain = engine.initial_state();
        let span = 0.0..duration;
        nnrc_sim::integrate(&mut engine, Method::Explicit, &tolerances, &mut plain, span, &[], |_, _| {})
            .unwrap();
        let concentrations = Concentrations::Kicks { size: 0.1, every: 2.0 };
        let disturbance = Disturbance { rates: Rates::None, concentrations };
        let mut disturber = Disturber::new(&mut engine, disturbance, (7, 0), Method::Explicit, &tolerances);
        for presentation in 0..5 {
            let mut state = engine.initial_state();
            disturber.present(&mut engine);
            disturber.advance(&mut engine, &mut state, duration).unwrap();
            let deviation = state.iter().zip(&plain).fold(0.0f64, |most, (x, y)| most.max((x - y).abs()));
            assert_eq!(deviation > 1e-4, is_kicked, "{duration}, presentation {presentation}: {deviation}");
        }
    }
}

#[test]
fn no_noise_is_the_plain_time_course() {
    let network = feed_forward(&[3, 5, 2], true, 4);
    let info = nnrc_crn::validate(&network.crn).unwrap();
    let mut engine = NoisyEngine::new(&network.crn, &info);
    let tolerances = Tolerances::new(1e-9, 1e-12);
    let mut state = engine.initial_state();
    for (rates, concentrations) in [
        (Rates::None, Concentrations::None),
        (
            Rates::OrnsteinUhlenbeck { size: 0.0, tau: 1.0, step: 0.1 },
            Concentrations::Kicks { size: 0.0, every: 0.3 },
        ),
        (Rates::Static { size: 0.0, distribution: Distribution::Uniform }, Concentrations::None),
    ] {
        let disturbance = Disturbance { rates, concentrations };
        let mut disturber = Disturber::new(&mut engine, disturbance, (7, 0), Method::Auto, &tolerances);
        let mut found = engine.initial_state();
        disturber.advance(&mut engine, &mut found, 1.7).unwrap();
        let mut plain = Engine::new(&network.crn, &info);
        state.copy_from_slice(&plain.initial_state());
        nnrc_sim::integrate(&mut plain, Method::Explicit, &tolerances, &mut state, 0.0..1.7, &[], |_, _| {})
            .unwrap();
        for (found, expected) in found.iter().zip(&state) {
            assert!((found - expected).abs() < 1e-8, "{found} {expected}");
        }
    }
}
