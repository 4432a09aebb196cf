//! What all measurements share: rows of the page, the peers, files and figures in words.

use std::cell::LazyCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use nnrc_tests::compiled::Compiled;
use nnrc_tests::peers;
use serde_json::{Value, json};

use crate::environment;

/// A row of the table: what, figures, goal, whether it is met.
pub(super) struct Row {
    pub what: String,
    pub ours: String,
    pub peer: String,
    pub ratio: String,
    pub goal: String,
    pub met: bool,
}

/// What all measurements need.
pub(super) struct Bench {
    /// The command.
    pub nnrc: PathBuf,
    /// A folder for files.
    pub folder: tempfile::TempDir,
    /// The Python with JAX.
    pub python: LazyCell<PathBuf>,
    /// The Python with AMICI, where that could be built.
    pub amici: LazyCell<Option<PathBuf>>,
    /// Names and versions of the peers that answered.
    pub versions: BTreeSet<String>,
}

impl Bench {
    /// Prepares what can be prepared; an environment of Python only once it is asked for.
    pub fn new() -> Self {
        Self {
            nnrc: peers::nnrc(),
            folder: tempfile::tempdir().unwrap(),
            python: LazyCell::new(environment::bench_peers),
            amici: LazyCell::new(environment::amici),
            versions: BTreeSet::new(),
        }
    }

    /// Asks a script that runs in the Python with JAX.
    pub fn ask(&mut self, script: &str, question: &Value) -> Value {
        let answer = peers::run_in(&self.python, script, &[], Some(question), &[]);
        self.versions.insert(answer["version"].as_str().unwrap().to_owned());
        answer
    }
}

/// A network of smoothed rectifiers as the scripts read it, with an input.
pub(super) fn question(task: &str, compiled: &Compiled, input: &[f64], h: f64) -> Value {
    let layers = compiled.for_numpy(&[])["layers"].take();
    json!({ "task": task, "layers": layers, "h": h, "input": input, "end": 20, "rtol": 1e-6, "atol": 1e-9 })
}

pub(super) fn measure(repeat: usize, command: &[&str]) -> Value {
    let repeat = repeat.to_string();
    peers::run("measure.py", &[&["--repeat", &repeat, "--"], command].concat(), None, &[])
}

pub(super) fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

pub(super) fn file(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

pub(super) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

pub(super) fn arrows(widths: &[usize]) -> String {
    widths.iter().map(usize::to_string).collect::<Vec<_>>().join("-")
}

/// Seconds in a unit that is easy to read.
pub(super) fn readable(seconds: f64) -> String {
    match seconds {
        _ if seconds < 1e-6 => format!("{:.0} ns", seconds * 1e9),
        _ if seconds < 1e-4 => format!("{:.1} µs", seconds * 1e6),
        _ if seconds < 1e-3 => format!("{:.0} µs", seconds * 1e6),
        _ if seconds < 1.0 => format!("{:.1} ms", seconds * 1e3),
        _ => format!("{seconds:.1} s"),
    }
}
