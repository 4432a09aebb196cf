//! Exact stochastic simulation beside libRoadRunner, GillesPy2 and rebop, and eight replicates at a time beside one.

use std::ops::Range;
use std::time::Instant;

use nnrc_crn::expand::expand;
use nnrc_noise::stochastic::{self, Ensemble, LANES, Network, Simulation};
use nnrc_noise::{Purpose, Stream};
use nnrc_tests::acceptance::sbml::{WORKLOADS, spread, workload};
use nnrc_tests::compiled::compile;
use nnrc_tests::peers;
use serde_json::json;

use super::common::{Bench, Row, arrows, number};

/// Molecules that the concentration 1 means.
const MOLECULES: f64 = 1000.0;
/// End of a run, in time units.
const UNTIL: f64 = 20.0;
/// Runs of which the fastest counts.
const REPEAT: u64 = 7;

/// Measurements of one run and of ensembles.
pub fn rows(bench: &mut Bench) -> Vec<Row> {
    let mut rows = beside_peers(bench);
    rows.push(study());
    rows
}

/// Events per second on S2. All simulate the same process, so the expected number of events is the same.
fn beside_peers(bench: &mut Bench) -> Vec<Row> {
    let (name, widths) = WORKLOADS[1];
    let compiled = compile(&workload(widths, ""), &spread(widths[0]));
    let (crn, info) = (&compiled.crn, &compiled.info);
    let numbers: Vec<f64> = stochastic::molecules(crn, info, &info.initial_state(crn), MOLECULES)
        .iter()
        // The peers know whole molecules only, of inputs too.
        .map(|number| number.round())
        .collect();
    let channels = stochastic::channels(crn, info, MOLECULES, None);
    let (mut seconds, mut events) = (f64::INFINITY, 0);
    for run in 0..REPEAT {
        let start = Instant::now();
        let mut simulation = Simulation::new(&channels, &numbers, Stream::of(1, run, Purpose::Events));
        simulation.run(UNTIL, u64::MAX);
        seconds = seconds.min(start.elapsed().as_secs_f64());
        events += simulation.events();
    }
    let events = events as f64 / REPEAT as f64;
    let together = (0..REPEAT).map(|run| run * LANES as u64).map(|first| {
        let start = Instant::now();
        let ensemble = together(&channels, &numbers, first..first + LANES as u64, UNTIL);
        let seconds = start.elapsed().as_secs_f64();
        (0..LANES).map(|lane| ensemble.events(lane)).sum::<u64>() as f64 / seconds / 1e6
    });
    let together = together.fold(0.0, f64::max);
    let reactions: Vec<_> = expand(crn, info)
        .iter()
        .map(|reaction| {
            let order: u32 = reaction.reactants.iter().map(|(_, count)| count).sum();
            let k = reaction.k * MOLECULES.powi(1 - order as i32);
            json!({ "k": k, "reactants": reaction.reactants, "products": reaction.products })
        })
        .collect();
    let question = json!({ "reactions": reactions, "numbers": numbers, "until": UNTIL, "repeat": REPEAT });
    let answer = peers::run_in(&bench.python, "bench_ssa.py", &[], Some(&question), &[]);
    let millions = |seconds: f64| events / seconds / 1e6;
    let (mut fastest, mut words) = (f64::INFINITY, Vec::new());
    for peer in answer.as_array().unwrap() {
        let (name, theirs) = (peer["name"].as_str().unwrap(), number(&peer["cpu_s"]));
        bench.versions.insert(format!("{name} {}", peer["version"].as_str().unwrap()));
        words.push(format!("{name} {:.1}", millions(theirs)));
        fastest = fastest.min(theirs);
    }
    let what = format!(
        "{name} ({}) at {MOLECULES} molecules, t = 0 to {UNTIL}, {} reactions in {} channels",
        arrows(widths),
        channels.reactions(),
        channels.channels()
    );
    let row = |what: String, ours: f64, goal: f64| {
        let ratio = ours / millions(fastest);
        Row {
            what,
            ours: format!("{ours:.1} million events/s"),
            peer: format!("{} million events/s", words.join(", ")),
            ratio: format!("{ratio:.1}"),
            goal: format!("at least {goal} times the fastest"),
            met: ratio >= goal,
        }
    };
    vec![
        row(what.clone(), millions(seconds), 5.0),
        row(format!("the same, {LANES} replicates at a time"), together, 10.0),
    ]
}

/// Replicates that go as lanes until a time.
fn together(network: &Network, numbers: &[f64], replicates: Range<u64>, end: f64) -> Ensemble {
    let streams: Vec<Stream> = replicates.map(|at| Stream::of(1, at, Purpose::Events)).collect();
    let mut ensemble = Ensemble::new(network, &streams).unwrap();
    (0..streams.len()).for_each(|lane| ensemble.start(lane, numbers));
    ensemble.run(end, u64::MAX);
    ensemble
}

/// The molecules of the noise study of XOR: two networks, three volumes, 20 replicates of four samples. The same work
/// with either engine, turn by turn, so that the machine is the same.
fn study() -> Row {
    let text = std::fs::read_to_string(nnrc_tests::root().join("examples/noise_xor/noise_xor.nnr")).unwrap();
    let sharp = text.replace("smooth_relu(h = 1e-2)", "smooth_relu(h = 1e-4)");
    let replicates = 20;
    let end = 40.0;
    let (mut alone, mut lanes, mut count) = (0.0, 0.0, 0);
    for text in [text, sharp] {
        for input in [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]] {
            let compiled = compile(&text, &input);
            let (crn, info) = (&compiled.crn, &compiled.info);
            for molecules in [30.0, 100.0, 1000.0] {
                let numbers = stochastic::molecules(crn, info, &info.initial_state(crn), molecules);
                let channels = stochastic::channels(crn, info, molecules, None);
                let start = Instant::now();
                for run in 0..replicates {
                    let stream = Stream::of(1, run, Purpose::Events);
                    Simulation::new(&channels, &numbers, stream).run(end, u64::MAX);
                }
                alone += start.elapsed().as_secs_f64();
                let start = Instant::now();
                for first in (0..replicates).step_by(LANES) {
                    together(&channels, &numbers, first..replicates.min(first + LANES as u64), end);
                }
                lanes += start.elapsed().as_secs_f64();
                count += replicates;
            }
        }
    }
    let per_second = |seconds: f64| count as f64 / seconds;
    let ratio = alone / lanes;
    Row {
        what: format!(
            "molecules of the noise study of XOR, two networks at 30, 100 and 1000 molecules, t = 0 to {end}, \
             {replicates} replicates of each sample"
        ),
        ours: format!("{:.0} runs/s on one core, {LANES} replicates at a time", per_second(lanes)),
        peer: format!("{:.0} runs/s on one core, one at a time", per_second(alone)),
        ratio: format!("{ratio:.1}"),
        goal: "at least 5 times one at a time".to_owned(),
        met: ratio >= 5.0,
    }
}
