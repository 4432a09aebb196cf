//! What the `train` block says about gradient descent in silico.

use crate::data::DataReference;
use crate::optimisation::{Loss, Optimiser, Schedule, StopRule};

/// Training of the weights through the fixed point: `rule = gradient(…)`.
#[derive(Debug, Clone, PartialEq)]
pub struct GradientDescent {
    /// The training data.
    pub data: DataReference,
    /// Samples that only judge; none if nothing is said and the training data is no part of a split.
    pub validation: Option<Validation>,
    /// What is made small.
    pub loss: Loss,
    /// How a gradient becomes a step.
    pub optimiser: Optimiser,
    /// How the learning rate changes.
    pub schedule: Schedule,
    /// Number of epochs.
    pub epochs: usize,
    /// Samples in a minibatch.
    pub batch: usize,
    /// The numbers that training computes with.
    pub precision: Precision,
    /// Weight decay λ: the penalty is λ/2 Σ w² over all weights and biases.
    pub decay: f64,
    /// Seed of the order of the samples; none: always as they stand.
    pub shuffle: Option<u64>,
    /// Epochs without improvement after which training ends.
    pub patience: Option<usize>,
    /// Ends by a metric.
    pub stops: Vec<StopRule>,
}

/// The numbers that weights, moments, values and gradients are while training goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// 32 bits: twice as fast, seven digits.
    Single,
    /// 64 bits.
    Double,
}

impl Precision {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Single, Self::Double];

    /// Its name in the language.
    pub fn name(self) -> &'static str {
        match self {
            Self::Single => "f32",
            Self::Double => "f64",
        }
    }
}

/// Where validation samples come from.
#[derive(Debug, Clone, PartialEq)]
pub enum Validation {
    /// Data, or a part of a data set.
    Data(DataReference),
    /// A share of the training data, which is not trained on then.
    Holdout {
        /// The share.
        share: f64,
        /// Seed of the choice.
        seed: u64,
    },
}

impl Validation {
    /// The data set that judges, where it is one by itself.
    pub fn data(&self) -> Option<&DataReference> {
        match self {
            Self::Data(reference) => Some(reference),
            Self::Holdout { .. } => None,
        }
    }
}
