//! Noise.

use nnrc_tests::acceptance::noise;
use nnrc_tests::assert_all;

#[test]
fn molecules_are_distributed_as_in_another_simulator() {
    assert_all(&noise::distribution());
}

#[test]
fn errors_shrink_with_the_noise() {
    assert_all(&noise::scaling());
}

#[test]
fn threads_do_not_matter() {
    assert_all(&noise::threads());
}
