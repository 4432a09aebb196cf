//! The certificate is never wrong: times against simulations from the start of the file and from random ones, rates
//! against eigenvalues.

use nnrc_crn::structure::conservation_laws;
use nnrc_engine::Engine;
use nnrc_model::activation::{Domain, SPECS};
use nnrc_model::certify::{Certificate, Inputs, certify};
use nnrc_model::forward::forward;
use nnrc_model::random::Random;
use nnrc_sim::{Method, Tolerances, integrate};

use crate::Finding;
use crate::acceptance::activations::CHEMISTRIES;
use crate::acceptance::vectors::{joint, single};
use crate::compiled::{Compiled, analyse, lower, slowest_rates};
use crate::random_network::{Kind, draw};

/// Outputs are certified to come this near.
pub(super) const TOLERANCE: f64 = 1e-3;

/// Random networks of every activation, each with an input.
fn networks(count: usize) -> Vec<(Compiled, Vec<f64>)> {
    let network = |seed: u64| {
        let kind = if seed.is_multiple_of(4) { Kind::Certified } else { Kind::Any };
        let network = draw(seed, kind);
        (lower(analyse(&network.text).unwrap(), &network.input), network.input)
    };
    (0..count as u64).map(network).collect()
}

/// Certified times and rates of random networks against simulations, from the start of the file and from `starts`
/// random ones, and against eigenvalues.
pub fn random(count: usize, starts: usize) -> Vec<Finding> {
    let networks = networks(count);
    let rates = slowest_rates(networks.iter().map(|(compiled, _)| compiled));
    let mut worst_rate = 0.0f64;
    let (mut timed, mut anywhere, mut untimed) = (0, 0, std::collections::BTreeSet::new());
    let (mut failed, mut wrong_rates) = (Vec::new(), Vec::new());
    let mut nearest = [0.0f64; 2];
    for (seed, ((compiled, input), rate)) in networks.iter().zip(rates).enumerate() {
        let ranges = certify(&compiled.model, Inputs::Ranges, TOLERANCE);
        let point = certify(&compiled.model, Inputs::Point(input), TOLERANCE);
        if point.claims.is_empty() {
            failed.push(format!("seed {seed} is not certified: {:?}", point.obstacles));
            continue;
        }
        let exact = point.local_rate.unwrap();
        let deviation = (rate - exact).abs() / rate.max(1.0);
        worst_rate = worst_rate.max(deviation);
        if deviation > 1e-6 {
            wrong_rates.push(format!("seed {seed}: rate {exact} instead of {rate}"));
        }
        if ranges.local_rate.unwrap() > rate * (1.0 + 1e-9) {
            failed.push(format!("seed {seed}: bound {:?} above the rate {rate}", ranges.local_rate));
        }
        for (narrow, wide) in [
            (point.settling_time, ranges.settling_time),
            (point.settling_time_any_start, ranges.settling_time_any_start),
            (point.settling_time, point.settling_time_any_start),
        ] {
            if let (Some(narrow), Some(wide)) = (narrow, wide)
                && narrow > wide * (1.0 + 1e-9)
            {
                failed.push(format!("seed {seed}: {narrow} should not be beyond {wide}"));
            }
        }
        untimed.extend(reasons(&point));
        let expected = &forward(&compiled.model, input)[compiled.model.output];
        if let Some(time) = point.settling_time {
            timed += 1;
            let mut engine = Engine::new(&compiled.crn, &compiled.info);
            let state = engine.initial_state();
            match farthest(compiled, &mut engine, state, time, expected) {
                Ok(off) => nearest[0] = nearest[0].max(off),
                Err(why) => failed.push(format!("seed {seed}, from the file: {why}")),
            }
        }
        if let Some(time) = point.settling_time_any_start {
            anywhere += 1;
            let random = &mut Random::new(seed as u64 + 1_000_000);
            for start in 0..starts {
                let mut engine = Engine::new(&compiled.crn, &compiled.info);
                let state = random_start(compiled, &engine, random);
                match farthest(compiled, &mut engine, state, time, expected) {
                    Ok(off) => nearest[1] = nearest[1].max(off),
                    Err(why) => failed.push(format!("seed {seed}, start {start}: {why}")),
                }
            }
        }
    }
    let figure =
        |off: f64| format!("at the certified time and later an output is at most {off:.2} of 1e-3 away");
    let failures = |figure: String| if failed.is_empty() { figure } else { failed.join("; ") };
    vec![
        Finding::new(
            format!("{count} random networks: {timed} have a certified time, which no simulation exceeds"),
            failures(figure(nearest[0])),
            failed.is_empty() && timed * 10 > count * 7,
        ),
        Finding::new(
            format!(
                "{anywhere} of them have one from any start, which no simulation from {starts} random starts from 0 to \
                 1e3 exceeds"
            ),
            failures(figure(nearest[1])),
            failed.is_empty() && anywhere * 10 > count * 6,
        ),
        Finding::new(
            format!(
                "{count} random networks: local rate at a point equals the slowest eigenvalue within 1e-6"
            ),
            if wrong_rates.is_empty() {
                format!("largest deviation {worst_rate:.1e}; no time: {untimed:?}")
            } else {
                wrong_rates.join("; ")
            },
            wrong_rates.is_empty(),
        ),
    ]
}

/// Why a network has no certified time.
fn reasons(certificate: &Certificate) -> Vec<String> {
    let obstacles = certificate.unsettled.iter().chain(&certificate.unsettled_any_start);
    obstacles.map(|obstacle| obstacle.to_string().split_once(": ").unwrap().1.to_owned()).collect()
}

/// How far the outputs are from their values at a time and later, in units of the tolerance; an error if further.
pub(super) fn farthest(
    compiled: &Compiled,
    engine: &mut Engine,
    mut state: Vec<f64>,
    time: f64,
    expected: &[f64],
) -> Result<f64, String> {
    let times: Vec<f64> = [1.0, 1.02, 1.1, 1.3, 2.0].iter().map(|factor| factor * time.max(1e-6)).collect();
    let mut rows = Vec::new();
    let end = times[times.len() - 1];
    integrate(
        engine,
        Method::Auto,
        &Tolerances::new(1e-9, 1e-12),
        &mut state,
        0.0..end,
        &times,
        |time, state| rows.push((time, state.to_vec())),
    )
    .map_err(|error| error.to_string())?;
    let mut worst = 0.0f64;
    for (time, state) in rows {
        let values = engine.observe(&state, compiled.model.output);
        let off =
            values.iter().zip(expected).fold(0.0f64, |worst, (a, b)| worst.max((a - b).abs() / TOLERANCE));
        if off.is_nan() || off > 1.0 + 1e-6 {
            return Err(format!("at time {time} an output is {off} tolerances away"));
        }
        worst = worst.max(off);
    }
    Ok(worst)
}

/// A state in the class of the totals: each concentration is 0 or between 1e-3 and 1e3, shares of totals add up.
pub(super) fn random_start(compiled: &Compiled, engine: &Engine, random: &mut Random) -> Vec<f64> {
    let initial = engine.initial_state();
    let mut state: Vec<f64> = initial
        .iter()
        .map(|_| if random.unit() < 0.2 { 0.0 } else { 10f64.powf(random.uniform(-3.0, 3.0)) })
        .collect();
    for law in conservation_laws(&compiled.crn, &compiled.info) {
        assert!(law.terms.iter().all(|(_, factor)| *factor == 1), "shares of a total");
        let ranges: Vec<_> =
            law.terms.iter().map(|&(family, _)| engine.state_range(family).unwrap()).collect();
        let width = ranges[0].len();
        let groups: Vec<Vec<usize>> = if law.each_index {
            (0..width).map(|at| ranges.iter().map(|range| range.start + at).collect()).collect()
        } else {
            vec![ranges.iter().flat_map(Clone::clone).collect()]
        };
        for group in groups {
            let total: f64 = group.iter().map(|&at| initial[at]).sum();
            let drawn: f64 = group.iter().map(|&at| state[at]).sum();
            if drawn == 0.0 {
                state[group[0]] = total;
            } else {
                group.iter().for_each(|&at| state[at] *= total / drawn);
            }
        }
    }
    state
}

/// The local rate of every activation, in every chemistry that it can be written in, against eigenvalues.
pub fn rates() -> Vec<Finding> {
    let mut findings = Vec::new();
    for spec in SPECS.iter().filter(|spec| spec.facts.fixed_point.is_some()) {
        let call = format!("{}()", spec.facts.name);
        let mut networks: Vec<(Compiled, Vec<f64>)> = Vec::new();
        for chemistry in CHEMISTRIES {
            for z in [-3.5, -0.2, 0.0, 0.3, 2.5] {
                if z < 0.0 && spec.facts.domain == Domain::NotNegative {
                    continue;
                }
                let (text, input) = if spec.preset().is_joint() {
                    let input = vec![z, 0.5, 2.0 - z];
                    (joint(&call, &input), input)
                } else {
                    (single(&call, z), vec![z])
                };
                networks.push((lower(analyse(&format!("{text}{chemistry}")).unwrap(), &input), input));
            }
        }
        let exact = slowest_rates(networks.iter().map(|(compiled, _)| compiled));
        let deviations = networks.iter().zip(exact).map(|((compiled, input), exact)| {
            let certified = certify(&compiled.model, Inputs::Point(input), TOLERANCE).local_rate.unwrap();
            let bound = certify(&compiled.model, Inputs::Ranges, TOLERANCE).local_rate.unwrap();
            if bound > exact + 1e-9 { f64::INFINITY } else { (certified - exact).abs() }
        });
        let worst = deviations.fold(0.0, f64::max);
        findings.push(Finding::new(
            format!(
                "{}: the certified local rate equals the slowest eigenvalue within 1e-6",
                spec.facts.name
            ),
            format!("{} cases, largest deviation {worst:.1e}", networks.len()),
            worst <= 1e-6,
        ));
    }
    findings
}
