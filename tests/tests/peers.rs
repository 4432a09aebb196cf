//! Files for other tools: libSBML, libRoadRunner, COPASI.

use nnrc_tests::acceptance::{agreement, sbml};
use nnrc_tests::{Effort, assert_all};

#[test]
fn workloads_are_valid() {
    assert_all(&sbml::workloads(Effort::Test));
}

#[test]
fn random_networks_agree() {
    assert_all(&agreement::random(50));
}
