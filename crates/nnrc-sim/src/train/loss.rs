//! Losses and their derivatives, a block of samples at once.

use super::metrics::Totals;
use crate::reading::{Measure, Reading};

/// What training makes small. Each is a mean over samples of the loss of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// ½ Σ (y − t)² over the outputs.
    SquaredError,
    /// −Σ t ln y: the outputs are probabilities.
    CrossEntropy,
    /// −Σ t ln p with p = softmax(y): the outputs are linear.
    SoftmaxCrossEntropy,
}

impl Loss {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::SquaredError, Self::CrossEntropy, Self::SoftmaxCrossEntropy];

    /// Its name on the command line of a program.
    pub fn name(self) -> &'static str {
        match self {
            Self::SquaredError => "squared_error",
            Self::CrossEntropy => "cross_entropy",
            Self::SoftmaxCrossEntropy => "softmax_cross_entropy",
        }
    }

    /// The loss of one sample; a probability of 0 counts as the smallest number above.
    pub fn value(self, output: &[f64], target: &[f64]) -> f64 {
        let least = if self == Self::CrossEntropy { f64::MIN_POSITIVE } else { f64::NEG_INFINITY };
        let outputs: Vec<[f64; 1]> = output.iter().map(|&y| [y.max(least)]).collect();
        let measure = Measure::of(Reading::Values);
        self.judge(&measure, &outputs, &[target], &mut vec![[0.0]; output.len()]).loss
    }

    /// Judges the samples of a block: `outputs` are `[output][lane]`, `targets` one row for each lane that counts.
    /// `adjoint` becomes dL/dy, 0 in the lanes that do not count.
    ///
    /// Metrics look at the outputs, or under softmax at the probabilities.
    pub fn judge<const N: usize>(
        self,
        measure: &Measure,
        outputs: &[[f64; N]],
        targets: &[&[f64]],
        adjoint: &mut [[f64; N]],
    ) -> Totals {
        let mut totals = Totals::default();
        adjoint.fill([0.0; N]);
        let mut y = vec![0.0; outputs.len()];
        for (lane, target) in targets.iter().enumerate().take(N) {
            for (y, output) in y.iter_mut().zip(outputs) {
                *y = output[lane];
            }
            let loss = match self {
                Self::SquaredError => {
                    for ((d, y), t) in adjoint.iter_mut().zip(&y).zip(*target) {
                        d[lane] = y - t;
                    }
                    y.iter().zip(*target).map(|(y, t)| (y - t) * (y - t)).sum::<f64>() / 2.0
                }
                Self::CrossEntropy => {
                    let mut loss = 0.0;
                    for ((d, y), t) in adjoint.iter_mut().zip(&y).zip(*target) {
                        // 0 ln 0 is 0.
                        if *t != 0.0 {
                            loss -= t * y.ln();
                            d[lane] = -t / y;
                        }
                    }
                    loss
                }
                Self::SoftmaxCrossEntropy => {
                    // ln Σ e^y is taken around the largest output, where nothing overflows.
                    let top = y.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                    let sum: f64 = y.iter().map(|y| (y - top).exp()).sum();
                    let mass: f64 = target.iter().sum();
                    let along: f64 = y.iter().zip(*target).map(|(y, t)| t * (y - top)).sum();
                    for ((d, y), t) in adjoint.iter_mut().zip(&mut y).zip(*target) {
                        *y = (*y - top).exp() / sum;
                        d[lane] = mass * *y - t;
                    }
                    mass * sum.ln() - along
                }
            };
            totals.add_sample(measure, loss, &y, target);
        }
        totals
    }
}
