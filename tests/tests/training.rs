//! Training through the fixed point: gradients, and the `train` verb from the command line.

#![allow(clippy::unwrap_used, reason = "a helper of a test that fails is a test that fails")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use nnrc_tests::acceptance::{elsewhere, gradients};
use nnrc_tests::{assert_all, peers, root};

#[test]
fn gradients_of_the_vectors() {
    assert_all(&gradients::vectors());
}

#[test]
fn derivative_rows_of_the_activation_table() {
    assert_all(&gradients::derivative_rows());
}

#[test]
fn gradients_of_simulated_chemistry() {
    assert_all(&gradients::simulation());
}

#[test]
fn gradients_of_random_networks() {
    assert_all(&gradients::random(8));
}

fn example() -> PathBuf {
    root().join("examples/iris_train/iris_train.nnr")
}

/// Runs `nnrc train` on the example in a folder.
fn train(folder: &Path, more: &[&str]) -> Output {
    Command::new(peers::nnrc())
        .arg("train")
        .arg(example())
        .args(more)
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .output()
        .unwrap()
}

fn read(folder: &Path, name: &str) -> Vec<u8> {
    std::fs::read(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn succeeds(output: &Output) {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// A schedule that looks at the end would make a run with another end another run.
const CONSTANT: [&str; 2] = ["--set", "train.schedule=constant()"];

#[test]
fn ten_epochs_are_five_and_five_more() {
    let (whole, halves) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let ten = [&CONSTANT[..], &["--set", "train.epochs=10"]].concat();
    let five = [&CONSTANT[..], &["--set", "train.epochs=5"]].concat();
    succeeds(&train(whole.path(), &ten));
    succeeds(&train(halves.path(), &five));
    assert_ne!(read(whole.path(), "iris_train.trained.npz"), read(halves.path(), "iris_train.trained.npz"));
    succeeds(&train(halves.path(), &[&ten[..], &["--resume"]].concat()));
    for ending in ["trained.npz", "checkpoint.npz", "train.csv", "train.svg"] {
        let name = format!("iris_train.{ending}");
        assert_eq!(read(whole.path(), &name), read(halves.path(), &name), "{name}");
    }
}

#[test]
fn a_killed_run_is_taken_up_again() {
    let (whole, killed) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    // About a second in an optimised build; where the machine is faster, some kills come too late and change nothing.
    let long = ["--set", "train.epochs=6000"];
    succeeds(&train(whole.path(), &long));
    for wait in [50, 150, 300, 450] {
        let mut child = Command::new(peers::nnrc())
            .args(["train", "--resume"])
            .arg(example())
            .args(long)
            .current_dir(killed.path())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_millis(wait));
        let _ = child.kill();
        child.wait().unwrap();
    }
    succeeds(&train(killed.path(), &[&long[..], &["--resume"]].concat()));
    let name = "iris_train.trained.npz";
    assert_eq!(read(whole.path(), name), read(killed.path(), name));
}

#[test]
fn weights_come_out_in_both_formats_and_are_read_back() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["w.npz", "w.safetensors"] {
        succeeds(&train(folder.path(), &["-o", name]));
        let test = Command::new(peers::nnrc())
            .arg("test")
            .arg(example())
            .args(["--weights", name])
            .current_dir(folder.path())
            .output()
            .unwrap();
        succeeds(&test);
    }
    let compiled = Command::new(peers::nnrc())
        .args(["compile", "--target", "sbml", "--weights", "w.npz"])
        .arg(example())
        .current_dir(folder.path())
        .output()
        .unwrap();
    succeeds(&compiled);
    assert!(folder.path().join("iris_train.xml").exists());
}

#[test]
fn names_and_scale_go_with_the_weights() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["w.npz", "w.safetensors"] {
        succeeds(&train(folder.path(), &["-o", name, "--set", "train.epochs=1"]));
    }
    // numpy reads the strings without pickle; the header of a safetensors file is JSON after its length.
    let script = "import csv, json, struct, sys, numpy as np
rows = list(csv.reader(open(sys.argv[1])))
columns = np.array([[float(cell) for cell in row[:4]] for row in rows[1:]])
low, high = columns.min(0), columns.max(0)
file = np.load('w.npz', allow_pickle=False)
assert list(file['nnrc.inputs']) == rows[0][:4] and list(file['nnrc.classes']) == ['setosa', 'versicolor', 'virginica']
scaled = (columns - file['nnrc.inputs.shift']) * file['nnrc.inputs.factor'] + file['nnrc.inputs.start']
assert abs(scaled - (columns - low) / (high - low)).max() < 1e-12
assert (file['nnrc.inputs.seen'] == np.stack([low, high], 1)).all()
data = open('w.safetensors', 'rb').read()
about = json.loads(json.loads(data[8:8 + struct.unpack('<Q', data[:8])[0]])['__metadata__']['nnrc'])
assert about['classes'] == list(file['nnrc.classes'])
for at, column in enumerate(about['inputs']):
    assert column['name'] == file['nnrc.inputs'][at] and column['seen'] == [low[at], high[at]]
    for key in ['shift', 'factor', 'start']:
        assert column[key] == file['nnrc.inputs.' + key][at]
";
    let data = nnrc_tests::root().join("examples/iris/iris.csv");
    let done =
        Command::new(peers::python()).args(["-c", script]).arg(data).current_dir(folder.path()).output();
    succeeds(&done.unwrap());
}

#[test]
fn checkpoints_of_another_training_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    succeeds(&train(folder.path(), &[]));
    let other = train(folder.path(), &["--resume", "--seed", "99"]);
    assert_eq!(other.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&other.stderr).contains("belongs to another"));
    std::fs::write(folder.path().join("iris_train.checkpoint.npz"), "no archive").unwrap();
    assert_eq!(train(folder.path(), &["--resume"]).status.code(), Some(3));
}

#[test]
fn divergence_says_where_and_keeps_the_last_good_epoch() {
    let folder = tempfile::tempdir().unwrap();
    let output = train(folder.path(), &["--set", "train.rule=gradient(sgd(rate = 1e9))"]);
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(5), "{words}");
    assert!(words.contains("training-diverged") && words.contains("smaller learning rate"), "{words}");
    assert!(folder.path().join("iris_train.checkpoint.npz").exists());
    assert!(!folder.path().join("iris_train.trained.npz").exists());
}

#[test]
fn the_manual_is_enough_to_train_elsewhere() {
    assert_all(&elsewhere::trainings());
}
