//! Exact stochastic simulation beside libRoadRunner, GillesPy2 and rebop.

use std::time::Instant;

use nnrc_crn::expand::expand;
use nnrc_noise::stochastic::{self, Simulation};
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

/// Events per second on S2. All simulate the same process, so the expected number of events is the same.
pub fn rows(bench: &mut Bench) -> Vec<Row> {
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
    let ratio = fastest / seconds;
    vec![Row {
        what: format!(
            "{name} ({}) at {MOLECULES} molecules, t = 0 to {UNTIL}, {} reactions in {} channels",
            arrows(widths),
            channels.reactions(),
            channels.channels()
        ),
        ours: format!("{:.1} million events/s", millions(seconds)),
        peer: format!("{} million events/s", words.join(", ")),
        ratio: format!("{ratio:.1}"),
        goal: "at least 5 times the fastest".to_owned(),
        met: ratio >= 5.0,
    }]
}
