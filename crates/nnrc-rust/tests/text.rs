//! What generated code looks like.
#![allow(clippy::unwrap_used, reason = "a helper of a test that fails is a test that fails")]

mod common;

use std::path::Path;

use nnrc_rust::{Files, Options, generate};
use nnrc_tests::compiled::{compile, trainable, training};

/// A chain of smoothed ReLU layers with weights of both signs.
fn chain(widths: &[usize]) -> String {
    let mut text = format!("nnr 1;\nnetwork chain {{\n  input x[{}] in [0, 1];\n", widths[0]);
    let mut weights = String::new();
    for (at, pair) in widths.windows(2).enumerate() {
        let (columns, rows) = (pair[0], pair[1]);
        let name = if at + 2 == widths.len() { "y".to_owned() } else { format!("hidden{at}") };
        text += &format!("  layer {name} = dense({rows}) | smooth_relu(h = 0.25);\n");
        let weight = |i: usize, j: usize| ((7 * i + 3 * j + 1) % 5) as f64 * 0.1 - 0.2;
        let rows: Vec<String> = (0..rows)
            .map(|i| format!("{:?}", (0..columns).map(|j| weight(i, j)).collect::<Vec<_>>()))
            .collect();
        let bias: Vec<f64> = (0..rows.len()).map(|i| 0.1 - 0.2 * (i % 2) as f64).collect();
        weights += &format!("  {name}.W = [{}];\n  {name}.b = {bias:?};\n", rows.join(", "));
    }
    format!("{text}  output y;\n}}\nweights {{\n{weights}}}\nchemistry {{ construction = fixed_point; }}\n")
}

fn files(widths: &[usize]) -> Files {
    let network = compile(&chain(widths), &vec![0.5; widths[0]]);
    generate(&network.crn, &network.info, &Options::default()).unwrap()
}

/// The same as a crate that trains.
fn training_files(widths: &[usize]) -> Files {
    let input = vec![0.5; widths[0]];
    let network = trainable(compile(&chain(widths), &input).model, &input);
    let options = Options { training: Some(training(&network)), ..Options::default() };
    generate(&network.crn, &network.info, &options).unwrap()
}

fn source(files: &Files) -> String {
    String::from_utf8(files[Path::new("src/crn.rs")].clone()).unwrap()
}

#[test]
fn a_small_network() {
    insta::assert_snapshot!(source(&files(&[2, 3, 2])));
}

#[test]
fn widths_are_constants() {
    let without_sizes = |files: &Files| {
        let is_size = |line: &&str| line.starts_with("const ") && line.contains(": usize = ");
        source(files).lines().filter(|line| !is_size(line)).collect::<Vec<_>>().join("\n")
    };
    for files in [files, training_files] {
        let (small, large) = (files(&[2, 3, 2]), files(&[60, 50, 40]));
        assert_eq!(without_sizes(&small), without_sizes(&large));
        assert!(source(&large).len() < 40_000);
        for (path, bytes) in &small {
            if path != Path::new("src/crn.rs") && path != Path::new("data/model.npz") {
                assert_eq!(bytes, &large[path], "{}", path.display());
            }
        }
    }
}

#[test]
fn same_input_same_bytes() {
    assert_eq!(files(&[2, 3, 2]), files(&[2, 3, 2]));
}

#[test]
fn the_library_can_stay_where_it_is() {
    let network = compile(&chain(&[2, 2]), &[0.5, 0.5]);
    let options = Options { sim_path: Some("../somewhere".to_owned()), ..Options::default() };
    let files = generate(&network.crn, &network.info, &options).unwrap();
    assert!(files.keys().all(|path| !path.starts_with("nnrc-sim")));
    assert!(String::from_utf8_lossy(&files[Path::new("Cargo.toml")]).contains("path = \"../somewhere\""));
}
