//! Pots that learn: how fast their reactions are followed.

use nnrc_tests::acceptance::phased;

use super::common::{Bench, Row};

/// The rows.
pub fn rows(_: &mut Bench) -> Vec<Row> {
    vec![phased_row()]
}

/// A cycle of the XOR learner that runs by itself.
fn phased_row() -> Row {
    let speed = phased::speed::measure(60);
    Row {
        what: format!(
            "a cycle of the phased XOR learner (442 time units, 578 reactions; mean of {} cycles, weights within {:.0e})",
            speed.cycles, speed.error
        ),
        ours: format!("{:.1} ms CPU, {:.0} cycles/s", speed.ours * 1e3, 1.0 / speed.ours),
        peer: format!("libRoadRunner {:.1} ms CPU", speed.peer * 1e3),
        ratio: format!("{:.1}", speed.peer / speed.ours),
        goal: "at least 8 times".to_owned(),
        met: speed.peer >= 8.0 * speed.ours,
    }
}
