//! The bound that `nnrc analyze` gives for the error of the weights, beside what was measured.

use std::process::Command;

use nnrc_sim::Method;
use serde_json::Value;

use super::learning::{arranged, distance, learner, references, step, table};
use super::run::Run;
use crate::{Finding, peers};

/// The tolerances of a file that names none, for which the bound is given.
const TOLERANCE: (f64, f64) = (1e-7, 1e-10);
/// A bound beyond this says nothing.
const USELESS: f64 = 1e-2;

/// Deviation from plain online steps, for OR without a judge and XOR with one.
pub fn steps() -> Vec<Finding> {
    let mut findings = Vec::new();
    for reference in references() {
        let (rest, tolerance, judge) = match reference.gate.as_str() {
            "or" => ("", 0.0, 0),
            _ => ("stop when error < 0.25;", 0.25, 2),
        };
        let rows = table(&reference.gate);
        let text = learner(&rows, &reference.weights, 4.0, rest, "");
        let bounds = analysed(&text);
        let mut run = Run::new(&text, TOLERANCE, Method::Explicit);
        let mut plain = reference.weights;
        let mut taken = 0;
        let mut measured = Vec::new();
        for slot in (0..rows.len() + judge).cycle() {
            let Some(&(count, bound)) = bounds.get(measured.len()) else { break };
            run.cycle().expect("it has not learned yet");
            let Some(row) = rows.get(slot) else { continue };
            step(&mut plain, row, 4.0, tolerance);
            taken += 1;
            if taken == count {
                measured.push((count, distance(&arranged(&run.weights()), &plain), bound));
            }
        }
        let words: Vec<String> = measured
            .iter()
            .map(|(count, found, bound)| format!("{found:.1e} of {bound:.1e} after {count}"))
            .collect();
        findings.push(Finding::new(
            format!(
                "{}: deviation from online steps within the bound of `nnrc analyze`, and that below {USELESS}",
                reference.gate.to_uppercase()
            ),
            words.join(", "),
            measured.len() == 3 && measured.iter().all(|(_, found, bound)| found <= bound && *bound < USELESS),
        ));
    }
    findings
}

/// Numbers of steps, and the bounds after them.
fn analysed(text: &str) -> Vec<(usize, f64)> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("gate.nnr"), text).unwrap();
    let output = Command::new(peers::nnrc())
        .args(["analyze", "gate.nnr", "--message-format", "json"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let one = |entry: &Value| (entry["steps"].as_u64().unwrap() as usize, entry["bound"].as_f64().unwrap());
    report["bounds"].as_array().unwrap().iter().map(one).collect()
}
