//! What runs leave behind and cost: the short form of `cargo xtask accept robustness`.

use nnrc_tests::acceptance::robustness;
use nnrc_tests::assert_all;

#[test]
fn interrupted_runs_leave_whole_files() {
    assert_all(&robustness::signals(12));
}

#[test]
fn devices_and_pipes_are_no_files() {
    assert_all(&robustness::devices());
}
