//! The Python package: claims that its own script makes.

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::{Finding, root};

/// Runs `python/acceptance/run.py` in the environment of a Python into which the wheel was put.
pub fn claims(python: &Path, wheel: &Path) -> Vec<Finding> {
    let script = root().join("python/acceptance/run.py");
    let done = Command::new(python).arg(script).arg(wheel).stderr(Stdio::inherit()).output().unwrap();
    let text = String::from_utf8(done.stdout).unwrap();
    let lines = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let word = |line: &Value, key: &str| line[key].as_str().unwrap_or_default().to_owned();
    let mut findings: Vec<Finding> = lines
        .map(|line| Finding::new(word(&line, "claim"), word(&line, "figure"), line["holds"] == true))
        .collect();
    findings.push(Finding::new("the script runs to its end", done.status.to_string(), done.status.success()));
    findings
}
