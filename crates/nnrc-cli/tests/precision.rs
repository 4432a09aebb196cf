//! Training in single precision, from the file to what is written.
#![allow(clippy::unwrap_used, reason = "a helper of a test that fails is a test that fails")]

mod common;

use std::path::Path;

use common::Folder;
use nnrc_sim::io::npz;

/// A flower and what `train` says beside its precision.
fn folder() -> Folder {
    let iris = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let text = std::fs::read_to_string(iris.join("iris_train/iris_train.nnr")).unwrap();
    let folder = Folder::with(&text.replace("../iris/iris.csv", "iris.csv"));
    folder.write("iris.csv", std::fs::read(iris.join("iris/iris.csv")).unwrap());
    folder
}

const SINGLE: &str = "train.precision=f32";

/// The numbers of the last epoch by column.
fn last(folder: &Folder, column: &str) -> f64 {
    let table = folder.read("m.train.csv");
    let rows: Vec<Vec<&str>> = table.lines().map(|line| line.split(',').collect()).collect();
    let at = rows[0].iter().position(|name| *name == column).unwrap();
    rows[rows.len() - 1][at].parse().unwrap()
}

#[test]
fn single_precision_learns_what_double_precision_does() {
    let folder = folder();
    folder.run(&["train", "m.nnr", "--quiet"]).exits(0);
    let columns = ["loss", "accuracy", "validation_loss", "validation_accuracy"];
    let double = columns.map(|column| last(&folder, column));
    folder.run(&["train", "m.nnr", "--quiet", "--set", SINGLE]).exits(0);
    let single = columns.map(|column| last(&folder, column));
    // One flower of 105, and one in a thousand of the loss after 800 steps.
    for (column, (double, single)) in columns.iter().zip(double.into_iter().zip(single)) {
        let tolerance = if column.ends_with("loss") { 1e-3 * double } else { 0.0096 };
        assert!((double - single).abs() <= tolerance, "{column}: {double} {single}");
    }
    let weights = npz::read(&std::fs::read(folder.path("m.trained.npz")).unwrap()).unwrap();
    let values = &weights["hidden.W"].values;
    assert!(values.iter().all(|w| f64::from(*w as f32) == *w), "weights that are no f32: {values:?}");
    folder.run(&["test", "m.nnr", "--weights", "m.trained.npz"]).exits(0);
}

#[test]
fn a_checkpoint_is_of_one_precision() {
    let folder = folder();
    let train = |more: &[&str]| folder.run(&[&["train", "m.nnr", "--quiet"], more].concat());
    let epochs = |count: usize| format!("train.epochs={count}");
    // Without the schedule, which looks at the number of epochs.
    folder.write("m.nnr", folder.read("m.nnr").replace("schedule = cosine();", ""));
    let (few, many) = (epochs(3), epochs(6));
    train(&["--set", SINGLE, "--set", &many]).exits(0);
    let whole = std::fs::read(folder.path("m.trained.npz")).unwrap();
    train(&["--set", SINGLE, "--set", &few]).exits(0);
    let refused = train(&["--resume", "--set", &many]).exits(3);
    let words =
        "trained with `precision = f32`, and the `train` block asks for `f64`: write `precision = f32;`";
    assert!(refused.stderr.contains(words), "{}", refused.stderr);
    train(&["--resume", "--set", SINGLE, "--set", &many]).exits(0);
    assert!(std::fs::read(folder.path("m.trained.npz")).unwrap() == whole, "resumed otherwise");
    train(&["--set", &few]).exits(0);
    let refused = train(&["--resume", "--set", SINGLE, "--set", &many]).exits(3);
    assert!(refused.stderr.contains("write `precision = f64;`"), "{}", refused.stderr);
}

#[test]
fn generated_programs_say_that_they_train_in_double_precision() {
    let folder = folder();
    let set = ["--set", SINGLE];
    for command in
        [&["compile", "m.nnr", "--target", "rust", "-o", "net"][..], &["train", "m.nnr", "--engine", "crate"]]
    {
        let refused = folder.run(&[command, &set].concat()).exits(1);
        for words in ["not-served", "precision = f64;"] {
            assert!(refused.stderr.contains(words), "{words} in {}", refused.stderr);
        }
    }
    // The same file goes to other targets.
    folder.run(&["check", "m.nnr", "--set", SINGLE]).exits(0);
}
