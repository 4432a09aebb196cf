//! A node with what is known of its inputs: what the functions of `ops` read.

use crate::budget::Budget;
use crate::element::Element;
use crate::graph::{Attribute, Graph, Node};
use crate::node_error::NodeFault;
use crate::sparse::SparseMatrix;
use crate::step::Step;
use crate::tensor::Tensor;

/// What is known of a value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Fact {
    /// It does not depend on the input.
    Constant(Tensor),
    /// It depends on the input.
    Computed {
        /// Its shape; none behind a node that is not served.
        shape: Option<Vec<usize>>,
        /// Type of its numbers.
        element: Element,
    },
}

impl Fact {
    /// The shape, if it is known.
    pub fn shape(&self) -> Option<&[usize]> {
        match self {
            Self::Constant(tensor) => Some(&tensor.shape),
            Self::Computed { shape, .. } => shape.as_deref(),
        }
    }

    pub fn element(&self) -> Element {
        match self {
            Self::Constant(tensor) => tensor.element,
            Self::Computed { element, .. } => *element,
        }
    }

    /// The tensor of a constant.
    pub fn constant(&self) -> Option<&Tensor> {
        match self {
            Self::Constant(tensor) => Some(tensor),
            Self::Computed { .. } => None,
        }
    }
}

/// Why a node gave no step.
#[derive(Debug)]
pub(crate) enum Fault {
    /// It is not served: why, and what would be.
    Unserved(String),
    /// It is wrong.
    Wrong(NodeFault),
}

impl From<NodeFault> for Fault {
    fn from(fault: NodeFault) -> Self {
        Self::Wrong(fault)
    }
}

/// What a linear op gives: a step for each output; none for one that is no linear function.
pub(crate) type Steps = Result<Vec<Option<Step>>, Fault>;

/// A node and its inputs.
pub(crate) struct Op<'a> {
    pub graph: &'a Graph,
    pub node: &'a Node,
    /// Facts of the inputs; none where one is left out. All shapes are known.
    pub inputs: Vec<Option<Fact>>,
    pub budget: &'a Budget,
}

impl Op<'_> {
    pub fn input(&self, slot: usize) -> Option<&Fact> {
        self.inputs.get(slot)?.as_ref()
    }

    /// The shape of an input that must be there.
    pub fn shape(&self, slot: usize) -> Result<&[usize], Fault> {
        let fact = self.input(slot).ok_or(NodeFault::MissingInput(slot))?;
        fact.shape().ok_or_else(|| Fault::Unserved("the shape of its input is not known".to_owned()))
    }

    /// Whether an input depends on the input of the network.
    pub fn is_computed(&self, slot: usize) -> bool {
        matches!(self.input(slot), Some(Fact::Computed { .. }))
    }

    /// An input that must be a constant, if it is there at all.
    pub fn optional(&self, slot: usize) -> Result<Option<&Tensor>, Fault> {
        match self.input(slot) {
            None => Ok(None),
            Some(Fact::Constant(tensor)) => Ok(Some(tensor)),
            Some(Fact::Computed { .. }) => Err(Fault::Unserved(format!(
                "its input {slot} is computed from the network's input; served where it is a constant"
            ))),
        }
    }

    /// An input that must be a constant.
    pub fn constant(&self, slot: usize) -> Result<&Tensor, Fault> {
        Ok(self.optional(slot)?.ok_or(NodeFault::MissingInput(slot))?)
    }

    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.node.attributes.get(name)
    }

    /// A whole number, or what holds where it is not there.
    pub fn int(&self, name: &str, default: i64) -> Result<i64, NodeFault> {
        match self.attribute(name) {
            None => Ok(default),
            Some(Attribute::Int(value)) => Ok(*value),
            Some(_) => Err(attribute(name, "a whole number")),
        }
    }

    /// A number, or what holds where it is not there.
    pub fn float(&self, name: &str, default: f64) -> Result<f64, NodeFault> {
        match self.attribute(name) {
            None => Ok(default),
            Some(Attribute::Float(value)) => Ok(*value),
            Some(Attribute::Int(value)) => Ok(*value as f64),
            Some(_) => Err(attribute(name, "a number")),
        }
    }

    /// Whole numbers.
    pub fn ints(&self, name: &str) -> Result<Option<&[i64]>, NodeFault> {
        match self.attribute(name) {
            None => Ok(None),
            Some(Attribute::Ints(values)) => Ok(Some(values)),
            Some(_) => Err(attribute(name, "a list of whole numbers")),
        }
    }

    /// Numbers.
    pub fn floats(&self, name: &str) -> Result<Option<&[f64]>, NodeFault> {
        match self.attribute(name) {
            None => Ok(None),
            Some(Attribute::Floats(values)) => Ok(Some(values)),
            // An empty list has no kind in files of the first version.
            Some(Attribute::Int(0)) => Ok(Some(&[])),
            Some(_) => Err(attribute(name, "a list of numbers")),
        }
    }

    /// A text, or what holds where it is not there.
    pub fn text<'t>(&'t self, name: &str, default: &'t str) -> Result<&'t str, NodeFault> {
        match self.attribute(name) {
            None => Ok(default),
            Some(Attribute::Text(text)) => Ok(text),
            Some(_) => Err(attribute(name, "a text")),
        }
    }

    /// Whole numbers that are an attribute in old op sets and an input in new ones.
    pub fn ints_or_input(&self, name: &str, slot: usize) -> Result<Option<Vec<i64>>, Fault> {
        if let Some(values) = self.ints(name)? {
            return Ok(Some(values.to_vec()));
        }
        Ok(self.optional(slot)?.map(Tensor::to_ints))
    }

    /// An axis of a shape of that rank; negative ones count from the end.
    pub fn axis(&self, axis: i64, rank: usize) -> Result<usize, NodeFault> {
        let signed = if axis < 0 { axis.saturating_add(rank as i64) } else { axis };
        usize::try_from(signed)
            .ok()
            .filter(|&axis| axis < rank)
            .ok_or_else(|| self.mismatch(format!("an axis of {rank} axes, not {axis}"), &[]))
    }

    /// Axes, sorted and each once.
    pub fn axes(&self, axes: &[i64], rank: usize) -> Result<Vec<usize>, NodeFault> {
        let mut sorted = axes.iter().map(|&axis| self.axis(axis, rank)).collect::<Result<Vec<_>, _>>()?;
        sorted.sort_unstable();
        sorted.dedup();
        Ok(sorted)
    }

    /// A map of one sample, done to each of a batch.
    pub fn each_sample(&self, matrix: SparseMatrix, batch: usize) -> Result<SparseMatrix, NodeFault> {
        if batch == 1 {
            return Ok(matrix);
        }
        self.budget.entries(matrix.entries().saturating_mul(batch.saturating_sub(1)))?;
        Ok(matrix.repeated(batch))
    }

    /// Shapes that do not fit: those of some inputs.
    pub fn mismatch(&self, expected: impl Into<String>, slots: &[usize]) -> NodeFault {
        let shapes = slots.iter().filter_map(|&slot| self.input(slot)?.shape());
        NodeFault::Shape { expected: expected.into(), found: shapes.map(<[usize]>::to_vec).collect() }
    }
}

/// An attribute that is not as the op needs it.
pub(crate) fn attribute(name: &str, expected: &'static str) -> NodeFault {
    NodeFault::Attribute { name: name.to_owned(), expected }
}
