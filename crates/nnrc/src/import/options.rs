//! What can be chosen.

use super::data::DataFile;
use super::stand_in::Closeness;

/// How a network is imported.
#[derive(Debug, Clone)]
pub struct Options<'a> {
    /// What the network is called where that is a name of the language: `iris` of `iris.nnr`.
    pub name: &'a str,
    /// The weight file, as it is named in the text.
    pub weights: &'a str,
    /// By how much a rectifier may be off.
    pub tolerance: f64,
    /// What stands in for sigmoids and tanh.
    pub closeness: Closeness,
    /// The range of the input; none: that of the data, else [0, 1].
    pub range: Option<(f64, f64)>,
    /// Weights of smaller magnitude become 0.
    pub prune: f64,
    /// Whether inputs are scaled by the data set instead of within the weights.
    pub keeps_scale: bool,
    /// Whether a softmax at the end becomes a rational one.
    pub rational: bool,
    /// Samples.
    pub data: Option<DataFile<'a>>,
    /// Epochs of fine-tuning at most, where the chemistry is worse than the source; none: no fine-tuning.
    pub finetune: Option<usize>,
}
