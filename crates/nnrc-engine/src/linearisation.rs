//! The Jacobian at one state, component by component.

use crate::blocks::Block;
use crate::linear::Linear;

/// The Jacobian at one state.
#[derive(Debug, Clone)]
pub(crate) struct Linearisation {
    pub at: Vec<f64>,
    pub blocks: Vec<Block>,
    /// Whether dense blocks hold the values at `at`; they wait for the first shift.
    pub dense_assembled: bool,
    pub solution: Vec<f64>,
}

impl Linearisation {
    /// Nothing is linearised yet.
    pub fn new(linear: &Linear, dimension: usize) -> Self {
        Self {
            at: vec![0.0; dimension],
            blocks: vec![Block::default(); linear.components.len()],
            dense_assembled: false,
            solution: vec![0.0; dimension],
        }
    }
}
