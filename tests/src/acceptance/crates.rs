//! Generated crates: they build, do not depend on widths, and compute what the reactions say.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use nnrc_engine::Engine;
use nnrc_model::random::Random;
use nnrc_sim::System;
use serde_json::{Value, json};

use crate::Finding;
use crate::acceptance::agreement::{TOLERANCE, numpy, random_networks};
use crate::acceptance::examples::{SERVED, TRAINED};
use crate::acceptance::sbml::workload;
use crate::compiled::{Compiled, deviation, load};
use crate::generated::{Question, ask, cargo, compile};
use crate::peers::Simulator;
use crate::reactions::Reactions;
use crate::training::example;

/// States at which right-hand sides are compared.
const STATES: usize = 3;

/// The examples that learn in the pot. The gates of `phased_iris` are set from outside, which no crate does.
const LEARNING: [&str; 6] =
    ["onepot_xor", "onepot_sine", "onepot_iris", "onepot_digits", "phased_or", "phased_xor"];

/// Every example as a crate, built with warnings denied.
pub fn builds() -> Vec<Finding> {
    let folder = tempfile::tempdir().unwrap();
    let mut names = Vec::new();
    for name in SERVED.into_iter().chain(TRAINED).chain(LEARNING) {
        let crate_folder = folder.path().join(name);
        compile(&example(name), &crate_folder, &[]);
        cargo(&crate_folder, &["build"]);
        names.push(name);
    }
    vec![Finding::new(
        "every example becomes a crate that builds with warnings denied, without the network",
        names.join(", "),
        !names.is_empty(),
    )]
}

/// The crates of one model at two widths, file by file.
pub fn widths() -> Vec<Finding> {
    let folder = tempfile::tempdir().unwrap();
    let files = |widths: &[usize]| {
        let file = folder.path().join("net.nnr");
        std::fs::write(&file, workload(widths, "")).unwrap();
        let crate_folder = folder.path().join(format!("{}", widths[1]));
        compile(&file, &crate_folder, &[]);
        let mut files = BTreeMap::new();
        collect(&crate_folder, &crate_folder, &mut files);
        files
    };
    let (small, large) = (files(&[4, 16, 3]), files(&[196, 64, 10]));
    let is_size = |line: &str| line.starts_with("const ") && line.contains(": usize = ");
    let (mut sizes, mut others) = (0, Vec::new());
    for (path, bytes) in &small {
        if path == Path::new("data/model.npz") {
            continue;
        }
        let (one, other) = (String::from_utf8_lossy(bytes), String::from_utf8_lossy(&large[path]));
        let lines = one.lines().zip(other.lines()).filter(|(one, other)| one != other);
        for (line, _) in lines {
            if is_size(line) {
                sizes += 1;
            } else {
                others.push(format!("{}: {line}", path.display()));
            }
        }
        if one.lines().count() != other.lines().count() {
            others.push(format!("{}: another number of lines", path.display()));
        }
    }
    vec![Finding::new(
        "4-16-3 and 196-64-10: the same files, which differ in constant sizes and data only",
        format!("{} files, {sizes} constants differ, other differences: {others:?}", small.len()),
        small.keys().eq(large.keys()) && others.is_empty() && sizes > 0,
    )]
}

fn collect(root: &Path, folder: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, files);
        } else {
            files.insert(path.strip_prefix(root).unwrap().to_owned(), std::fs::read(&path).unwrap());
        }
    }
}

/// A network to be compared: its name, itself, its input, and when its time course is at rest.
struct Case {
    name: String,
    network: Compiled,
    input: Vec<f64>,
    end: f64,
}

fn cases(random: usize) -> Vec<Case> {
    let mut cases: Vec<Case> = SERVED
        .into_iter()
        .chain(TRAINED)
        .map(|name| {
            let (network, input) = load(&example(name));
            // XOR is the slowest: sqrt(4h) = 0.02 per time unit in two layers.
            Case { name: name.to_owned(), network, input, end: if name == "xor" { 2500.0 } else { 600.0 } }
        })
        .collect();
    for (name, network, input, rate) in random_networks(random) {
        let layers = network.model.nodes.len() - network.model.inputs().count();
        let end = 25.0 * layers as f64 / rate;
        cases.push(Case { name, network, input, end });
    }
    cases
}

/// Engine, generated crate and libRoadRunner against numpy; the crate's right-hand side against the reactions.
pub fn agreement(random: usize) -> Vec<Finding> {
    let cases = cases(random);
    let mut numbers = Random::new(7);
    let questions: Vec<Question<'_>> = cases
        .iter()
        .map(|Case { network, input, .. }| {
            let dimension = Engine::new(&network.crn, &network.info).dimension();
            let mut state = || (0..dimension).map(|_| numbers.uniform(0.0, 1.0)).collect();
            Question { network, input, states: (0..STATES).map(|_| state()).collect() }
        })
        .collect();
    let answers = ask(&questions);
    let expected =
        numpy(&cases.iter().map(|case| (&case.network, case.input.as_slice())).collect::<Vec<_>>());
    let simulated = roadrunner(&cases);
    let mut worst = [0.0f64; 3];
    let (mut failed, mut terms, mut farthest) = (Vec::new(), 0, 0.0f64);
    for (at, case) in cases.iter().enumerate() {
        let Case { name, network, .. } = case;
        let deviations = [
            deviation(&network.values(&network.settle()), &expected[at]),
            deviation(&[answers[at].settled.clone()], &[expected[at].concat()]),
            deviation(&simulated[at], &expected[at]),
        ];
        for (worst, deviation) in worst.iter_mut().zip(deviations) {
            *worst = worst.max(deviation);
        }
        if deviations.iter().any(|deviation| *deviation > TOLERANCE) {
            failed.push(format!("{name}: {deviations:?}"));
        }
        let engine = Engine::new(&network.crn, &network.info);
        let reactions = Reactions::new(network);
        for (state, found) in questions[at].states.iter().zip(&answers[at].derivatives) {
            let (derivative, sizes) = reactions.derivative(&engine.full_state(state));
            for (found, &species) in found.iter().zip(&reactions.changing) {
                terms += 1;
                let error = (found - derivative[species]).abs();
                farthest = farthest.max(if error == 0.0 { 0.0 } else { error / sizes[species] });
            }
        }
    }
    let what = format!("{} examples and {random} random networks", cases.len() - random);
    vec![
        Finding::new(
            format!("{what}: the engine, the generated crate and libRoadRunner agree with numpy within 1e-6"),
            if failed.is_empty() {
                format!("largest deviations {:.1e}, {:.1e}, {:.1e}", worst[0], worst[1], worst[2])
            } else {
                failed.join("; ")
            },
            failed.is_empty(),
        ),
        Finding::new(
            format!("{what}: the crate's right-hand side equals the list of reactions within 1e-12 Σ|flux|"),
            format!("{terms} derivatives, largest deviation {farthest:.1e} Σ|flux|"),
            farthest <= 1e-12 && terms > 0,
        ),
    ]
}

/// Values of every node of each network at the end of libRoadRunner's time course.
fn roadrunner(cases: &[Case]) -> Vec<Vec<Vec<f64>>> {
    let folder = tempfile::tempdir().unwrap();
    let jobs: Vec<Value> = cases
        .iter()
        .enumerate()
        .map(|(at, case)| {
            let path = folder.path().join(format!("n{at}.xml"));
            case.network.write_sbml(&path, &nnrc_sbml::Options::default());
            json!({ "sbml": path, "end": case.end, "rtol": 1e-10, "atol": 1e-12 })
        })
        .collect();
    let answers = Simulator::RoadRunner.run(&Value::Array(jobs));
    let values = |(case, answer): (&Case, &Value)| {
        case.network.values(&case.network.concentrations(&answer["runs"][0]["final"]))
    };
    cases.iter().zip(answers.as_array().unwrap()).map(values).collect()
}
