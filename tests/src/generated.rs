//! Generated crates: by the command one by one, and many networks in one program.

use std::path::{Path, PathBuf};
use std::process::Command;

use nnrc_rust::{Options, generate};
use nnrc_sim::io::{Array, Arrays, npz};

use crate::compiled::Compiled;
use crate::peers;
use crate::training::succeeds;

/// Where what belongs to generated crates is built: one folder for all, since they share their dependencies.
fn target() -> PathBuf {
    peers::nnrc().with_file_name("generated")
}

/// Runs cargo on a crate, without the network and with warnings denied.
pub fn cargo(folder: &Path, arguments: &[&str]) {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(arguments)
        .args(["--quiet", "--offline"])
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", target())
        .env("RUSTFLAGS", "-D warnings")
        .output()
        .unwrap();
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo {arguments:?} in {}:\n{words}", folder.display());
}

/// Writes the crate of a model by the command.
pub fn compile(file: &Path, crate_folder: &Path, more: &[&str]) {
    let mut command = Command::new(peers::nnrc());
    command.args(["compile", "--target", "rust", "--quiet", "-o"]).arg(crate_folder).arg(file).args(more);
    succeeds(&command.output().unwrap());
}

/// Builds a crate in release mode; its program, which the next crate with that name replaces.
pub fn build(crate_folder: &Path) -> PathBuf {
    cargo(crate_folder, &["build", "--release"]);
    let manifest = std::fs::read_to_string(crate_folder.join("Cargo.toml")).unwrap();
    let name = manifest.lines().find_map(|line| line.strip_prefix("name = ")).unwrap();
    target().join("release").join(name.trim_matches('"'))
}

/// The settled outputs of a crate's program for many inputs.
pub fn outputs(program: &Path, crate_folder: &Path, inputs: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let folder = tempfile::tempdir().unwrap();
    let (questions, answers) = (folder.path().join("inputs.npz"), folder.path().join("outputs.npz"));
    write(&questions, Arrays::from([("x".to_owned(), rows(inputs))]));
    let output = Command::new(program)
        .args(["simulate", "--model", "data/model.npz", "--scaled", "--data"])
        .arg(&questions)
        .arg("-o")
        .arg(&answers)
        .current_dir(crate_folder)
        .output()
        .unwrap();
    succeeds(&output);
    let found = npz::read(&std::fs::read(answers).unwrap()).unwrap();
    assert_eq!(found.len(), 1, "one output is expected");
    let array = found.into_values().next().unwrap();
    array.values.chunks(array.shape[1]).map(<[f64]>::to_vec).collect()
}

/// A network, the values of its inputs, and states at which its derivative is wanted.
pub struct Question<'a> {
    /// The network.
    pub network: &'a Compiled,
    /// Values of its inputs.
    pub input: &'a [f64],
    /// States, each over the species that reactions change.
    pub states: Vec<Vec<f64>>,
}

/// What generated code says.
pub struct Answer {
    /// The derivative at each state.
    pub derivatives: Vec<Vec<f64>>,
    /// Values of all nodes where the time course settles.
    pub settled: Vec<f64>,
}

/// Asks the generated code of many networks, which are modules of one program: one build for all.
pub fn ask(questions: &[Question<'_>]) -> Vec<Answer> {
    let answers = run(questions, include_str!("generated/answer.rs.txt"), "dev");
    let answer = |(arrays, question): (Arrays, &Question<'_>)| {
        let derivatives = arrays["derivatives"].values.chunks(question.states[0].len());
        Answer {
            derivatives: derivatives.map(<[f64]>::to_vec).collect(),
            settled: arrays["settled"].values.clone(),
        }
    };
    answers.into_iter().zip(questions).map(answer).collect()
}

/// Seconds that generated code takes.
pub struct Timing {
    /// For a derivative.
    pub derivative: f64,
    /// For a derivative after the inputs were set, so that nothing is computed beforehand.
    pub whole: f64,
}

/// Times the generated code of many networks in an optimised program.
pub fn time(questions: &[Question<'_>]) -> Vec<Timing> {
    let answers = run(questions, include_str!("generated/time.rs.txt"), "release");
    let timing = |arrays: Arrays| {
        let seconds = &arrays["seconds"].values;
        Timing { derivative: seconds[0], whole: seconds[1] }
    };
    answers.into_iter().map(timing).collect()
}

/// Builds and runs a program that has the networks as modules and calls `answer::<Network>(folder)` of `text` for each;
/// that reads `questions.npz` and writes `answers.npz` in the folder.
fn run(questions: &[Question<'_>], text: &str, profile: &str) -> Vec<Arrays> {
    let root = tempfile::tempdir().unwrap();
    // The modules have parts that this program does not call.
    let mut main = String::from("#![allow(dead_code)]\n");
    let mut calls = String::new();
    let mut folders = Vec::new();
    for (at, question) in questions.iter().enumerate() {
        let folder = root.path().join(format!("n{at}"));
        let (crn, info) = (&question.network.crn, &question.network.info);
        let files = generate(crn, info, &Options::default()).unwrap_or_else(|error| panic!("{error}"));
        for (path, bytes) in files.iter().filter(|(path, _)| !path.starts_with("nnrc-sim")) {
            let path = folder.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
        let input = Array { shape: vec![question.input.len()], values: question.input.to_vec() };
        let asked =
            Arrays::from([("input".to_owned(), input), ("states".to_owned(), rows(&question.states))]);
        write(&folder.join("questions.npz"), asked);
        main += &format!("#[path = {:?}]\nmod n{at};\n", folder.join("src/crn.rs"));
        calls += &format!("    answer::<n{at}::Network>({folder:?});\n");
        folders.push(folder);
    }
    main += &format!("{text}\nfn main() {{\n{calls}}}\n");
    let sim = crate::root().join("crates/nnrc-sim");
    // As generated crates are: the release profile of their template.
    let manifest = format!(
        "[package]\nname = \"questions\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[dependencies]\n\
         nnrc-sim = {{ path = {sim:?} }}\n[profile.dev]\nopt-level = 1\ndebug = false\n\
         [profile.release]\ncodegen-units = 1\npanic = \"abort\"\n[workspace]\n"
    );
    std::fs::create_dir_all(root.path().join("src")).unwrap();
    std::fs::write(root.path().join("Cargo.toml"), manifest).unwrap();
    std::fs::write(root.path().join("src/main.rs"), main).unwrap();
    std::fs::copy(crate::root().join("Cargo.lock"), root.path().join("Cargo.lock")).unwrap();
    cargo(root.path(), &["build", "--profile", profile]);
    let kind = if profile == "dev" { "debug" } else { profile };
    succeeds(&Command::new(target().join(kind).join("questions")).output().unwrap());
    let answers = |folder: PathBuf| npz::read(&std::fs::read(folder.join("answers.npz")).unwrap()).unwrap();
    folders.into_iter().map(answers).collect()
}

fn rows(rows: &[Vec<f64>]) -> Array {
    Array { shape: vec![rows.len(), rows[0].len()], values: rows.concat() }
}

fn write(path: &Path, arrays: Arrays) {
    npz::write(std::fs::File::create(path).unwrap(), &arrays).unwrap();
}
