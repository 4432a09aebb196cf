//! What is reported of an epoch.

use super::run::{Record, State};
use crate::present::whole;

/// Sums over samples.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Totals {
    /// Number of samples.
    pub samples: usize,
    /// Number of output values.
    pub values: usize,
    /// Sum of the losses.
    pub loss: f64,
    /// Sum of (y − t)² over samples and outputs.
    pub squares: f64,
    /// Largest |y − t|.
    pub largest: f64,
    /// Samples whose class is right.
    pub right: usize,
}

impl Totals {
    /// Counts one sample.
    pub fn add_sample(&mut self, loss: f64, output: &[f64], target: &[f64]) {
        self.samples += 1;
        self.values += output.len();
        self.loss += loss;
        for (y, t) in output.iter().zip(target) {
            self.squares += (y - t) * (y - t);
            self.largest = self.largest.max((y - t).abs());
        }
        self.right += usize::from(is_right(output, target));
    }

    /// Counts the samples of another part.
    pub fn add(&mut self, other: &Self) {
        self.samples += other.samples;
        self.values += other.values;
        self.loss += other.loss;
        self.squares += other.squares;
        self.largest = self.largest.max(other.largest);
        self.right += other.right;
    }

    /// The sums as numbers.
    pub fn to_numbers(&self) -> [f64; 6] {
        let Self { samples, values, loss, squares, largest, right } = *self;
        [samples as f64, values as f64, loss, squares, largest, right as f64]
    }

    /// The sums in such numbers; none if they are not as many.
    pub fn from_numbers(numbers: &[f64]) -> Option<Self> {
        let &[samples, values, loss, squares, largest, right] = numbers else { return None };
        let (samples, values, right) = (whole(samples)?, whole(values)?, whole(right)?);
        Some(Self { samples, values, loss, squares, largest, right })
    }

    /// Means.
    pub fn metrics(&self) -> Metrics {
        let samples = self.samples.max(1) as f64;
        Metrics {
            loss: self.loss / samples,
            mse: self.squares / self.values.max(1) as f64,
            error: self.largest,
            accuracy: self.right as f64 / samples,
        }
    }
}

/// How good a network is on some samples.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Metrics {
    /// Mean loss.
    pub loss: f64,
    /// Mean of (y − t)² over samples and outputs.
    pub mse: f64,
    /// Largest |y − t|.
    pub error: f64,
    /// Share of samples whose class is right.
    pub accuracy: f64,
}

/// One of the metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantity {
    /// Mean loss.
    Loss,
    /// Mean squared error.
    Mse,
    /// Largest error.
    Error,
    /// Share of right classes.
    Accuracy,
}

impl Metrics {
    /// One of them.
    pub fn get(&self, quantity: Quantity) -> f64 {
        match quantity {
            Quantity::Loss => self.loss,
            Quantity::Mse => self.mse,
            Quantity::Error => self.error,
            Quantity::Accuracy => self.accuracy,
        }
    }
}

/// A row of numbers for each epoch of a state, and the names of the columns.
pub fn table(state: &State) -> (Vec<&'static str>, Vec<Vec<f64>>) {
    let of = |m: Metrics| [m.loss, m.mse, m.error, m.accuracy];
    let mut header = vec!["epoch", "rate", "loss", "mse", "error", "accuracy"];
    if state.history.iter().any(|record| record.validation.is_some()) {
        header.extend(["validation_loss", "validation_mse", "validation_error", "validation_accuracy"]);
    }
    let row = |record: &Record| {
        let mut row = vec![record.epoch as f64, record.rate];
        row.extend(of(record.train));
        row.extend(record.validation.map(of).into_iter().flatten());
        row
    };
    (header, state.history.iter().map(row).collect())
}

/// One output: above 0.5 means class 1. Several: the class is the largest; ties are wrong.
pub fn is_right(output: &[f64], target: &[f64]) -> bool {
    if let ([value], [wanted]) = (output, target) {
        return (*value > 0.5) == (*wanted > 0.5);
    }
    let Some(wanted) = (0..target.len()).max_by(|a, b| target[*a].total_cmp(&target[*b]).then(b.cmp(a)))
    else {
        return false;
    };
    output.iter().enumerate().all(|(at, value)| at == wanted || *value < output[wanted])
}
