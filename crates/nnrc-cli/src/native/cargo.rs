//! The Rust toolchain: is it there, and what it makes of a crate.

use std::io;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use nnrc_syntax::{Diagnostic, Severity, codes};

use super::child;

/// Lines of the compiler's message that are shown; the first ones say most.
const SHOWN: usize = 60;

/// Why there is no program.
pub enum Absent {
    /// There is no toolchain.
    Toolchain,
    /// What went wrong.
    Failed(Box<Diagnostic>),
}

impl From<Box<Diagnostic>> for Absent {
    fn from(finding: Box<Diagnostic>) -> Self {
        Self::Failed(finding)
    }
}

/// The version of the compiler in its own words, with the name and the features of the processor that generated crates
/// are compiled for; none without a compiler.
pub fn compiler() -> Option<String> {
    let processor = ["--print=cfg", "--print=target-cpus", "-C", "target-cpu=native"];
    // Both at once: an answer takes no longer than the start of a process.
    let asked = [ask(&["-vV"]).ok()?, ask(&processor).ok()?];
    let mut words = String::new();
    for child in asked {
        let output = child.wait_with_output().ok()?;
        if !output.status.success() {
            return None;
        }
        words += &String::from_utf8_lossy(&output.stdout);
    }
    Some(words)
}

fn ask(arguments: &[&str]) -> io::Result<Child> {
    Command::new("rustc").args(arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()
}

/// Builds a crate. The network is asked only where a dependency has never been fetched on this machine.
pub fn build(place: &Path, target: &Path) -> Result<(), Absent> {
    let build = || cargo(place, &["build", "--release", "--locked", "--offline"], target);
    let first = build()?;
    if first.status.success() {
        return Ok(());
    }
    let words = stderr(&first);
    if !misses_dependencies(&words) {
        return Err(failed(place, &words).into());
    }
    let fetched = cargo(place, &["fetch", "--locked"], target)?;
    if !fetched.status.success() {
        let finding = failed(place, &stderr(&fetched))
            .help("the crate needs a few small crates, which are neither on this machine nor reachable")
            .help("run `cargo fetch` in that folder where there is a network");
        return Err(Absent::Failed(Box::new(finding)));
    }
    let second = build()?;
    if second.status.success() { Ok(()) } else { Err(failed(place, &stderr(&second)).into()) }
}

/// Whether cargo's words are about what it could not get, not about the code.
fn misses_dependencies(words: &str) -> bool {
    words.contains("--offline")
        || words.contains("no matching package")
        || words.contains("failed to download")
}

fn cargo(place: &Path, arguments: &[&str], target: &Path) -> Result<Output, Absent> {
    let mut command = Command::new("cargo");
    command.args(arguments).current_dir(place).env("CARGO_TARGET_DIR", target);
    // Those of a cargo that runs nnrc belong to another crate.
    for variable in ["CARGO_BUILD_TARGET", "RUSTC_WORKSPACE_WRAPPER", "CARGO_MANIFEST_DIR"] {
        command.env_remove(variable);
    }
    child::output(&mut command).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Absent::Toolchain,
        _ => failed(place, &format!("cargo cannot be run: {error}")).into(),
    })
}

fn stderr(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("Compiling ")).collect();
    let mut words = lines.iter().take(SHOWN).copied().collect::<Vec<_>>().join("\n");
    if lines.len() > SHOWN {
        words.push_str("\n…");
    }
    if words.trim().is_empty() {
        words = format!("cargo ended with {} and said nothing", output.status);
    }
    words
}

fn failed(place: &Path, words: &str) -> Box<Diagnostic> {
    let message = format!("the generated crate `{}` was not built:\n{}", place.display(), words.trim_end());
    Box::new(
        Diagnostic::global(Severity::Error, codes::BUILD_FAILED, message)
            .help("the engine of this process serves without a build: leave out `--engine crate`"),
    )
}
