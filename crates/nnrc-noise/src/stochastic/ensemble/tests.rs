use nnrc_dispatch::Level;
use proptest::prelude::*;

use super::*;
use crate::random::Purpose;
use crate::stochastic::{NetworkBuilder, Simulation};

fn stream(replicate: u64) -> Stream {
    Stream::of(5, replicate, Purpose::Events)
}

/// Two rectifiers, the second of which reads the first and an input that is held, and reactions of order three.
fn network(k: f64) -> Network {
    let mut builder = NetworkBuilder::new(3, 30.0);
    builder.hold(2);
    for x in [0, 1] {
        builder.add(0.1, &[], &[(x, 1)]);
        builder.add(1.0, &[(x, 2)], &[(x, 1)]);
        builder.add(0.5, &[(x, 1), (2, 1)], &[(x, 2), (2, 1)]);
    }
    builder.add(k, &[(0, 1), (1, 1)], &[(0, 1), (1, 2)]);
    builder.add(0.3, &[(0, 2), (1, 1)], &[(1, 1)]);
    builder.finish()
}

const NUMBERS: [f64; 3] = [20.0, 7.0, 31.5];

/// Bits of time and numbers of these replicates at three times, with events.
fn courses(replicates: &[u64], lanes: usize) -> Vec<Vec<u64>> {
    let network = network(0.5);
    let mut all = vec![Vec::new(); replicates.len()];
    for (replicates, all) in replicates.chunks(lanes).zip(all.chunks_mut(lanes)) {
        let streams: Vec<Stream> = replicates.iter().copied().map(stream).collect();
        let mut ensemble = Ensemble::new(&network, &streams).unwrap();
        for presentation in 0..2 {
            for (lane, replicate) in replicates.iter().enumerate() {
                // Some begin with nothing, so that lanes are done at different times.
                let start = if replicate % 3 == 0 { [0.0, 0.0, 0.0] } else { NUMBERS };
                ensemble.start(lane, &start);
            }
            for end in [0.25, 1.0, 7.5] {
                assert!(ensemble.run(end + f64::from(presentation), u64::MAX));
                for (lane, all) in all.iter_mut().enumerate() {
                    all.extend(
                        ensemble.numbers(lane).into_iter().chain([ensemble.time(lane)]).map(f64::to_bits),
                    );
                    all.push(ensemble.events(lane));
                }
            }
        }
    }
    all
}

#[test]
fn a_replicate_depends_neither_on_its_mates_nor_on_its_lane_nor_on_registers() {
    let replicates: Vec<u64> = (0..19).collect();
    let alone: Vec<Vec<u64>> = replicates.iter().flat_map(|&replicate| courses(&[replicate], 1)).collect();
    assert!(alone.iter().all(|course| course[course.len() - 1] > 20));
    assert_ne!(alone[1], alone[2]);
    let backwards: Vec<u64> = replicates.iter().rev().copied().collect();
    for level in Level::ALL {
        level.limit();
        for lanes in [1, 3, LANES] {
            assert_eq!(courses(&replicates, lanes), alone, "{level:?} {lanes}");
            let mut found = courses(&backwards, lanes);
            found.reverse();
            assert_eq!(found, alone, "{level:?} {lanes}");
        }
    }
}

#[test]
fn lanes_may_have_rate_constants_of_their_own() {
    let networks = [0.2, 0.4, 0.8].map(network);
    let streams: Vec<Stream> = (0..3).map(stream).collect();
    let mut together = Ensemble::new(&networks[0], &streams).unwrap();
    for (lane, network) in networks.iter().enumerate() {
        assert!(together.set_rates(lane, network));
        together.start(lane, &NUMBERS);
    }
    together.run(3.0, u64::MAX);
    for (lane, network) in networks.iter().enumerate() {
        let mut alone = Ensemble::new(network, &streams[lane..=lane]).unwrap();
        alone.start(0, &NUMBERS);
        alone.run(3.0, u64::MAX);
        assert_eq!((together.numbers(lane), together.events(lane)), (alone.numbers(0), alone.events(0)));
    }
    assert!(together.events(0) < together.events(2));
    // Another network is refused.
    assert!(
        !together.set_rates(0, &NetworkBuilder::new(3, 1.0).finish()) && !together.set_rates(3, &networks[0])
    );
}

/// 0 → X @10, X → 0 @1 from nothing: at time t the number has the Poisson distribution of mean 10 (1 − e⁻ᵗ).
#[test]
fn births_and_deaths_have_the_exact_distribution() {
    let mut builder = NetworkBuilder::new(1, 1.0);
    builder.add(10.0, &[], &[(0, 1)]);
    builder.add(1.0, &[(0, 1)], &[]);
    let network = builder.finish();
    let (time, count) = (0.75f64, 40_000);
    let mut found = [0.0; 16];
    let replicates: Vec<u64> = (0..count).collect();
    for replicates in replicates.chunks(LANES) {
        let streams: Vec<Stream> = replicates.iter().copied().map(stream).collect();
        let mut ensemble = Ensemble::new(&network, &streams).unwrap();
        ensemble.run(time, u64::MAX);
        for lane in 0..LANES {
            found[(ensemble.numbers(lane)[0] as usize).min(15)] += 1.0;
        }
    }
    let mean = 10.0 * (1.0 - (-time).exp());
    let (mut probability, mut rest, mut square) = ((-mean).exp(), 1.0, 0.0);
    for (number, found) in found.iter().enumerate() {
        let expected = count as f64 * if number < 15 { probability } else { rest };
        assert!(expected > 5.0);
        square += (found - expected).powi(2) / expected;
        rest -= probability;
        probability *= mean / (number + 1) as f64;
    }
    // The quantile 0.9999 of 15 degrees of freedom.
    assert!(square < 44.3, "{square}");
}

#[test]
fn means_and_variances_are_those_of_single_runs() {
    let network = network(0.5);
    let count = 4000;
    let mut numbers: [Vec<f64>; 2] = [Vec::new(), Vec::new()];
    for first in (0..count).step_by(LANES) {
        let streams: Vec<Stream> = (first..first + LANES as u64).map(stream).collect();
        let mut ensemble = Ensemble::new(&network, &streams).unwrap();
        (0..LANES).for_each(|lane| ensemble.start(lane, &NUMBERS));
        ensemble.run(2.0, u64::MAX);
        numbers[0].extend((0..LANES).map(|lane| ensemble.numbers(lane)[1]));
    }
    for replicate in count..2 * count {
        let mut simulation = Simulation::new(&network, &NUMBERS, stream(replicate));
        simulation.run(2.0, u64::MAX);
        numbers[1].push(simulation.numbers()[1]);
    }
    let count = count as f64;
    let moments = numbers.map(|numbers| {
        let mean = numbers.iter().sum::<f64>() / count;
        let central = |power| numbers.iter().map(|number| (number - mean).powi(power)).sum::<f64>() / count;
        (mean, central(2), central(4))
    });
    let [(mean, variance, fourth), (other_mean, other_variance, other_fourth)] = moments;
    let error = ((variance + other_variance) / count).sqrt();
    assert!((mean - other_mean).abs() < 4.5 * error, "{mean} {other_mean} ± {error}");
    let spread = |variance: f64, fourth: f64| (fourth - variance * variance) / count;
    let error = (spread(variance, fourth) + spread(other_variance, other_fourth)).sqrt();
    assert!((variance - other_variance).abs() < 4.5 * error, "{variance} {other_variance} ± {error}");
}

#[test]
fn nothing_happens_without_molecules_and_lanes_end_at_different_times() {
    // 2X → 0 leaves one molecule of an odd number.
    let mut builder = NetworkBuilder::new(1, 1.0);
    builder.add(1.0, &[(0, 2)], &[]);
    let network = builder.finish();
    let starts = [0.0, 1.0, 2.0, 3.0, 1000.0, 1001.0];
    let streams: Vec<Stream> = (0..starts.len() as u64).map(stream).collect();
    let mut ensemble = Ensemble::new(&network, &streams).unwrap();
    for (lane, start) in starts.iter().enumerate() {
        ensemble.start(lane, &[*start]);
    }
    assert!(ensemble.run(1e6, u64::MAX));
    for (lane, start) in starts.iter().enumerate() {
        assert_eq!(ensemble.numbers(lane), [start % 2.0]);
        assert_eq!((ensemble.events(lane), ensemble.time(lane)), ((start / 2.0) as u64, 1e6));
    }
    // An end that lies behind changes nothing.
    assert!(ensemble.run(1.0, u64::MAX));
    assert_eq!(ensemble.time(5), 1e6);
}

#[test]
fn a_limit_of_events_stops_each_lane_by_itself() {
    let network = network(0.5);
    let streams: Vec<Stream> = (0..3).map(stream).collect();
    let mut ensemble = Ensemble::new(&network, &streams).unwrap();
    ensemble.start(1, &[200.0, 200.0, 0.0]);
    ensemble.start(2, &[200.0, 200.0, 0.0]);
    // From nothing about one event is to come until then, of many molecules hundreds.
    assert!(!ensemble.run(0.2, 20));
    assert!(ensemble.time(0) == 0.2 && ensemble.events(0) < 20);
    assert!((1..3).all(|lane| ensemble.time(lane) < 0.2 && ensemble.events(lane) == 20));
    assert!(!ensemble.run(0.2, 30));
    assert!(ensemble.time(0) == 0.2 && (1..3).all(|lane| ensemble.events(lane) == 50));
    assert!(ensemble.run(0.2, u64::MAX));
    assert!((0..3).all(|lane| ensemble.time(lane) == 0.2));
    assert!(ensemble.events(1) > 50);
}

#[test]
fn only_small_networks_are_for_ensembles() {
    let chain = |species: usize| {
        let mut builder = NetworkBuilder::new(species, 1.0);
        for at in 0..species {
            builder.add(1.0, &[(at, 1)], &[((at + 1) % species, 1)]);
        }
        builder.finish()
    };
    assert!(Ensemble::is_for(&chain(64)) && !Ensemble::is_for(&chain(65)));
    // A channel that reads each of so many others.
    let reader = |others: usize| {
        let mut builder = NetworkBuilder::new(others + 1, 1.0);
        for at in 1..=others {
            builder.add(1.0, &[(at, 1)], &[(at, 1), (0, 1)]);
        }
        let all: Vec<(usize, u32)> = (1..=others).map(|at| (at, 1)).collect();
        builder.add(1.0, &[], &all);
        builder.finish()
    };
    assert!(Ensemble::is_for(&reader(254)) && !Ensemble::is_for(&reader(255)));
    let held = |others: usize| {
        let mut builder = NetworkBuilder::new(others + 1, 1.0);
        for at in 1..=others {
            builder.hold(at);
            builder.add(1.0, &[(at, 1)], &[(at, 1), (0, 1)]);
        }
        builder.finish()
    };
    // What is held costs nothing.
    assert!(Ensemble::is_for(&held(5000)));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn propensities_are_those_of_single_runs(
        reactions in proptest::collection::vec(
            (0.1..5.0f64, proptest::collection::btree_map(0..5usize, 1..4u32, 0..4), 0..5usize, any::<bool>()),
            1..25,
        ),
        numbers in proptest::collection::vec(0..6u32, 5),
        held in any::<bool>(),
    ) {
        let mut builder = NetworkBuilder::new(6, 2.0);
        if held {
            builder.hold(5);
        }
        for (k, mut left, change, catalysed) in reactions {
            if held && catalysed {
                left.insert(5, 2);
            }
            let mut right = left.clone();
            *right.entry(change).or_default() += 1;
            let [left, right] = [left, right].map(|side| side.into_iter().collect::<Vec<_>>());
            builder.add(k, &left, &right);
        }
        let network = builder.finish();
        let mut numbers: Vec<f64> = numbers.into_iter().map(f64::from).collect();
        numbers.push(if held { 2.5 } else { 3.0 });
        let mut ensemble = Ensemble::new(&network, &[stream(0)]).unwrap();
        ensemble.start(0, &numbers);
        let found = course::add_up(&ensemble.plan, &mut ensemble.course)[0];
        let expected = Simulation::new(&network, &numbers, stream(0)).activity();
        prop_assert!((found - expected).abs() <= 1e-12 * expected, "{found} {expected}");
        // Either way of letting something happen does the same, once for each channel.
        let sums: Vec<f64> = ensemble.course.sums[..=network.channels()].iter().map(|sum| sum[0]).collect();
        let middles = sums.windows(2).map(|pair| 0.5 * (pair[0] + pair[1])).filter(|mark| !sums.contains(mark));
        for mark in middles.chain([f64::INFINITY]) {
            let mut courses = [ensemble.course.clone(), ensemble.course.clone()];
            course::fire_masked(&ensemble.plan, &mut courses[0], [mark; LANES]);
            course::fire_one_by_one(&ensemble.plan, &mut courses[1], [mark; LANES]);
            let numbers = |course: &Course| course.rows.iter().map(|row| row[0]).collect::<Vec<f64>>();
            prop_assert!(numbers(&courses[0]) == numbers(&courses[1]));
            prop_assert_eq!(numbers(&courses[0]) == numbers(&ensemble.course), mark == f64::INFINITY);
        }
    }
}
