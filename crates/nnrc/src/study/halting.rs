//! Whether pots halt by themselves, when, and how right they are then.

use super::mean_and_worst::MeanAndWorst;

/// A halt is false if a sample is off by more than so many tolerances.
const FALSE: f64 = 1.5;

/// How the course of a learner with a judge ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Halt {
    /// Whether it halted; else it was followed no further.
    pub halted: bool,
    /// Cycles until then.
    pub cycles: usize,
    /// The largest Σ |y − t| of a sample in its last epoch, by the outputs that the pot made then.
    pub error: f64,
    /// The error below which a sample should count as learned.
    pub tolerance: f64,
}

/// How the replicates of one noise ended.
#[derive(Debug, Clone, Copy)]
pub struct Halts {
    /// Those that halted.
    pub halted: usize,
    /// Of these, those with a sample that is off by more than one and a half tolerances.
    pub falsely: usize,
    /// Cycles until the halt, of those that halted.
    pub cycles: MeanAndWorst,
    /// The largest Σ |y − t| of a sample at the halt, of those that halted.
    pub error: MeanAndWorst,
}

impl Halts {
    /// The names of its columns.
    pub const HEADER: [&str; 6] =
        ["halted", "false_halts", "cycles_mean", "cycles_worst", "error_mean", "error_worst"];

    /// Of all replicates that did not fail; none where nothing judges.
    pub(super) fn of(all: &[Halt]) -> Option<Self> {
        if all.is_empty() {
            return None;
        }
        let halted: Vec<&Halt> = all.iter().filter(|halt| halt.halted).collect();
        let largest = |number: fn(&Halt) -> f64| {
            let values: Vec<f64> = halted.iter().map(|halt| number(halt)).collect();
            MeanAndWorst::of(&values, f64::max)
        };
        Some(Self {
            halted: halted.len(),
            falsely: halted.iter().filter(|halt| halt.error > FALSE * halt.tolerance).count(),
            cycles: largest(|halt| halt.cycles as f64),
            error: largest(|halt| halt.error),
        })
    }
}
