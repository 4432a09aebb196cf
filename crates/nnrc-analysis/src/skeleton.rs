//! The network before its weights are known.

use nnrc_model::activation::Activation;
use nnrc_model::interval::Interval;
use nnrc_sim::scaling::Scaling;
use nnrc_syntax::Span;
use std::borrow::Cow;

use crate::said::Said;

/// A node before its weights are known.
#[derive(Debug, Clone)]
pub struct Draft {
    pub name: String,
    pub span: Span,
    pub kind: DraftKind,
    pub shape: Vec<usize>,
    /// Names of the values of an input.
    pub features: Vec<String>,
}

#[derive(Debug, Clone)]
pub enum DraftKind {
    Input { range: Option<(Interval, Span)> },
    Layer { operation: DraftOperation, sources: Vec<usize>, activations: Vec<(Activation, Span)> },
}

#[derive(Debug, Clone, Copy)]
pub enum DraftOperation {
    Dense { bias: bool },
    Add,
    Concat,
}

impl Draft {
    pub fn width(&self) -> usize {
        self.shape.iter().product()
    }
}

/// A network whose nodes stand after everything they take.
#[derive(Debug, Clone)]
pub struct Skeleton {
    pub nodes: Vec<Draft>,
    pub output: usize,
    /// What the output is said to be.
    pub said: Option<Said>,
    /// What makes the values that the network is written for of those that the inputs get, where these are
    /// measurements: the scale that is folded into its first layers.
    pub fold: Option<Scaling>,
}

impl Skeleton {
    /// The inputs, in the order of the text.
    pub fn inputs(&self) -> Vec<&Draft> {
        self.nodes.iter().filter(|node| matches!(node.kind, DraftKind::Input { .. })).collect()
    }

    /// The values that the network is written for, of what the inputs get.
    pub fn scaled<'a>(&self, input: &'a [f64]) -> Cow<'a, [f64]> {
        self.fold.as_ref().map_or(Cow::Borrowed(input), |scaling| Cow::Owned(scaling.apply(input)))
    }
}
