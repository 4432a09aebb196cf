//! What is reported of an epoch.

use crate::present::whole;
use crate::reading::Measure;

/// Sums over samples.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Totals {
    /// Number of samples.
    pub samples: usize,
    /// Number of output values.
    pub values: usize,
    /// Sum of the losses.
    pub loss: f64,
    /// Sum of (y − t)² over samples and outputs, in the units of the data.
    pub squares: f64,
    /// Sum of |y − t| over samples and outputs, in the units of the data.
    pub absolute: f64,
    /// Largest |y − t|, in the units of the network.
    pub largest: f64,
    /// Samples that have a class.
    pub classed: usize,
    /// Samples whose class is right.
    pub right: usize,
}

/// How many numbers [`Totals`] are.
const NUMBERS: usize = 8;

impl Totals {
    /// Counts one sample.
    pub fn add_sample(&mut self, measure: &Measure, loss: f64, output: &[f64], target: &[f64]) {
        self.samples += 1;
        self.values += output.len();
        self.loss += loss;
        for (at, (y, t)) in output.iter().zip(target).enumerate() {
            let difference = (y - t).abs();
            self.largest = self.largest.max(difference);
            let in_data = difference * measure.unit(at);
            self.squares += in_data * in_data;
            self.absolute += in_data;
        }
        if let Some(is_right) = measure.reading.is_right(output, target) {
            self.classed += 1;
            self.right += usize::from(is_right);
        }
    }

    /// Counts the samples of another part.
    pub fn add(&mut self, other: &Self) {
        self.samples += other.samples;
        self.values += other.values;
        self.loss += other.loss;
        self.squares += other.squares;
        self.absolute += other.absolute;
        self.largest = self.largest.max(other.largest);
        self.classed += other.classed;
        self.right += other.right;
    }

    /// The sums as numbers.
    pub fn to_numbers(&self) -> [f64; NUMBERS] {
        let Self { samples, values, loss, squares, absolute, largest, classed, right } = *self;
        [samples as f64, values as f64, loss, squares, absolute, largest, classed as f64, right as f64]
    }

    /// The sums in such numbers; none if they are not as many.
    pub fn from_numbers(numbers: &[f64]) -> Option<Self> {
        let &[samples, values, loss, squares, absolute, largest, classed, right] = numbers else {
            return None;
        };
        let (samples, values) = (whole(samples)?, whole(values)?);
        let (classed, right) = (whole(classed)?, whole(right)?);
        Some(Self { samples, values, loss, squares, absolute, largest, classed, right })
    }

    /// Means. `spread` is the sum of squared deviations of the targets of the samples from their mean
    /// ([`Measure::spread`]); 0 where they never change or nobody asks.
    pub fn metrics(&self, spread: f64) -> Metrics {
        let values = self.values.max(1) as f64;
        Metrics {
            loss: self.loss / self.samples.max(1) as f64,
            mse: self.squares / values,
            mae: self.absolute / values,
            r2: (spread > 0.0).then(|| 1.0 - self.squares / spread),
            error: self.largest,
            accuracy: (self.classed > 0).then(|| self.right as f64 / self.classed as f64),
        }
    }
}

/// Stands for an accuracy or r² that there is none of: neither is ever above 1.
const NONE: f64 = 2.0;

/// How good a network is on some samples.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Metrics {
    /// Mean loss.
    pub loss: f64,
    /// Mean of (y − t)² over samples and outputs, in the units of the data.
    pub mse: f64,
    /// Mean of |y − t| over samples and outputs, in the units of the data.
    pub mae: f64,
    /// 1 − Σ (y − t)² / Σ (t − mean)², all outputs together; none where the targets never change.
    pub r2: Option<f64>,
    /// Largest |y − t|, in the units of the network.
    pub error: f64,
    /// Share of samples whose class is right; none where outputs are values.
    pub accuracy: Option<f64>,
}

/// One of the metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Metric {
    /// Mean loss.
    Loss,
    /// Mean squared error.
    Mse,
    /// Mean absolute error.
    Mae,
    /// Share of the variance that is explained.
    R2,
    /// Largest error.
    Error,
    /// Share of right classes.
    Accuracy,
}

impl Metric {
    /// All of them, in the order in which they are named.
    pub const ALL: [Self; 6] = [Self::Loss, Self::Mse, Self::Mae, Self::R2, Self::Error, Self::Accuracy];

    /// Its name in files and on command lines.
    pub fn name(self) -> &'static str {
        match self {
            Self::Loss => "loss",
            Self::Mse => "mse",
            Self::Mae => "mae",
            Self::R2 => "r2",
            Self::Error => "error",
            Self::Accuracy => "accuracy",
        }
    }

    /// What is reported of an epoch beside its number: accuracy where outputs name classes, else mae and r².
    pub fn reported(has_classes: bool) -> &'static [Self] {
        if has_classes {
            &[Self::Loss, Self::Mse, Self::Error, Self::Accuracy]
        } else {
            &[Self::Loss, Self::Mse, Self::Error, Self::Mae, Self::R2]
        }
    }
}

impl Metrics {
    /// How many numbers they are.
    pub const NUMBERS: usize = 6;

    /// One of them; no number where there is none.
    pub fn get(&self, metric: Metric) -> f64 {
        match metric {
            Metric::Loss => self.loss,
            Metric::Mse => self.mse,
            Metric::Mae => self.mae,
            Metric::R2 => self.r2.unwrap_or(f64::NAN),
            Metric::Error => self.error,
            Metric::Accuracy => self.accuracy.unwrap_or(f64::NAN),
        }
    }

    /// All of them, in the order of [`Metric::ALL`]. What there is none of is `NONE`: files hold finite numbers.
    pub fn to_numbers(&self) -> [f64; Self::NUMBERS] {
        Metric::ALL.map(|metric| self.get(metric)).map(|value| if value.is_nan() { NONE } else { value })
    }

    /// The metrics in such numbers.
    pub fn from_numbers(&[loss, mse, mae, r2, error, accuracy]: &[f64; Self::NUMBERS]) -> Self {
        let some = |value: f64| (value != NONE).then_some(value);
        Self { loss, mse, mae, r2: some(r2), error, accuracy: some(accuracy) }
    }

    /// What tells most about them, for a line of progress: the accuracy, else r².
    pub fn headline(&self) -> (Metric, f64) {
        match (self.accuracy, self.r2) {
            (Some(accuracy), _) => (Metric::Accuracy, accuracy),
            (None, Some(r2)) => (Metric::R2, r2),
            (None, None) => (Metric::Mse, self.mse),
        }
    }
}
