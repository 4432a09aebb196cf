//! What the file says about learning in one pot: `rule = gradient_flow(…)`.

use crate::data::DataReference;
use crate::optimisation::{Loss, StopRule};

/// Learning while samples are presented one after another.
#[derive(Debug, Clone, PartialEq)]
pub struct GradientFlow {
    /// The training data.
    pub data: DataReference,
    /// What is made small: a squared error, or the cross-entropy of a rational softmax.
    pub loss: Loss,
    /// Learning rate η, per time unit: dw/dt = −η (dL/dw + λ w).
    pub rate: f64,
    /// Weight decay λ.
    pub decay: f64,
    /// How long a sample is shown, in time units.
    pub hold: f64,
    /// Seed of the order of the samples; none: always as they stand.
    pub shuffle: Option<u64>,
    /// Number of epochs.
    pub epochs: usize,
    /// Ends by a metric.
    pub stops: Vec<StopRule>,
}
