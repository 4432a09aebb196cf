//! Pots of all magnitudes settle at their closed forms.

use nnrc_tests::acceptance::fixed_point;
use nnrc_tests::assert_all;

#[test]
fn networks_of_all_magnitudes_settle_at_the_closed_form() {
    assert_all(&fixed_point::extremes(0, 200));
}
