//! The examples of the library, run from a folder of their own.
#![allow(clippy::disallowed_methods, reason = "a test runs programs")]

use std::path::PathBuf;
use std::process::Command;

/// What an example prints; cargo has built it beside the tests.
fn printed(example: &str) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let tests = std::env::current_exe().expect("this test");
    let programs: PathBuf = tests.ancestors().nth(2).expect("the folder of the profile").join("examples");
    let output =
        Command::new(programs.join(example)).current_dir(folder.path()).output().expect("the example");
    let stdout = String::from_utf8(output.stdout).expect("text");
    assert!(output.status.success(), "{stdout}\n{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(std::fs::read_dir(folder.path()).expect("the folder").count(), 0, "nothing is written");
    stdout
}

#[test]
fn ten_lines_compile_xor_and_settle_it() {
    let source = include_str!("../examples/ten_lines.rs");
    let body = source.split("fn main").nth(1).expect("a main").lines().skip(1);
    assert!(body.take_while(|line| *line != "}").count() <= 10);
    let printed = printed("ten_lines");
    let value = |line: &str| line.split("y = ").nth(1)?.split(',').next()?.parse::<f64>().ok();
    let values: Vec<f64> = printed.lines().filter_map(value).collect();
    // The truth table of the gate, as close as its own test bench asks for.
    for (value, expected) in values.iter().zip([0.0, 1.0, 1.0, 0.0]) {
        assert!((value - expected).abs() <= 0.05, "{printed}");
    }
    assert_eq!(values.len(), 4, "{printed}");
}

#[test]
fn training_is_watched() {
    let printed = printed("train_iris");
    assert!(printed.lines().filter(|line| line.starts_with("epoch ")).count() >= 2, "{printed}");
    assert!(printed.contains("trained ") && printed.contains("hidden.W: [8, 4]"), "{printed}");
}
