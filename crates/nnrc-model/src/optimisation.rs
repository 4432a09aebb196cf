//! What is made small, how, and when it ends: words that training in silico and in a pot share.

pub use nnrc_sim::train::Metric;
use nnrc_syntax::ast;

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
    pub quantity: Metric,
    /// How it is compared.
    pub comparison: ast::Cmp,
    /// With what.
    pub bound: f64,
}
