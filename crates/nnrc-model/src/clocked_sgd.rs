//! What the file says about learning by a clock: `rule = sgd(rate = …)`.

use crate::data::DataReference;

/// Learning by a clock: in each cycle one step of one sample.
#[derive(Debug, Clone, PartialEq)]
pub struct ClockedSgd {
    /// The samples, presented in turn.
    pub data: DataReference,
    /// Whether the loss is cross-entropy; else half the squared error.
    pub cross_entropy: bool,
    /// Learning rate: a cycle changes the weights by −rate · gradient.
    pub rate: f64,
    /// Epochs after which whoever follows the course ends; the reactions know nothing of it.
    pub epochs: usize,
    /// The error below which a sample is satisfied, of `stop when error < …`; none: nothing judges.
    pub tolerance: Option<f64>,
}
