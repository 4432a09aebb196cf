//! MNIST, 784-128-10: trained by nnrc, simulated by the generated crate. The images come by `cargo xtask data mnist`.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::acceptance::agreement::TOLERANCE;
use crate::acceptance::training::{compare, right, rows};
use crate::compiled::load;
use crate::generated::{build, compile, outputs};
use crate::training::example;
use crate::{Finding, peers, root};

/// Where the images are.
pub fn folder() -> PathBuf {
    root().join(".cache/mnist")
}

/// Trains a file; what that took: `wall_s`, `cpu_s`, `peak_rss_mib`.
pub fn measured(file: &Path, weights: &Path) -> Value {
    let nnrc = peers::nnrc();
    let command =
        [&nnrc, Path::new("train"), file, Path::new("-o"), weights].map(|word| word.to_str().unwrap());
    peers::run("measure.py", &[&["--repeat", "1", "--"], &command[..]].concat(), None, &[])
}

/// What the source network with smoothed ReLUs of this h answers to the 10,000 test images, in numpy.
pub fn source(weights: &Path, h: f64) -> Vec<Vec<f64>> {
    let args = [folder().to_str().unwrap(), weights.to_str().unwrap(), &h.to_string()].map(str::to_owned);
    let answer = peers::run("mnist_source.py", &args.each_ref().map(String::as_str), None, &[]);
    answer.as_array().unwrap().iter().map(numbers).collect()
}

/// Trains, compiles, simulates all 10,000 test images.
pub fn all() -> Vec<Finding> {
    let file = example("mnist_train");
    let work = tempfile::tempdir().unwrap();
    let weights = work.path().join("weights.npz");
    let cost = measured(&file, &weights);
    let curves = std::fs::read_to_string(work.path().join("weights.train.csv")).unwrap();
    let epochs = curves.lines().count() - 1;
    let memory = cost["peak_rss_mib"].as_f64().unwrap();
    let expected = source(&weights, 0.01);
    let (network, _) = load(&file);
    let (inputs, labels) = rows(&network, "probe");
    let plain = right(&expected, &labels);
    let crate_folder = work.path().join("crate");
    compile(&file, &crate_folder, &["--weights", weights.to_str().unwrap()]);
    let program = build(&crate_folder);
    let start = std::time::Instant::now();
    let found = outputs(&program, &crate_folder, &inputs);
    let seconds = start.elapsed().as_secs_f64();
    let (worst, same) = compare(&found, &expected);
    let simulated = right(&found, &labels);
    let count = labels.len();
    vec![
        Finding::new(
            "MNIST 784-128-10: accuracy on the 10,000 test images at least 0.975, trained in less than 1 GB",
            format!(
                "{:.4} after {epochs} epochs, {:.0} s ({:.0} CPU s), {memory:.0} MiB",
                plain as f64 / count as f64,
                cost["wall_s"].as_f64().unwrap(),
                cost["cpu_s"].as_f64().unwrap()
            ),
            count == 10_000 && plain >= 9_750 && memory < 953.0,
        ),
        Finding::new(
            "MNIST, all test images through the chemistry in the generated crate: numpy's accuracy and outputs",
            format!(
                "{simulated} and {plain} of {count} right, the same class in {same}, largest deviation of an output \
                 {worst:.1e}; {seconds:.0} s"
            ),
            simulated == plain && same == count && worst <= TOLERANCE,
        ),
    ]
}

fn numbers(row: &Value) -> Vec<f64> {
    row.as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect()
}
