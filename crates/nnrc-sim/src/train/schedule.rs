//! Learning rates that change with the epochs.

use crate::elementary::{cos_pi, whole_power};

/// The factor on the learning rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Schedule {
    /// Always 1.
    Constant,
    /// Along a half cosine from 1 in the first epoch towards `floor` after the last.
    Cosine {
        /// Where it ends.
        floor: f64,
    },
    /// Multiplied by `factor` after every `every` epochs.
    Step {
        /// Number of epochs.
        every: usize,
        /// The factor.
        factor: f64,
    },
    /// Multiplied by `factor` after each epoch.
    Exponential {
        /// The factor.
        factor: f64,
    },
}

impl Schedule {
    /// The factor in an epoch, counted from 0, of `epochs`.
    pub fn factor(self, epoch: usize, epochs: usize) -> f64 {
        match self {
            Self::Constant => 1.0,
            Self::Cosine { floor } => {
                let share = epoch as f64 / epochs.max(1) as f64;
                floor + (1.0 - floor) * (1.0 + cos_pi(share)) / 2.0
            }
            Self::Step { every, factor } => whole_power(factor, (epoch / every.max(1)) as u64),
            Self::Exponential { factor } => whole_power(factor, epoch as u64),
        }
    }
}
