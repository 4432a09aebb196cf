//! A checked graph: nodes in an order in which they can be computed, the constants that they need, one output. What
//! the output does not need (the branch of a classifier that makes labels) is cut.

mod attribute;
mod build;
mod order;
mod outputs;
mod print;
mod words;

pub use attribute::Attribute;

use std::collections::BTreeMap;

use crate::element::Element;
use crate::tensor::Tensor;

/// The number of a value of a graph.
pub type ValueId = usize;

/// A graph with everything that its output needs.
#[derive(Debug, Clone, PartialEq)]
pub struct Graph {
    /// Where the file comes from.
    pub origin: Origin,
    /// Names of the values, by number.
    pub values: Vec<String>,
    /// Inputs without values, in the order of the file.
    pub inputs: Vec<GraphInput>,
    /// Initialisers that the output needs.
    pub constants: BTreeMap<ValueId, Tensor>,
    /// Nodes that the output needs, each after those that it needs.
    pub nodes: Vec<Node>,
    /// What the graph computes.
    pub output: ValueId,
    /// Whether a branch that makes labels was cut: then the output says something of classes.
    pub has_labels: bool,
    /// Names of the classes; empty where the file has none.
    pub class_names: Vec<String>,
    /// Names of the inputs' columns; empty where the file has none.
    pub feature_names: Vec<String>,
}

/// What a file says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Origin {
    /// Version of the file format.
    pub ir_version: i64,
    /// Version of the standard's op set; 0 where no node needs it.
    pub opset: i64,
    /// All op sets: domain and version, sorted.
    pub opsets: Vec<(String, i64)>,
    /// The exporter.
    pub producer: String,
    /// The exporter's version.
    pub producer_version: String,
}

/// An input without a value.
#[derive(Debug, Clone, PartialEq)]
pub struct GraphInput {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: ValueId,
    /// Sizes, with a batch of 1 first where it has one.
    pub shape: Vec<usize>,
    /// What its first size says of batches.
    pub batch: Batch,
    /// Type of its numbers.
    pub element: Element,
}

/// What the first size of an input says of batches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Batch {
    /// It is one of a sample: there is no batch.
    None,
    /// It is the batch, of any size.
    Free,
    /// It is the batch, of the size that the file was exported for.
    Fixed(usize),
}

impl Batch {
    /// The size that the file was exported for, where that is more than one sample.
    pub(crate) fn frozen(self) -> Option<usize> {
        match self {
            Self::Fixed(size) if size > 1 => Some(size),
            Self::None | Self::Free | Self::Fixed(_) => None,
        }
    }
}

/// An op applied to values.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Its name, or that of its first output.
    pub name: String,
    /// Its op, behind `domain::` where that is not the standard's.
    pub op: String,
    /// What it takes; none where an optional input is left out.
    pub inputs: Vec<Option<ValueId>>,
    /// What it makes; none where an optional output is left out.
    pub outputs: Vec<Option<ValueId>>,
    /// Its attributes, by name.
    pub attributes: BTreeMap<String, Attribute>,
}

impl Graph {
    /// The name of a value.
    pub fn name(&self, value: ValueId) -> &str {
        self.values.get(value).map_or("", String::as_str)
    }

    /// The axis of a softmax of that rank, and whether it is over this one alone: before op set 13 it is over those
    /// behind it, too.
    pub(crate) fn softmax_axis(&self, node: &Node, rank: usize) -> Option<(usize, bool)> {
        let is_new = self.origin.opset >= 13;
        let axis = match node.attributes.get("axis") {
            Some(Attribute::Int(axis)) => *axis,
            _ if is_new => -1,
            _ => 1,
        };
        let axis = if axis < 0 { axis.saturating_add(rank as i64) } else { axis };
        let axis = usize::try_from(axis).ok().filter(|&axis| axis < rank)?;
        Some((axis, is_new))
    }
}
