//! The program of a generated crate: files in, files out.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use nnrc_model::{Method, Simulation};
use nnrc_sim::course::Spacing;
use nnrc_sim::io::unfinished::Unfinished;
use nnrc_sim::io::{Array, Arrays, npz};
use nnrc_syntax::{Diagnostic, Severity, codes};

use super::child;
use nnrc::disk::reason;

/// Exit status of a program whose pot does not settle.
const NOT_SETTLED: i32 = 5;
/// Exit status of a program whose solver failed.
const SOLVER_FAILED: i32 = 6;

/// A built program with the numbers of a network.
pub struct Program {
    pub(super) path: PathBuf,
    /// A folder that goes away with the program.
    scratch: Unfinished,
}

/// The concentrations of a time course.
pub struct StateCourse {
    pub times: Vec<f64>,
    /// Concentrations that change, one time after another.
    pub states: Vec<f64>,
    /// When the pot has settled, if no end was given.
    pub settling_time: Option<f64>,
}

pub type Fails<T> = Result<T, Box<Diagnostic>>;

impl Program {
    /// A program that reads these numbers.
    pub fn new(path: PathBuf, model: &[u8]) -> Fails<Self> {
        let folder = std::env::temp_dir();
        let scratch = Unfinished::folder(&folder).map_err(|error| unwritable(&folder, &error))?;
        let program = Self { path, scratch };
        program.put("model.npz", model)?;
        Ok(program)
    }

    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.scratch.path().join(name)
    }

    fn put(&self, name: &str, bytes: &[u8]) -> Fails<PathBuf> {
        let path = self.file(name);
        fs::write(&path, bytes).map_err(|error| unwritable(&path, &error))?;
        Ok(path)
    }

    /// Writes arrays for the program.
    pub(super) fn put_arrays(&self, name: &str, arrays: &Arrays) -> Fails<PathBuf> {
        let mut bytes = Vec::new();
        match npz::write(&mut bytes, arrays) {
            Ok(()) => self.put(name, &bytes),
            Err(error) => Err(unwritable(&self.file(name), &error)),
        }
    }

    /// Follows the time course; without an end until all has settled.
    pub fn course(
        &self,
        simulation: &Simulation,
        until: Option<f64>,
        spacing: Spacing,
    ) -> Fails<StateCourse> {
        let mut words = vec!["--state".into()];
        words.extend(option("--until", until));
        match spacing {
            Spacing::Points(points) => words.push(format!("--points={points}").into()),
            Spacing::Every(every) => words.extend(option("--every", Some(every))),
        }
        if simulation.settled {
            words.push("--start=settled".into());
        }
        let mut arrays = self.simulate(simulation, words)?;
        let settling_time = arrays.remove("settling_time").map(|array| array.values[0]);
        Ok(StateCourse {
            times: take(&mut arrays, "time")?,
            states: take(&mut arrays, "state")?,
            settling_time,
        })
    }

    /// The concentrations that change, at the fixed point.
    pub fn settle(&self, simulation: &Simulation) -> Fails<Vec<f64>> {
        let mut arrays = self.simulate(simulation, vec!["--state".into(), "--steady".into()])?;
        take(&mut arrays, "state")
    }

    /// The settled output for each input, one after another.
    pub fn settle_all(&self, simulation: &Simulation, output: &str, inputs: &[&[f64]]) -> Fails<Vec<f64>> {
        let shape = vec![inputs.len(), inputs.first().map_or(0, |input| input.len())];
        let rows = Arrays::from([("x".to_owned(), Array { shape, values: inputs.concat() })]);
        let rows = self.put_arrays("rows.npz", &rows)?;
        let mut arrays = self.simulate(simulation, vec!["--data".into(), rows.into()])?;
        take(&mut arrays, output)
    }

    fn simulate(&self, simulation: &Simulation, more: Vec<OsString>) -> Fails<Arrays> {
        let out = self.file("out.npz");
        let method = match simulation.method {
            Method::Auto => "auto",
            Method::Explicit | Method::Multirate => "explicit",
            Method::Rosenbrock => "rosenbrock",
        };
        let mut words: Vec<OsString> =
            vec!["simulate".into(), "--model".into(), self.file("model.npz").into()];
        words.extend(["-o".into(), out.clone().into(), "--method".into(), method.into()]);
        words.extend(option("--rtol", Some(simulation.relative)));
        words.extend(option("--atol", Some(simulation.absolute)));
        words.extend(more);
        let output = child::output(Command::new(&self.path).args(words));
        let output =
            output.map_err(|error| broken(&self.path, &format!("cannot be run: {}", reason(&error))))?;
        self.judge(&output)?;
        let bytes = fs::read(&out).map_err(|error| broken(&self.path, &reason(&error)))?;
        npz::read(&bytes).map_err(|error| broken(&self.path, &error.to_string()))
    }

    /// What a failure of the program means.
    fn judge(&self, output: &Output) -> Fails<()> {
        if output.status.success() {
            return Ok(());
        }
        let words = String::from_utf8_lossy(&output.stderr);
        let words = words.trim().strip_prefix("error: ").unwrap_or(words.trim());
        let finding = match output.status.code() {
            Some(NOT_SETTLED) => Diagnostic::global(
                Severity::Error,
                codes::NOT_SETTLED,
                format!("in the generated program: {words}"),
            ),
            Some(SOLVER_FAILED) => Diagnostic::global(
                Severity::Error,
                codes::SOLVER_FAILED,
                format!("in the generated program: {words}"),
            )
            .help("try `simulate { method = rosenbrock(rtol = 1e-6, atol = 1e-9); }`"),
            _ => return Err(broken(&self.path, &format!("ended with {}: {words}", output.status))),
        };
        Err(Box::new(finding))
    }
}

fn option(name: &str, value: Option<f64>) -> Option<OsString> {
    // The shortest text that is read back as the same number.
    value.map(|value| format!("{name}={value:?}").into())
}

fn take(arrays: &mut Arrays, name: &str) -> Fails<Vec<f64>> {
    match arrays.remove(name) {
        Some(array) => Ok(array.values),
        None => Err(broken(Path::new(name), "is missing in the result of the generated program")),
    }
}

fn unwritable(path: &Path, error: &std::io::Error) -> Box<Diagnostic> {
    let message = format!("cannot write `{}`: {}", path.display(), reason(error));
    Box::new(
        Diagnostic::global(Severity::Error, codes::NOT_WRITABLE, message)
            .help("set TMPDIR to a folder that can be written and has room"),
    )
}

pub fn broken(path: &Path, words: &str) -> Box<Diagnostic> {
    let message = format!("the generated program `{}` {words}", path.display());
    Box::new(
        Diagnostic::global(Severity::Error, codes::BUILD_FAILED, message)
            .help("remove the cache of generated crates (NNRC_CACHE, else ~/.cache/nnrc) and try again"),
    )
}
