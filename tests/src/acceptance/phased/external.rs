//! Gates set from outside: the events of the file in other simulators, beside what the command learns.

use std::path::Path;
use std::process::{Command, Output};

use nnrc_sim::io::npz;
use serde_json::Value;

use super::files::{TENSORS, peer, weights};
use super::learning::{Weights, arranged, distance, learner, references, table};
use super::run::compile;
use crate::acceptance::agreement::clean;
use crate::peers::Simulator;
use crate::{Finding, peers};

/// Tolerances of the other simulators: no clock has tails here.
const PEERS: (f64, f64) = (1e-8, 1e-11);
/// Epochs that are followed, and cycles in each: four samples and two slots of the judge.
const EPOCHS: usize = 2;
const SLOTS: usize = 6;

fn nnrc(folder: &Path, args: &[&str]) -> Output {
    let output = Command::new(peers::nnrc()).args(args).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

/// The weights of the command after some epochs.
fn learned(folder: &Path, epochs: usize) -> Weights {
    let (setting, name) = (format!("train.epochs={epochs}"), format!("after_{epochs}.npz"));
    nnrc(folder, &["train", "gates.nnr", "--set", &setting, "-o", &name]);
    let arrays = npz::read(&std::fs::read(folder.join(name)).unwrap()).unwrap();
    let tensors: Vec<Vec<f64>> =
        ["hidden.W", "hidden.b", "y.W", "y.b"].map(|key| arrays[key].values.clone()).into();
    arranged(&tensors)
}

/// A pot that halts by gates from outside: samples that are all within the tolerance.
pub fn halt() -> Vec<Finding> {
    const PHASE: f64 = 12.0;
    let folder = tempfile::tempdir().unwrap();
    let reference = references().into_iter().find(|reference| reference.gate == "or").unwrap();
    let rest = "epochs = 3; stop when error < 1.5;";
    let text =
        learner(&table("or"), &reference.weights, 4.0, rest, &format!("clock = external(phase = {PHASE});"));
    std::fs::write(folder.path().join("gates.nnr"), &text).unwrap();
    let own = nnrc(folder.path(), &["train", "gates.nnr"]);
    let words = String::from_utf8_lossy(&own.stderr).into_owned();
    let mut findings = vec![Finding::new(
        "phased learner with gates set from outside: `nnrc train` says that it halted in cycle 4",
        words.lines().next().unwrap_or_default(),
        words.contains("halted by itself in cycle 4,") && words.contains("epoch 1 was without a violation"),
    )];
    let list = nnrc(folder.path(), &["compile", "gates.nnr", "--target", "crn", "-o", "-"]);
    let list = String::from_utf8_lossy(&list.stdout).into_owned();
    let setting = list.lines().find(|line| line.starts_with("#   0: ")).unwrap_or_default();
    findings.push(Finding::new(
        "phased learner with gates set from outside: the list of reactions says when they are set, and what keeps them closed",
        setting,
        setting.starts_with("#   0: clock_1 = 1, all others of clock = ")
            && setting.ends_with("; not while halt > 0.05"),
    ));
    nnrc(folder.path(), &["compile", "gates.nnr", "--target", "sbml"]);
    let path = folder.path().join("gates.xml");
    findings.extend(clean("phased learner that halts by events", std::slice::from_ref(&path)));
    let gates = {
        let (_, lowered) = compile(&text, &[]);
        lowered.info.species_range(lowered.clocked().unwrap().clock).len()
    };
    // In the middle of every phase, from the last sample to well behind the halt.
    let cycle = PHASE * gates as f64;
    let times: Vec<f64> =
        (0..4 * gates).step_by(2).map(|gate| 3.0 * cycle + PHASE * (gate as f64 + 0.5)).collect();
    for simulator in Simulator::ALL {
        let (species, rows) = peer(simulator, &path, &times, PEERS);
        let value =
            |row: &Value, id: &str| row[species.iter().position(|s| s == id).unwrap()].as_f64().unwrap();
        let open = |row: &Value| (1..=gates).any(|gate| value(row, &format!("clock_{gate}")) > 1e-3);
        let dead = |row: &Value| (1..=gates).all(|gate| value(row, &format!("clock_{gate}")) < 1e-9);
        let alive = rows[..gates / 2].iter().all(open);
        let first = rows.iter().position(dead);
        let rest = first.is_some_and(|first| rows[first..].iter().all(dead));
        // In cycle 4 two phases pass until HALT is above its level.
        let expected = Some(gates / 2 + 2);
        let halt = value(&rows[rows.len() - 1], "halt");
        findings.push(Finding::new(
            format!("phased learner that halts by events: {} opens no gate from the third phase of cycle 4 on", simulator.name()),
            format!("gates open in cycle 3: {alive}; closed from phase {first:?} of cycle 3 on: {rest}; HALT {halt:.3}"),
            alive && rest && first == expected && halt > 0.05,
        ));
    }
    findings
}

/// OR by gates from outside: the events of the file, in libRoadRunner and COPASI.
pub fn events() -> Vec<Finding> {
    let folder = tempfile::tempdir().unwrap();
    let reference = references().into_iter().find(|reference| reference.gate == "or").unwrap();
    let rest = "epochs = 2; stop when error < 0.25;";
    let text = learner(&table("or"), &reference.weights, 4.0, rest, "clock = external(phase = 12);");
    std::fs::write(folder.path().join("gates.nnr"), &text).unwrap();
    nnrc(folder.path(), &["compile", "gates.nnr", "--target", "sbml"]);
    let path = folder.path().join("gates.xml");
    let file = std::fs::read_to_string(&path).unwrap();
    let (_, lowered) = compile(&text, &[]);
    let (count, gates) =
        (file.matches("<event ").count(), lowered.info.species_range(lowered.clocked().unwrap().clock).len());
    let mut findings: Vec<Finding> =
        clean("phased learner with gates set by events", std::slice::from_ref(&path)).into_iter().collect();
    findings.push(Finding::new(
        "phased learner with gates set by events: one event for each gate and each gap, no rules or assignments",
        format!("{count} events, {gates} gates and gaps"),
        count == gates && !["Rule", "<initialAssignment"].iter().any(|word| file.contains(word)),
    ));
    let cycle = lowered.crn.protocol.period.unwrap();
    let times: Vec<f64> = (1..=EPOCHS).map(|epoch| (epoch * SLOTS) as f64 * cycle).collect();
    let own: Vec<Weights> = (1..=EPOCHS).map(|epochs| learned(folder.path(), epochs)).collect();
    let moved = distance(&own[EPOCHS - 1], &reference.weights);
    for simulator in Simulator::ALL {
        let (species, rows) = peer(simulator, &path, &times, PEERS);
        let worst = rows
            .iter()
            .zip(&own)
            .map(|(row, own)| distance(&weights(row, &species, &TENSORS), own))
            .fold(0.0, f64::max);
        findings.push(Finding::new(
            format!(
                "phased learner with gates set by events: {} follows `nnrc train` over {} cycles within 1e-4 in the weights",
                simulator.name(),
                EPOCHS * SLOTS
            ),
            format!("largest deviation {worst:.1e}, of weights that moved by {moved:.2}"),
            worst <= 1e-4 && rows.len() == EPOCHS && moved > 0.1,
        ));
    }
    findings
}
