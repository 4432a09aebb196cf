//! Reads trained networks from ONNX files: what PyTorch, Keras and scikit-learn export becomes affine maps and
//! activations.
//!
//! ```text
//! bytes ─Graph::read─► Graph ─Folded::new─► Folded ─Planned::new─► Planned ─compose─► Network
//! ```
//!
//! A [`Graph`] has what its output needs; a [`Folded`] one has computed constants and shapes; a [`Planned`] one knows
//! which values are activations, also where they are written as several nodes, and what stands at the end; a
//! [`Network`] has one affine map between two activations, whatever the file wrote there. Each of them can be printed.
//! [`Network::read`] does it all.
//!
//! Files are hostile until they are read: sizes are limited ([`limits`]), nothing is recursive, every fault is an
//! [`ImportError`]. Numbers are f64 throughout. A batch counts as one sample: a graph that mixes the samples
//! of a larger one is refused.

mod activation;
mod batch;
mod budget;
mod compose;
mod dense;
mod element;
mod error;
mod files;
mod fold;
mod graph;
mod graph_error;
mod import;
mod index;
pub mod limits;
mod names;
mod network;
mod node_error;
mod op;
mod ops;
mod prescan;
mod proto;
mod read_error;
mod recognise;
mod scalar;
mod served;
mod sparse;
mod special;
mod state_dict;
mod step;
mod tensor;
mod tensor_error;

pub use activation::Activation;
pub use compose::compose;
pub use dense::{About, DenseError, DenseLayer};
pub use element::Element;
pub use error::{
    ExternalFault, GraphError, ImportError, NodeError, NodeFault, ReadError, TensorError, TensorFault,
    Unserved,
};
pub use files::{FileError, Files};
pub use fold::Folded;
pub use graph::{Attribute, Batch, Graph, GraphInput, Node, Origin, ValueId};
pub use network::{Input, Layer, LayerKind, Network, Source, softmax};
pub use recognise::{Head, Planned};
pub use sparse::{AffineMap, SparseMatrix};
pub use state_dict::{Layout, StateDictError, Weights};
pub use tensor::Tensor;
