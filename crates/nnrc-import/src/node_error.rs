//! What is wrong with a single node, and which nodes are not served.

use std::fmt;

use crate::limits;

/// A node that cannot be what the standard says.
#[derive(Debug, Clone, PartialEq)]
pub struct NodeError {
    /// Its name, or that of its first output.
    pub node: String,
    /// Its op.
    pub op: String,
    /// What is wrong.
    pub fault: NodeFault,
}

/// What is wrong with a node.
#[derive(Debug, Clone, PartialEq)]
pub enum NodeFault {
    /// An input that the op needs is not there.
    MissingInput(usize),
    /// It has no output of that number.
    MissingOutput(usize),
    /// An attribute is missing or has another value than the op needs.
    Attribute {
        /// Its name.
        name: String,
        /// What the op needs.
        expected: &'static str,
    },
    /// Shapes that do not fit.
    Shape {
        /// What the op needs.
        expected: String,
        /// The shapes that are there.
        found: Vec<Vec<usize>>,
    },
    /// A result is NaN or infinite.
    NotFinite,
    /// The result has more numbers than is believed, alone or with all others.
    TooManyElements,
    /// The matrix between two activations has more entries than can become chemistry.
    TooManyEntries,
    /// Composing the matrices takes too long.
    TooMuchWork,
}

/// A node that is not served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unserved {
    /// Its name, or that of its first output.
    pub node: String,
    /// Its op, with the domain where that is not the standard's.
    pub op: String,
    /// Why, and what would be served.
    pub reason: String,
}

impl fmt::Display for NodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "node `{}` ({}): ", self.node, self.op)?;
        match &self.fault {
            NodeFault::MissingInput(index) => write!(f, "input {index} is missing"),
            NodeFault::MissingOutput(index) => write!(f, "output {index} is missing"),
            NodeFault::Attribute { name, expected } => write!(f, "attribute `{name}`: expected {expected}"),
            NodeFault::Shape { expected, found } => {
                write!(f, "shapes do not fit: expected {expected}; found ")?;
                for (k, shape) in found.iter().enumerate() {
                    let comma = if k == 0 { "" } else { ", " };
                    write!(f, "{comma}{shape:?}")?;
                }
                write!(f, " (the batch counts as 1)")
            }
            NodeFault::NotFinite => {
                write!(f, "a result is NaN or infinite; expected finite weights, and variances from 0 on")
            }
            NodeFault::TooManyElements => write!(
                f,
                "its result is too large; at most {} numbers of a value, {} of all together and {} constants can be \
                 imported",
                limits::ELEMENTS,
                limits::ALL_ELEMENTS,
                limits::CONSTANT_VALUES
            ),
            NodeFault::TooManyEntries => write!(
                f,
                "the matrix between two activations has more than {} stored entries, each of which would be a \
                 reaction; a network of this size needs `conv2d` instead of matrices, which the language does not \
                 have yet: use fewer channels or a smaller image",
                limits::ENTRIES
            ),
            NodeFault::TooMuchWork => write!(
                f,
                "composing the linear parts takes more than {} multiplications; put an activation between them, or \
                 multiply the matrices before exporting",
                limits::WORK
            ),
        }
    }
}

impl fmt::Display for Unserved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "node `{}` ({}) is not served: {}", self.node, self.op, self.reason)
    }
}

impl std::error::Error for NodeError {}
