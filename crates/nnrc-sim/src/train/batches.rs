//! What is trained, seen by the loop over epochs.

use super::metrics::Totals;
use super::optimiser::{Optimiser, Step};

/// The parameters of something that is trained, with what the optimiser keeps of each.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Variables {
    /// The parameters.
    pub parameters: Vec<f64>,
    /// First moments, or the momentum.
    pub first: Vec<f64>,
    /// Second moments; empty for an optimiser without.
    pub second: Vec<f64>,
}

/// Something that is trained a batch at a time and holds its variables in an order of its own.
pub trait Batches {
    /// How much the targets of samples spread, for r²: see [`Measure::spread`](crate::reading::Measure::spread). 0: nobody
    /// asks.
    fn spread(&self, rows: &[usize]) -> f64;

    /// Goes on from these variables.
    fn load(&mut self, variables: &Variables);

    /// Writes the present variables.
    fn store(&mut self, variables: &mut Variables);

    /// Judges samples.
    fn judge(&mut self, rows: &[usize]) -> Totals;

    /// Judges the samples of a batch and moves the parameters by the gradient of their mean loss, unless the loss is no
    /// number.
    fn step(&mut self, rows: &[usize], optimiser: Optimiser, step: Step) -> Totals;
}
