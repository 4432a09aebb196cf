//! Simulated chemistry against reference vectors, formulas and eigenvalues.

use nnrc_tests::acceptance::{activations, certificate, crates, families, vectors};
use nnrc_tests::assert_all;

#[test]
fn reference_networks() {
    assert_all(&vectors::networks());
}

#[test]
fn activation_table() {
    assert_all(&vectors::activation_table());
}

#[test]
fn joint_activations() {
    assert_all(&vectors::joint_activations());
}

#[test]
fn transients() {
    assert_all(&vectors::transients());
}

#[test]
fn every_activation_in_every_chemistry() {
    assert_all(&activations::formulas());
}

#[test]
fn families_do_not_depend_on_widths() {
    assert_all(&families::widths());
}

#[test]
fn crates_do_not_depend_on_widths() {
    assert_all(&crates::widths());
}

#[test]
fn certificates_hold() {
    assert_all(&certificate::random(36, 4));
}

#[test]
fn certified_rates_are_eigenvalues() {
    assert_all(&certificate::rates());
}
