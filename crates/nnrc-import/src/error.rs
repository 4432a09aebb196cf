//! Why a file could not be imported.

use std::fmt;

pub use crate::graph_error::GraphError;
pub use crate::node_error::{NodeError, NodeFault, Unserved};
pub use crate::read_error::ReadError;
pub use crate::tensor_error::{ExternalFault, TensorError, TensorFault};

/// Why a file could not be imported.
#[derive(Debug, Clone, PartialEq)]
pub enum ImportError {
    /// The bytes are no model.
    Read(ReadError),
    /// A tensor cannot be read.
    Tensor(TensorError),
    /// The graph is no network with one input and one output.
    Graph(GraphError),
    /// A node cannot be what the standard says.
    Node(NodeError),
    /// Nodes that are not served: all of them, in the order of the graph.
    Unserved(Vec<Unserved>),
}

impl ImportError {
    /// A word for each kind of error, for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Read(_) => "onnx-file",
            Self::Tensor(_) => "onnx-tensor",
            Self::Graph(_) => "onnx-graph",
            Self::Node(_) => "onnx-node",
            Self::Unserved(_) => "onnx-not-served",
        }
    }
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read(error) => error.fmt(f),
            Self::Tensor(error) => error.fmt(f),
            Self::Graph(error) => error.fmt(f),
            Self::Node(error) => error.fmt(f),
            Self::Unserved(findings) => {
                let nodes = if findings.len() == 1 { "node is" } else { "nodes are" };
                write!(f, "{} {nodes} not served", findings.len())?;
                findings.iter().try_for_each(|finding| write!(f, "\n  {finding}"))
            }
        }
    }
}

impl std::error::Error for ImportError {}

impl From<ReadError> for ImportError {
    fn from(error: ReadError) -> Self {
        Self::Read(error)
    }
}

impl From<TensorError> for ImportError {
    fn from(error: TensorError) -> Self {
        Self::Tensor(error)
    }
}

impl From<GraphError> for ImportError {
    fn from(error: GraphError) -> Self {
        Self::Graph(error)
    }
}

impl From<NodeError> for ImportError {
    fn from(error: NodeError) -> Self {
        Self::Node(error)
    }
}
