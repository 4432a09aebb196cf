//! What the `train` block says.

use nnrc_syntax::Span;

use crate::data::DataReference;
use crate::descent::Descent;
use crate::flow::Flow;

/// The `train` block.
#[derive(Debug, Clone, PartialEq)]
pub struct Training {
    /// Where the block stands.
    pub span: Span,
    /// The training data.
    pub data: Option<DataReference>,
    /// Name of the rule: `gradient`, `gradient_flow`, `sgd`.
    pub rule: Option<String>,
    /// Everything about training in silico; none for in-pot learning, or where there is no data.
    pub descent: Option<Descent>,
    /// Everything about learning in one pot; none otherwise.
    pub flow: Option<Flow>,
    /// Everything about learning by a clock; none for other constructions, or where there is no data.
    pub phased: Option<PhasedTraining>,
}

/// What the `train` block says about learning by a clock: `rule = sgd(rate = …)`.
#[derive(Debug, Clone, PartialEq)]
pub struct PhasedTraining {
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
