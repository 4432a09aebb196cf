//! Inputs and layers of a network.

use nnrc_syntax::Span;

use crate::activation::Activation;
use crate::interval::Interval;
use crate::resources::Tensor;

/// An input or a layer.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Its name, the stem of its species.
    pub name: String,
    /// Where it is declared.
    pub span: Span,
    /// 1-based line of the declaration.
    pub line: u32,
    /// What it is.
    pub kind: NodeKind,
    /// Sizes whose product is the width.
    pub shape: Vec<usize>,
    /// The range of each value over the inputs' ranges.
    pub ranges: Vec<Interval>,
    /// What the values of an input mean, a name for each; empty where nothing is said.
    pub features: Vec<String>,
}

impl Node {
    /// Number of values.
    pub fn width(&self) -> usize {
        self.shape.iter().product()
    }
}

/// What a node is.
#[derive(Debug, Clone, PartialEq)]
pub enum NodeKind {
    /// Set from outside.
    Input,
    /// Computed.
    Layer {
        /// What makes the pre-activation.
        operation: Operation,
        /// Positions of the sources among the nodes.
        sources: Vec<usize>,
        /// What is applied, in order; empty is the identity.
        activations: Vec<Activation>,
    },
}

/// What makes the pre-activation of a layer.
#[derive(Debug, Clone, PartialEq)]
pub enum Operation {
    /// z = W a + b over the concatenated sources.
    Dense {
        /// W, shape [out, in].
        weights: Tensor,
        /// b, shape `[out]`; none if the layer has no bias.
        bias: Option<Tensor>,
    },
    /// The sum of the sources.
    Add,
    /// The sources one after another.
    Concat,
}
