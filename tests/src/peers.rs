//! The Python tools of the suite, `tests/peers/*.py`, as subprocesses.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// The Python of the suite's virtual environment, which `cargo xtask test` makes.
pub fn python() -> PathBuf {
    if let Some(path) = std::env::var_os("NNRC_PYTHON") {
        return path.into();
    }
    let path = crate::root().join(".venv/bin/python");
    assert!(path.exists(), "no {}: run `cargo xtask test` once, which makes it", path.display());
    path
}

/// Runs a tool with arguments and JSON on its standard input; JSON comes back. Panics with its words if it fails
/// with a status other than those allowed.
pub fn run(script: &str, args: &[&str], input: Option<&Value>, allowed: &[i32]) -> Value {
    run_in(&python(), script, args, input, allowed)
}

/// The same in another Python.
pub fn run_in(python: &Path, script: &str, args: &[&str], input: Option<&Value>, allowed: &[i32]) -> Value {
    let mut child = Command::new(python)
        .arg(crate::root().join("tests/peers").join(script))
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let text = input.map(Value::to_string).unwrap_or_default();
    let mut stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || {
        // A tool that fails early closes its input; its exit status tells.
        let _ = stdin.write_all(text.as_bytes());
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    let status = output.status.code().unwrap_or(-1);
    assert!(
        status == 0 || allowed.contains(&status),
        "{script} ended with {status}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{script}: {error}: {}", String::from_utf8_lossy(&output.stderr)))
}

/// The two simulators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Simulator {
    /// libRoadRunner.
    RoadRunner,
    /// COPASI.
    Copasi,
}

impl Simulator {
    /// Both.
    pub const ALL: [Self; 2] = [Self::RoadRunner, Self::Copasi];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::RoadRunner => "libRoadRunner",
            Self::Copasi => "COPASI",
        }
    }

    /// Runs a job list (`tests/peers/jobs.py`).
    pub fn run(self, jobs: &Value) -> Value {
        let script = match self {
            Self::RoadRunner => "roadrunner_run.py",
            Self::Copasi => "copasi_run.py",
        };
        run(script, &["-"], Some(jobs), &[])
    }
}

/// libSBML's findings in each file.
pub fn validate(files: &[PathBuf]) -> Value {
    let args: Vec<&str> = files.iter().map(|file| file.to_str().unwrap()).collect();
    run("validate.py", &args, None, &[1])
}

/// The rate law that COPASI finds for each reaction of each file.
pub fn laws(files: &[PathBuf]) -> Value {
    let mut args = vec!["--laws", "--strict"];
    args.extend(files.iter().map(|file| file.to_str().unwrap()));
    run("copasi_run.py", &args, None, &[1])
}

/// The `nnrc` binary beside this test's own, built if it is not there.
pub fn nnrc() -> PathBuf {
    let own = std::env::current_exe().unwrap();
    let folder: &Path = own.ancestors().find(|path| path.join(".fingerprint").exists()).unwrap();
    static BUILT: std::sync::Once = std::sync::Once::new();
    BUILT.call_once(|| {
        let profile = if folder.ends_with("debug") { "dev" } else { "release" };
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let status = Command::new(cargo)
            .args(["build", "--quiet", "--package", "nnrc-cli", "--profile", profile])
            .current_dir(crate::root())
            .status()
            .unwrap();
        assert!(status.success(), "nnrc does not build");
    });
    folder.join("nnrc")
}
