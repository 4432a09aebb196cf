//! The SBML file of a learner: autonomous, sound, and the same in other simulators.

use serde_json::{Value, json};

use super::learning::{Course, Reference, arranged, distance, follow, references, table, text_of};
use super::run::compile;
use crate::Finding;
use crate::acceptance::agreement::{clean, laws};
use crate::peers::Simulator;

/// Tolerances of the other simulators: the clock's tails need an absolute one far below its level.
const PEERS: (f64, f64) = (1e-8, 1e-17);

fn write(text: &str, path: &std::path::Path) -> nnrc_lower::Lowered {
    let (_, lowered) = compile(text, &[]);
    let mut file = std::io::BufWriter::new(std::fs::File::create(path).unwrap());
    nnrc_sbml::write(&lowered.crn, &lowered.info, &nnrc_sbml::Options::default(), &mut file).unwrap();
    lowered
}

/// Weights in one row of a peer's answer.
pub(super) fn weights(
    row: &Value,
    species: &[String],
    tensors: &[(&str, usize)],
) -> super::learning::Weights {
    let value = |id: &str| {
        row[species.iter().position(|s| s == id).unwrap_or_else(|| panic!("no {id}"))].as_f64().unwrap()
    };
    let read = |stem: &str, count: usize, columns: Option<usize>| -> Vec<f64> {
        (0..count)
            .map(|at| {
                let index =
                    columns.map_or(format!("{}", at + 1), |c| format!("{}_{}", at / c + 1, at % c + 1));
                value(&format!("{stem}_{index}_p")) - value(&format!("{stem}_{index}_m"))
            })
            .collect()
    };
    let tensors: Vec<Vec<f64>> =
        tensors.iter().map(|(stem, count)| read(stem, *count, stem.starts_with('W').then_some(2))).collect();
    arranged(&tensors)
}

/// Stems of the weights, and how many there are.
pub(super) const TENSORS: [(&str, usize); 4] = [("W_hidden", 4), ("b_hidden", 2), ("W_y", 2), ("b_y", 1)];

/// One simulator over the times of some cycles: its species, and the rows.
pub(super) fn peer(
    simulator: Simulator,
    path: &std::path::Path,
    times: &[f64],
    (rtol, atol): (f64, f64),
) -> (Vec<String>, Vec<Value>) {
    let jobs = json!([{ "sbml": path.to_str().unwrap(), "times": times, "rtol": rtol, "atol": atol, "max_steps": 100_000_000 }]);
    let answer = simulator.run(&jobs);
    let species = serde_json::from_value(answer[0]["species"].clone()).unwrap();
    (species, answer[0]["runs"][0]["values"].as_array().unwrap().clone())
}

/// What the file contains, and what libSBML and COPASI say of it.
pub fn soundness() -> Vec<Finding> {
    let folder = tempfile::tempdir().unwrap();
    let mut findings = Vec::new();
    let mut files = Vec::new();
    for reference in references() {
        let path = folder.path().join(format!("phased_{}.xml", reference.gate));
        write(&text_of(&reference), &path);
        let text = std::fs::read_to_string(&path).unwrap();
        let found: Vec<&str> = ["<event", "Rule", "<initialAssignment", "<functionDefinition", "<constraint"]
            .into_iter()
            .filter(|word| text.contains(word))
            .collect();
        findings.push(Finding::new(
            format!("phased_{}: the file has no events, rules or assignments", reference.gate),
            if found.is_empty() { format!("none in {} bytes", text.len()) } else { found.join(", ") },
            found.is_empty(),
        ));
        files.push(path);
    }
    findings.extend(clean("phased learners", &files));
    findings.push(laws("phased learners", &files));
    findings
}

/// Other simulators follow the engine over some cycles.
pub fn cycles() -> Vec<Finding> {
    let folder = tempfile::tempdir().unwrap();
    let reference = references().into_iter().find(|reference| reference.gate == "xor").unwrap();
    let path = folder.path().join("xor.xml");
    write(&text_of(&reference), &path);
    let course = follow(&text_of(&reference), &table("xor"), (4.0, 0.25), 8);
    let mut findings = Vec::new();
    for (simulator, count) in [(Simulator::RoadRunner, 8), (Simulator::Copasi, 2)] {
        let (species, rows) = peer(simulator, &path, &course.ends[..count], PEERS);
        let worst = rows
            .iter()
            .zip(&course.weights)
            .map(|(row, own)| distance(&weights(row, &species, &TENSORS), own))
            .fold(0.0, f64::max);
        findings.push(Finding::new(
            format!(
                "phased_xor: {} follows the engine over {count} cycles within 1e-4 in the weights",
                simulator.name()
            ),
            format!("largest deviation {worst:.1e}"),
            worst <= 1e-4 && rows.len() == count,
        ));
    }
    findings
}

/// Whole runs to the halt in libRoadRunner end as in the engine.
pub fn halts() -> Vec<Finding> {
    references().iter().flat_map(halt).collect()
}

fn halt(reference: &Reference) -> Vec<Finding> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gate.xml");
    write(&text_of(reference), &path);
    let rows = table(&reference.gate);
    let course: Course = follow(&text_of(reference), &rows, (4.0, 0.25), reference.halt_cycle + 12);
    let period = course.ends[1] - course.ends[0];
    let mut times = course.ends.clone();
    let last = *times.last().unwrap();
    times.extend([last + period, last + 2.0 * period, last + 4.0 * period]);
    let started = std::time::Instant::now();
    let (species, values) = peer(Simulator::RoadRunner, &path, &times, (1e-6, 1e-16));
    let seconds = started.elapsed().as_secs_f64();
    let read =
        |row: usize, id: &str| values[row][species.iter().position(|s| s == id).unwrap()].as_f64().unwrap();
    let count = course.ends.len();
    // The clock is alive at the end of the last cycle, and dead one period later, in the slot that judges.
    let on = |row: usize| (1..=16).map(|n| read(row, &format!("clock_{n}"))).fold(0.0, f64::max);
    let alive = on(count - 1) > 0.4;
    let dead = (count..count + 3).all(|row| on(row) < 0.1);
    // The clock dies while it still hands the turn on, so that only a part of it has arrived.
    let turn: Vec<f64> = (1..=rows.len() + 2).map(|slot| read(count + 2, &format!("order_{slot}"))).collect();
    let judging = turn.iter().all(|level| *level <= turn[rows.len()]) && read(count + 2, "halt") > 0.05;
    let first = count - rows.len();
    let worst = (0..rows.len())
        .map(|slot| (read(first + slot, "y_1") - course.outputs[slot]).abs())
        .fold(0.0, f64::max);
    let end = distance(&weights(&values[count + 2], &species, &TENSORS), course.weights.last().unwrap());
    vec![
        Finding::new(
            format!(
                "phased_{}: the whole run in libRoadRunner halts in cycle {}",
                reference.gate, reference.halt_cycle
            ),
            format!(
                "clock alive at the end of cycle {}, dead {dead} in the judging slot {judging}; {seconds:.0} s",
                count - 1
            ),
            alive && dead && judging && course.halted == Some(reference.halt_cycle),
        ),
        Finding::new(
            format!("phased_{}: with the outputs of the engine within 1e-3", reference.gate),
            format!("outputs within {worst:.1e}, weights within {end:.1e}"),
            worst <= 1e-3,
        ),
    ]
}
