//! Networks that nnrc trained: how well they do, that their chemistry does the same, and that a killed training ends
//! where an undisturbed one does.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use nnrc_model::Targets;
use nnrc_model::random::Random;
use serde_json::{Value, json};

use crate::Finding;
use crate::acceptance::agreement::{TOLERANCE, numpy_samples};
use crate::compiled::{Compiled, load};
use crate::generated::{build, compile, outputs};
use crate::peers::Simulator;
use crate::training::{command, example, read, succeeds, train};

/// Seeds over which accuracies are averaged.
const SEEDS: u64 = 10;

/// Mean test accuracy of Iris, each seed with its own initial weights and its own split.
pub fn iris() -> Vec<Finding> {
    let accuracies = accuracies("iris_train", |seed| {
        vec!["--set".to_owned(), format!("dataset.iris.split=holdout(test = 0.3, seed = {seed})")]
    });
    vec![mean("Iris 4-8-3, 45 flowers held out", &accuracies)]
}

/// Mean test accuracy of the digits.
pub fn digits() -> Vec<Finding> {
    vec![mean("digits 64-20-10, 360 images held out", &accuracies("digits_train", |_| Vec::new()))]
}

fn accuracies(name: &str, more: impl Fn(u64) -> Vec<String>) -> Vec<f64> {
    (1..=SEEDS)
        .map(|seed| {
            let number = seed.to_string();
            let more = more(seed);
            let mut args = vec!["--seed", &number];
            args.extend(more.iter().map(String::as_str));
            train(&example(name), &args).accuracy
        })
        .collect()
}

fn mean(what: &str, accuracies: &[f64]) -> Finding {
    let mean = accuracies.iter().sum::<f64>() / accuracies.len() as f64;
    let least = accuracies.iter().copied().fold(f64::INFINITY, f64::min);
    Finding::new(
        format!("{what}: mean accuracy over {} seeds at least 0.95", accuracies.len()),
        format!("{mean:.4}, the least {least:.4}"),
        mean >= 0.95,
    )
}

/// The rows and classes of a data set of an example.
pub fn rows(network: &Compiled, dataset: &str) -> (Vec<Vec<f64>>, Vec<usize>) {
    let dataset = &network.model.datasets[dataset];
    let Targets::Classes { labels, .. } = &dataset.targets else { panic!("classes are expected") };
    (dataset.inputs.chunks(dataset.width).map(<[f64]>::to_vec).collect(), labels.clone())
}

/// The class that a row of outputs names.
pub fn class(y: &[f64]) -> usize {
    (0..y.len()).max_by(|&a, &b| y[a].total_cmp(&y[b])).unwrap()
}

/// Number of rows whose class is right.
pub fn right(outputs: &[Vec<f64>], labels: &[usize]) -> usize {
    outputs.iter().zip(labels).filter(|(y, label)| class(y) == **label).count()
}

/// Largest |a − b| / max(1, |b|), and the number of rows in the same class.
pub fn compare(found: &[Vec<f64>], expected: &[Vec<f64>]) -> (f64, usize) {
    let same = found.iter().zip(expected).filter(|(a, b)| class(a) == class(b)).count();
    (crate::compiled::deviation(found, expected), same)
}

/// The shipped classifiers, which nnrc trained: every row of their data in the generated crate and in libRoadRunner,
/// against numpy.
pub fn simulated() -> Vec<Finding> {
    let mut findings = Vec::new();
    for (name, dataset) in [("iris", "iris"), ("digits", "probe")] {
        let (network, _) = load(&example(name));
        let (inputs, labels) = rows(&network, dataset);
        let expected = numpy_samples(&network, &inputs);
        let folder = tempfile::tempdir().unwrap();
        compile(&example(name), folder.path(), &[]);
        let found = outputs(&build(folder.path()), folder.path(), &inputs);
        for (engine, found) in
            [("the generated crate", found), ("libRoadRunner", roadrunner(&network, &inputs))]
        {
            let (worst, same) = compare(&found, &expected);
            let (simulated, plain) = (right(&found, &labels), right(&expected, &labels));
            findings.push(Finding::new(
                format!("{name}, {} rows in {engine}: accuracy and outputs are those of numpy's forward pass", found.len()),
                format!("{simulated} and {plain} right, the same class in {same}, largest deviation of an output {worst:.1e}"),
                simulated == plain && same == found.len() && worst <= TOLERANCE,
            ));
        }
    }
    findings
}

/// Outputs at the end of libRoadRunner's time course.
pub fn roadrunner(network: &Compiled, inputs: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("net.xml");
    network.write_sbml(&path, &nnrc_sbml::Options::default());
    let sets: Vec<Value> = inputs.iter().map(|input| network.settings(input)).collect();
    let jobs = json!([{ "sbml": path, "end": 600, "set": sets, "rtol": 1e-10, "atol": 1e-12 }]);
    let answer = Simulator::RoadRunner.run(&jobs);
    let runs = answer[0]["runs"].as_array().unwrap();
    let output = network.model.output;
    runs.iter().map(|run| network.values(&network.concentrations(&run["final"]))[output].clone()).collect()
}

/// Ten kills without warning at random moments, each followed by a resumption.
pub fn kills() -> Vec<Finding> {
    let file = example("iris_train");
    let epochs = ["--set", "train.epochs=200000"];
    let (whole, killed) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let start = Instant::now();
    succeeds(&command(&file, whole.path(), &epochs).output().unwrap());
    let undisturbed = start.elapsed().as_secs_f64();
    let mut random = Random::new(10);
    let (mut hits, mut moments) = (0, Vec::new());
    for _ in 0..10 {
        // Short of a tenth each, so that none comes after the end.
        let wait = undisturbed * random.uniform(0.005, 0.095);
        let mut run = command(&file, killed.path(), &[&epochs[..], &["--resume"]].concat());
        let mut child = run.stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_secs_f64(wait));
        hits += usize::from(child.try_wait().unwrap().is_none());
        // SIGKILL.
        child.kill().unwrap();
        child.wait().unwrap();
        moments.push(format!("{:.0}", wait * 1e3));
    }
    let before = killed.path().join("weights.npz").exists();
    succeeds(&command(&file, killed.path(), &[&epochs[..], &["--resume"]].concat()).output().unwrap());
    let weights = |folder: &Path| read(&folder.join("weights.npz"));
    let same = weights(whole.path()) == weights(killed.path());
    vec![Finding::new(
        "ten kills at random moments, each followed by a resumption: the weights of an undisturbed training, bit by bit",
        format!(
            "{hits} of 10 hit a running training, after {} ms; the same weights: {same}",
            moments.join(", ")
        ),
        hits == 10 && same && !before,
    )]
}
