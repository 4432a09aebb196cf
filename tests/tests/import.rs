//! Imported networks: some of the claims of `cargo xtask accept import`.

use nnrc_tests::acceptance::import;
use nnrc_tests::assert_all;

#[test]
fn small_networks_are_what_numpy_makes_of_them() {
    let is_small = |name: &String| !name.contains("digits_cnn");
    let names: Vec<String> = import::names().into_iter().filter(is_small).collect();
    assert_all(&import::networks(&names));
}

#[test]
fn models_are_read_as_onnxruntime_runs_them() {
    assert_all(&import::sources());
}

#[test]
fn classes_are_those_of_the_engine_in_other_tools() {
    assert_all(&import::elsewhere(12));
}

#[test]
fn fine_tuning_reaches_the_source() {
    assert_all(&import::finetuning());
}

#[test]
fn what_is_no_network_is_refused() {
    assert_all(&import::refused());
}
