//! The construction `phased`: clock, modules and learning, as far as fits into the suite.

use nnrc_tests::acceptance::phased::{clock, files, forward, learning, modules};
use nnrc_tests::assert_all;

#[test]
fn the_clock_keeps_its_period() {
    assert_all(&clock::periods(5));
    assert_all(&clock::memory());
}

#[test]
fn modules_follow_their_formulas() {
    assert_all(&modules::formulas());
    assert_all(&modules::finite_time());
}

#[test]
fn constructions_agree() {
    assert_all(&forward::constructions());
}

#[test]
fn cycles_are_online_steps() {
    assert_all(&learning::sgd_sequence());
}

#[test]
fn files_are_sound() {
    assert_all(&files::soundness());
}

#[test]
fn other_simulators_follow() {
    assert_all(&files::cycles());
}
