//! Classifiers learned in the pot by the shipped examples, and what was learned as inference circuits.

use std::path::Path;

use serde_json::Value;

use super::{nnrc, together};
use crate::Finding;
use crate::acceptance::agreement::{TOLERANCE, numpy_samples};
use crate::acceptance::mnist;
use crate::acceptance::training::{compare, right, roadrunner, rows};
use crate::compiled::{Compiled, load, load_frozen};
use crate::generated::{build, compile, outputs};
use crate::training::example;

/// Makes an inference circuit of what was learned.
const FREEZE: [&str; 3] = ["--set", "chemistry.construction=fixed_point", "--weights"];

/// Trains an example in a folder; its report. The weights are in `weights.npz`.
fn train(name: &str, folder: &Path, more: &[&str]) -> Value {
    let file = example(name);
    let args = [&["train", file.to_str().unwrap(), "-o", "weights.npz"], more].concat();
    nnrc(folder, &args).unwrap_or_else(|words| panic!("{name}: {words}"))
}

/// Rows of a data set, taken by their numbers.
fn take<T: Clone>(all: &[T], which: &[usize]) -> Vec<T> {
    which.iter().map(|&row| all[row].clone()).collect()
}

/// Whether an engine's outputs are those of the plain forward pass: the same classes, hence the same accuracy.
fn same(what: &str, engine: &str, found: &[Vec<f64>], expected: &[Vec<f64>], labels: &[usize]) -> Finding {
    let (worst, alike) = compare(found, expected);
    let (simulated, plain) = (right(found, labels), right(expected, labels));
    Finding::new(
        format!(
            "{what} learned in one pot, frozen, as fixed_point in {engine}: the accuracy of numpy's forward pass"
        ),
        format!(
            "{simulated} and {plain} of {} right, the same class in {alike}, largest deviation of an output {worst:.1e}",
            labels.len()
        ),
        simulated == plain && alike == labels.len() && worst <= TOLERANCE,
    )
}

/// The frozen network in the generated crate, all rows in one run.
fn crate_outputs(name: &str, folder: &Path, inputs: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let weights = folder.join("weights.npz");
    let crate_folder = folder.join("crate");
    compile(&example(name), &crate_folder, &[&FREEZE[..], &[weights.to_str().unwrap()]].concat());
    outputs(&build(&crate_folder), &crate_folder, inputs)
}

fn summary(accuracies: &[f64]) -> (f64, String) {
    let mean = accuracies.iter().sum::<f64>() / accuracies.len() as f64;
    let words: Vec<String> = accuracies.iter().map(|accuracy| format!("{accuracy:.3}")).collect();
    (mean, format!("{mean:.4} ({})", words.join(", ")))
}

/// The test rows of a network, as its training saw them: inputs, classes, numpy's outputs.
fn judged(network: &Compiled, inputs: &[Vec<f64>], labels: &[usize]) -> (Vec<Vec<f64>>, f64) {
    let expected = numpy_samples(network, inputs);
    let accuracy = right(&expected, labels) as f64 / labels.len() as f64;
    (expected, accuracy)
}

/// Iris 4-8-3, ten seeds of weights and split; every frozen network in libRoadRunner, one in the crate.
pub fn iris_runs() -> Vec<Finding> {
    let name = "onepot_iris";
    let runs = together(&(1..=10).collect::<Vec<u64>>(), |seed| {
        let folder = tempfile::tempdir().unwrap();
        let (number, split) =
            (seed.to_string(), format!("dataset.iris.split=holdout(test = 0.3, seed = {seed})"));
        let report = train(name, folder.path(), &["--seed", &number, "--set", &split]);
        (folder, split, report["validation"]["accuracy"].as_f64().unwrap())
    });
    let accuracies: Vec<f64> = runs.iter().map(|(_, _, accuracy)| *accuracy).collect();
    let (mean, words) = summary(&accuracies);
    let mut findings = vec![Finding::new(
        "Iris 4-8-3 in one pot: mean test accuracy over 10 seeds at least 0.94",
        words,
        mean >= 0.94,
    )];
    let (mut chemistry, mut plain, mut all, mut told) = (Vec::new(), Vec::new(), Vec::new(), true);
    for (folder, split, accuracy) in &runs {
        let network = load_frozen(&example(name), &folder.path().join("weights.npz"), &[split]);
        let test = &network.model.datasets["iris"].test;
        let (inputs, labels) = rows(&network, "iris");
        let (inputs, labels) = (take(&inputs, test), take(&labels, test));
        let (expected, own) = judged(&network, &inputs, &labels);
        // Reports show four digits or more.
        told &= (own - accuracy).abs() < 1e-4;
        chemistry.extend(roadrunner(&network, &inputs));
        plain.extend(expected);
        all.extend(labels);
    }
    findings.push(Finding::new(
        "Iris in one pot: the accuracy that the training reports is that of numpy's forward pass",
        format!("{told} for 10 seeds"),
        told,
    ));
    findings.push(same("Iris, 10 seeds,", "libRoadRunner", &chemistry, &plain, &all));
    let (folder, split, _) = &runs[0];
    let network = load_frozen(&example(name), &folder.path().join("weights.npz"), &[split]);
    let (inputs, labels) = rows(&network, "iris");
    let (expected, _) = judged(&network, &inputs, &labels);
    let found = crate_outputs(name, folder.path(), &inputs);
    findings.push(same("Iris, all flowers,", "the generated crate", &found, &expected, &labels));
    findings
}

/// Digits 64-20-10 by the shipped example, as it is and with other seeds; the frozen network in libRoadRunner and in the
/// crate.
pub fn digits_runs() -> Vec<Finding> {
    let name = "onepot_digits";
    let (network, _) = load(&example(name));
    let (inputs, labels) = rows(&network, "probe");
    let runs = together(&[1, 2, 3, 4], |seed| {
        let folder = tempfile::tempdir().unwrap();
        train(name, folder.path(), &["--seed", &seed.to_string()]);
        let frozen = load_frozen(&example(name), &folder.path().join("weights.npz"), &[]);
        let (expected, accuracy) = judged(&frozen, &inputs, &labels);
        (folder, frozen, expected, accuracy)
    });
    let accuracies: Vec<f64> = runs.iter().map(|run| run.3).collect();
    let (mean, words) = summary(&accuracies);
    let (folder, frozen, expected, shipped) = &runs[0];
    vec![
        Finding::new(
            "digits 64-20-10 in one pot: test accuracy at least 0.95, and so the mean over 4 seeds",
            format!("{shipped:.4} for the example as it is; {words}"),
            *shipped >= 0.95 && mean >= 0.95,
        ),
        same("digits", "libRoadRunner", &roadrunner(frozen, &inputs), expected, &labels),
        same(
            "digits",
            "the generated crate",
            &crate_outputs(name, folder.path(), &inputs),
            expected,
            &labels,
        ),
    ]
}

/// MNIST 784-64-10 by the shipped example, one pass, and all test images in the crate of the frozen network.
pub fn mnist_run() -> Vec<Finding> {
    let name = "onepot_mnist";
    let folder = tempfile::tempdir().unwrap();
    let weights = folder.path().join("weights.npz");
    let cost = mnist::measured(&example(name), &weights);
    let expected = mnist::source(&weights, 0.1);
    let (network, _) = load(&example(name));
    let (inputs, labels) = rows(&network, "probe");
    let (seconds, memory) = (cost["wall_s"].as_f64().unwrap(), cost["peak_rss_mib"].as_f64().unwrap());
    let accuracy = right(&expected, &labels) as f64 / labels.len() as f64;
    let found = crate_outputs(name, folder.path(), &inputs);
    vec![
        Finding::new(
            "MNIST 784-64-10 in one pot, one pass: accuracy on the 10,000 test images at least 0.93; at most 60 minutes and 1 GB",
            format!(
                "{accuracy:.4}; {:.1} minutes ({:.1} CPU minutes), {memory:.0} MiB",
                seconds / 60.0,
                cost["cpu_s"].as_f64().unwrap() / 60.0
            ),
            labels.len() == 10_000 && accuracy >= 0.93 && seconds < 3600.0 && memory < 953.0,
        ),
        same("MNIST", "the generated crate", &found, &expected, &labels),
    ]
}
