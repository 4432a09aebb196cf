//! What a source gives: inputs and targets, not yet scaled.

use nnrc_model::Targets;

/// Unscaled inputs, a row after another, and targets.
pub struct Columns {
    pub width: usize,
    pub inputs: Vec<f64>,
    pub targets: Targets,
    /// Names of the columns of the inputs; empty where the source has none.
    pub input_names: Vec<String>,
    /// The same for the targets.
    pub target_names: Vec<String>,
}

impl Columns {
    /// Columns of a source without names.
    pub fn nameless(width: usize, inputs: Vec<f64>, targets: Targets) -> Self {
        Self { width, inputs, targets, input_names: Vec::new(), target_names: Vec::new() }
    }
}
