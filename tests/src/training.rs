//! Networks trained by the command, and the weights that the examples ship.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use nnrc_sim::io::{Array, Arrays, npz};

use crate::{peers, root};

/// What a run of `nnrc train` left behind.
pub struct Trained {
    /// The folder of its files; gone when this is dropped.
    pub folder: tempfile::TempDir,
    /// Weights by key, without the stamp of the version.
    pub weights: Arrays,
    /// Accuracy on the validation samples after the last epoch.
    pub accuracy: f64,
    /// Epochs.
    pub epochs: usize,
}

/// The file of an example.
pub fn example(name: &str) -> PathBuf {
    root().join("examples").join(name).join(format!("{name}.nnr"))
}

/// The command that trains an example in a folder; the weights go to `weights.npz`.
pub fn command(file: &Path, folder: &Path, more: &[&str]) -> Command {
    let mut command = Command::new(peers::nnrc());
    command.arg("train").arg(file).args(["-o", "weights.npz", "--quiet"]).args(more).current_dir(folder);
    command
}

/// Panics with the words of a command that failed.
pub fn succeeds(output: &Output) {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Trains a file.
pub fn train(file: &Path, more: &[&str]) -> Trained {
    let folder = tempfile::tempdir().unwrap();
    succeeds(&command(file, folder.path(), more).output().unwrap());
    let curves = std::fs::read_to_string(folder.path().join("weights.train.csv")).unwrap();
    let rows: Vec<Vec<&str>> = curves.lines().map(|line| line.split(',').collect()).collect();
    let column = rows[0].iter().position(|name| *name == "validation_accuracy").unwrap();
    let accuracy = rows[rows.len() - 1][column].parse().unwrap();
    let weights = read(&folder.path().join("weights.npz"));
    Trained { weights, accuracy, epochs: rows.len() - 1, folder }
}

/// The tensors of an `.npz` file of weights.
pub fn read(path: &Path) -> Arrays {
    let mut arrays = npz::read(&std::fs::read(path).unwrap()).unwrap();
    arrays.retain(|name, _| name.ends_with(".W") || name.ends_with(".b"));
    arrays
}

/// The weights that `examples/iris` ships: those that `examples/iris_train` gives.
pub fn iris() -> Trained {
    train(&example("iris_train"), &[])
}

/// The weights that `examples/digits` ships: those that `examples/digits_train` gives, in single precision and under
/// the names that a module of PyTorch with layers `fc1` and `fc2` would give them.
pub fn digits() -> Arrays {
    let trained = train(&example("digits_train"), &[]);
    let names =
        [("hidden.W", "fc1.weight"), ("hidden.b", "fc1.bias"), ("y.W", "fc2.weight"), ("y.b", "fc2.bias")];
    names
        .into_iter()
        .map(|(key, name)| {
            let Array { shape, values } = trained.weights[key].clone();
            (name.to_owned(), Array { shape, values: values.iter().map(|w| f64::from(*w as f32)).collect() })
        })
        .collect()
}
