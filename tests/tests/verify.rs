//! `nnrc verify`: proofs of everything that a fixed point computes, and of nothing else.

use nnrc_tests::acceptance::verify;
use nnrc_tests::{Effort, assert_all};

#[test]
fn every_activation_is_proven() {
    assert_all(&verify::activations());
}

#[test]
fn every_form_of_every_file_is_proven() {
    assert_all(&verify::files(Effort::Test));
}

#[test]
fn certificates_of_other_files_are_refused() {
    assert_all(&verify::certificates());
}

#[test]
fn no_mutant_that_computes_something_else_is_accepted() {
    assert_all(&verify::mutants(Effort::Test));
}

#[test]
fn the_harness_sees_a_verifier_that_accepts_everything() {
    assert_all(&verify::harness());
}

#[test]
fn files_of_other_tools_are_proven() {
    assert_all(&verify::other_tools());
}

#[test]
fn no_simulation_settles_after_a_proven_time() {
    assert_all(&verify::times(60, 4));
}

#[test]
fn files_with_other_identifiers_are_proven() {
    assert_all(&verify::names());
}

#[test]
fn files_in_other_units_are_proven_with_their_scale() {
    assert_all(&verify::scales());
}

#[test]
fn it_is_quick() {
    assert_all(&verify::speed());
}

#[test]
fn statuses_say_what_became_of_it() {
    assert_all(&verify::statuses());
}

#[test]
fn test_benches_notice_what_the_documentation_says() {
    assert_all(&verify::benches(Effort::Test));
}
