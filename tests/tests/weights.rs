//! The weights that examples ship are those that nnrc trains.

#![allow(clippy::unwrap_used, reason = "a helper of a test that fails is a test that fails")]

use nnrc_sim::io::{Arrays, safetensors};
use nnrc_tests::training::{digits, example, iris, read};

/// Largest difference that mathematical libraries of other systems may make after thousands of steps.
const TOLERANCE: f64 = 1e-6;

fn compare(shipped: &Arrays, trained: &Arrays) {
    assert_eq!(shipped.keys().collect::<Vec<_>>(), trained.keys().collect::<Vec<_>>());
    for (name, array) in shipped {
        assert_eq!(array.shape, trained[name].shape, "{name}");
        for (shipped, trained) in array.values.iter().zip(&trained[name].values) {
            let deviation = (shipped - trained).abs();
            assert!(deviation <= TOLERANCE, "{name}: {shipped}, trained {trained}: `cargo xtask weights`?");
        }
    }
}

#[test]
fn iris_is_what_training_gives() {
    compare(&read(&example("iris").with_file_name("iris.npz")), &iris().weights);
}

#[test]
fn digits_are_what_training_gives() {
    let bytes = std::fs::read(example("digits").with_file_name("digits.safetensors")).unwrap();
    compare(&safetensors::read(&bytes).unwrap(), &digits());
}
