//! Attributes of nodes.

use prost::bytes::Bytes;

use crate::proto;
use crate::tensor::{Decoder, Tensor};
use crate::tensor_error::TensorError;

/// The value of an attribute.
#[derive(Debug, Clone, PartialEq)]
pub enum Attribute {
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
    /// A text.
    Text(String),
    /// Whole numbers.
    Ints(Vec<i64>),
    /// Numbers.
    Floats(Vec<f64>),
    /// Texts.
    Texts(Vec<String>),
    /// A tensor.
    Tensor(Tensor),
    /// A graph in the graph.
    Subgraph,
    /// Something else, which no op that is served has.
    Other,
}

impl Attribute {
    /// Reads an attribute of the node `node`.
    pub(super) fn read(
        attribute: &proto::Attribute,
        node: &str,
        decoder: &mut Decoder<'_>,
    ) -> Result<Self, TensorError> {
        Ok(match kind(attribute) {
            1 => Self::Float(f64::from(attribute.f)),
            2 => Self::Int(attribute.i),
            3 => Self::Text(text(&attribute.s)),
            4 => match &attribute.t {
                Some(tensor) => {
                    let place = if tensor.name.is_empty() {
                        format!("{} of node {node}", attribute.name)
                    } else {
                        tensor.name.clone()
                    };
                    Self::Tensor(decoder.decode(tensor, &place)?)
                }
                None => Self::Other,
            },
            5 | 10 => Self::Subgraph,
            6 => Self::Floats(attribute.floats.iter().map(|&value| f64::from(value)).collect()),
            7 => Self::Ints(attribute.ints.clone()),
            8 => Self::Texts(texts(attribute)),
            _ => Self::Other,
        })
    }
}

/// The texts of an attribute.
pub(super) fn texts(attribute: &proto::Attribute) -> Vec<String> {
    attribute.strings.iter().map(text).collect()
}

fn text(bytes: &Bytes) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The kind of an attribute: files of the first version do not say it.
fn kind(attribute: &proto::Attribute) -> i32 {
    if attribute.kind != 0 {
        attribute.kind
    } else if attribute.g.is_some() || !attribute.graphs.is_empty() {
        5
    } else if attribute.t.is_some() {
        4
    } else if !attribute.ints.is_empty() {
        7
    } else if !attribute.floats.is_empty() {
        6
    } else if !attribute.strings.is_empty() {
        8
    } else if !attribute.s.is_empty() {
        3
    } else if attribute.f != 0.0 {
        1
    } else {
        2
    }
}
