//! What the `train` block says about gradient descent in silico.

pub use nnrc_sim::train::Quantity;
use nnrc_syntax::ast;

use crate::model::{DataReference, Dataset, Model};
use crate::random::Random;

/// Training of the weights through the fixed point: `rule = gradient(…)`.
#[derive(Debug, Clone, PartialEq)]
pub struct Descent {
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
    /// Weight decay λ: the penalty is λ/2 Σ w² over all weights and biases.
    pub decay: f64,
    /// Seed of the order of the samples; none: always as they stand.
    pub shuffle: Option<u64>,
    /// Epochs without improvement after which training ends.
    pub patience: Option<usize>,
    /// Ends by a metric.
    pub stops: Vec<StopRule>,
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

/// What is made small.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// ½ Σ (y − t)² over the outputs.
    SquaredError,
    /// −Σ t ln y: the outputs are probabilities.
    CrossEntropy,
    /// −Σ t ln p with p = softmax(y): the outputs are linear.
    SoftmaxCrossEntropy,
}

/// How a gradient becomes a step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Optimiser {
    /// `sgd(rate, momentum = 0)`
    Sgd {
        /// Learning rate.
        rate: f64,
        /// Share of the last step that is kept.
        momentum: f64,
    },
    /// `adam(rate, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8)`
    Adam {
        /// Learning rate.
        rate: f64,
        /// Decay of the mean of gradients.
        beta1: f64,
        /// Decay of the mean of their squares.
        beta2: f64,
        /// Added to the root of the mean square.
        epsilon: f64,
    },
}

/// How the learning rate changes from epoch to epoch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Schedule {
    /// `constant()`
    Constant,
    /// `cosine(floor = 0)`
    Cosine {
        /// The factor at the end.
        floor: f64,
    },
    /// `step(every, factor = 0.1)`
    Step {
        /// Number of epochs between two steps.
        every: usize,
        /// The factor.
        factor: f64,
    },
    /// `exponential(factor)`
    Exponential {
        /// The factor after each epoch.
        factor: f64,
    },
}

/// `stop when validation.loss < 0.1;`
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StopRule {
    /// Whether it looks at the validation samples.
    pub validation: bool,
    /// At which metric.
    pub quantity: Quantity,
    /// How it is compared.
    pub comparison: ast::Cmp,
    /// With what.
    pub bound: f64,
}

/// A data set and rows of it.
#[derive(Debug, Clone)]
pub struct Samples<'a> {
    /// The data set.
    pub dataset: &'a Dataset,
    /// Its rows.
    pub rows: Vec<usize>,
}

impl Descent {
    /// The samples to train on, and those that only judge.
    pub fn samples<'a>(&self, model: &'a Model) -> Option<(Samples<'a>, Option<Samples<'a>>)> {
        let dataset = model.datasets.get(&self.data.dataset)?;
        let mut train = Samples { dataset, rows: model.rows(&self.data) };
        let validation = match &self.validation {
            None => None,
            Some(Validation::Data(reference)) => {
                let dataset = model.datasets.get(&reference.dataset)?;
                Some(Samples { dataset, rows: model.rows(reference) })
            }
            Some(Validation::Holdout { share, seed }) => {
                let (kept, held) =
                    crate::analyse::stratified(dataset, &train.rows, *share, Random::new(*seed));
                train.rows = kept;
                Some(Samples { dataset, rows: held })
            }
        };
        Some((train, validation))
    }
}
