//! Learning in one pot.

use nnrc_tests::acceptance::one_pot;
use nnrc_tests::assert_all;

#[test]
fn frozen_pots_backpropagate() {
    assert_all(&one_pot::frozen());
}

#[test]
fn sizes_are_those_of_the_construction() {
    assert_all(&one_pot::counts());
}
