//! Losses and their derivatives.

use crate::elementary::{exp, ln};

use super::metrics::Totals;
use crate::reading::Measure;

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
        let mut output: Vec<f64> = output.iter().map(|&y| y.max(least)).collect();
        self.slope(&mut output, target, &mut vec![0.0; target.len()])
    }

    /// Judges a sample: counts it in `totals` and makes `adjoint` dL/dy. `output` becomes what metrics look at: the
    /// outputs, under softmax the probabilities.
    pub fn judge(
        self,
        measure: &Measure,
        output: &mut [f64],
        target: &[f64],
        adjoint: &mut [f64],
        totals: &mut Totals,
    ) {
        let loss = self.slope(output, target, adjoint);
        totals.add_sample(measure, loss, output, target);
    }

    /// The loss of a sample; `adjoint` becomes dL/dy, and under softmax `y` the probabilities.
    fn slope(self, y: &mut [f64], target: &[f64], adjoint: &mut [f64]) -> f64 {
        match self {
            Self::SquaredError => {
                for ((d, y), t) in adjoint.iter_mut().zip(y.iter()).zip(target) {
                    *d = y - t;
                }
                y.iter().zip(target).map(|(y, t)| (y - t) * (y - t)).sum::<f64>() / 2.0
            }
            Self::CrossEntropy => {
                let mut loss = 0.0;
                for ((d, y), t) in adjoint.iter_mut().zip(y.iter()).zip(target) {
                    // 0 ln 0 is 0.
                    *d = if *t == 0.0 { 0.0 } else { -t / y };
                    loss -= if *t == 0.0 { 0.0 } else { t * ln(*y) };
                }
                loss
            }
            Self::SoftmaxCrossEntropy => {
                // ln Σ e^y is taken around the largest output, where nothing overflows.
                let top = y.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                let mass: f64 = target.iter().sum();
                let along: f64 = y.iter().zip(target).map(|(y, t)| t * (y - top)).sum();
                y.iter_mut().for_each(|y| *y = exp(*y - top));
                let sum: f64 = y.iter().sum();
                for ((d, y), t) in adjoint.iter_mut().zip(y).zip(target) {
                    *y /= sum;
                    *d = mass * *y - t;
                }
                mass * ln(sum) - along
            }
        }
    }
}
