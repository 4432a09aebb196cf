//! Files for other tools: libSBML, libRoadRunner, COPASI.

use nnrc_tests::acceptance::{agreement, examples, running, sbml, units};
use nnrc_tests::{Effort, assert_all};

#[test]
fn workloads_are_valid() {
    assert_all(&sbml::workloads(Effort::Test));
}

#[test]
fn random_networks_agree() {
    assert_all(&agreement::random(50));
}

#[test]
fn examples_pass_their_commands() {
    assert_all(&examples::commands());
}

#[test]
fn examples_are_valid() {
    assert_all(&examples::files(Effort::Test));
}

#[test]
fn examples_agree() {
    assert_all(&examples::agreement());
}

#[test]
fn all_flowers_keep_their_class() {
    assert_all(&examples::all_flowers());
}

#[test]
fn steady_state_solver_trap() {
    assert_all(&examples::negative_root());
}

#[test]
fn units_and_volumes_change_nothing() {
    assert_all(&units::grid(Effort::Test));
}

#[test]
fn values_of_two_rails_as_rules() {
    assert_all(&units::rules());
}

#[test]
fn files_say_how_long_to_run_them() {
    assert_all(&running::times());
}
