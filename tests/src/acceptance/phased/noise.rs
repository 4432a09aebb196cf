//! Studies of noise on pots with a clock.

use super::learning::{references, table, text_of};
use crate::Finding;
use crate::acceptance::noise::study;

/// The tolerance of OR.
const TOLERANCE: f64 = 0.25;

/// OR under noise: the noiseless row is plain online descent; others halt without a sample that is far off; threads do not
/// matter; and a clock that stops is said.
pub fn studies() -> Vec<Finding> {
    let folder = tempfile::tempdir().unwrap();
    let reference = references().into_iter().find(|reference| reference.gate == "or").unwrap();
    let text = |sizes: &str| {
        format!("{}\nnoise {{ rates = relative({sizes}); replicates = 3; }}", text_of(&reference))
    };
    let (header, rows, one) = study(folder.path(), &text("0.03"), &["--threads", "1"]);
    let (_, _, two) = study(folder.path(), &text("0.03"), &["--threads", "2"]);
    let cell = |row: usize, name: &str| rows[row].number(&header, name);
    let both = reference.outputs.iter().zip(table("or"));
    let worst = both.map(|(y, (_, t))| (y - t).abs()).fold(0.0, f64::max);
    let mut findings = vec![
        Finding::new(
            format!(
                "noise on OR: without noise it halts in cycle {}, with the errors of online descent, {worst:.4}, within 0.01",
                reference.halt_cycle
            ),
            format!("cycle {}, {:.4}", cell(0, "cycles_mean"), cell(0, "error_mean")),
            cell(0, "cycles_mean") == reference.halt_cycle as f64
                && (cell(0, "error_mean") - worst).abs() <= 0.01,
        ),
        Finding::new(
            "noise on OR: under static noise of 0.03 on every rate constant all of 3 halt, none with an error of more than 1.2 \
             tolerances",
            format!("{} halt; errors up to {:.4}", cell(1, "halted"), cell(1, "error_worst")),
            cell(1, "halted") == 3.0
                && cell(1, "false_halts") == 0.0
                && cell(1, "error_worst") <= 1.2 * TOLERANCE,
        ),
        Finding::new(
            "noise on OR: the same bytes on one thread and on two",
            format!("{} bytes", one.len()),
            one == two,
        ),
    ];
    let (header, rows, _) = study(folder.path(), &text("2"), &[]);
    findings.push(Finding::new(
        "noise on OR: clocks that noise of 2 stops are counted as failed, and the study ends",
        format!("{} of 3", rows[1].text(&header, "failed")),
        rows[1].text(&header, "failed") == "3",
    ));
    findings
}
