//! The test bench of a file.

use nnrc_syntax::{Span, ast};

use crate::data::DataReference;
use crate::optimisation::Metric;

/// A line of the test bench.
#[derive(Debug, Clone, PartialEq)]
pub struct Expectation {
    /// What is looked at.
    pub kind: ExpectationKind,
    /// How it is compared.
    pub comparison: ast::Cmp,
    /// With what.
    pub value: f64,
    /// Allowed deviation; 0 unless given.
    pub within: f64,
    /// Where it stands.
    pub span: Span,
}

/// What an expectation looks at.
#[derive(Debug, Clone, PartialEq)]
pub enum ExpectationKind {
    /// A value (0-based component; none: each of them) of a node for an input.
    Value {
        /// The input.
        input: Vec<f64>,
        /// Which node.
        node: usize,
        /// Which component.
        component: Option<usize>,
    },
    /// How good the network is on some rows.
    Quality {
        /// By which measure.
        quantity: Metric,
        /// Of which rows.
        data: DataReference,
    },
    /// The largest deviation from recorded outputs.
    MaxError {
        /// Inputs, a row after another.
        inputs: Vec<Vec<f64>>,
        /// Outputs, a row after another.
        outputs: Vec<Vec<f64>>,
    },
}
