//! Reads trained networks from ONNX files.

mod element;
mod error;
mod files;
mod graph;
mod graph_error;
pub mod limits;
mod node_error;
mod prescan;
mod proto;
mod read_error;
mod tensor;
mod tensor_error;

pub use element::Element;
pub use error::*;
pub use files::{FileError, Files};
pub use graph::{Attribute, Graph, GraphInput, Node, Origin, ValueId};
pub use tensor::Tensor;
