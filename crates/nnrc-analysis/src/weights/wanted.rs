//! The tensors that a network needs.

use crate::skeleton::Draft;
use std::collections::BTreeMap;

use nnrc_model::Tensor;
use nnrc_syntax::{Diagnostic, Span, codes};

/// Weights and biases by key, `hidden.W`, `hidden.b`.
pub type Weights = BTreeMap<String, Tensor>;

/// A tensor that the network needs.
pub struct Wanted<'a> {
    pub layer: &'a Draft,
    pub key: String,
    pub shape: Vec<usize>,
    /// Where the width comes from, in words.
    pub words: String,
}

/// `[2, 3]`
pub fn shape_words(shape: &[usize]) -> String {
    let sizes: Vec<String> = shape.iter().map(usize::to_string).collect();
    format!("[{}]", sizes.join(", "))
}

pub fn shape_mismatch(span: Span, wanted: &Wanted<'_>, found: &[usize]) -> Diagnostic {
    let expected = shape_words(&wanted.shape);
    let meaning = if wanted.shape.len() == 2 { " (outputs, inputs)" } else { "" };
    let message = format!("`{}` has shape {}, expected {expected}{meaning}", wanted.key, shape_words(found));
    Diagnostic::error(codes::SHAPE_MISMATCH, span, message)
        .label(format!("expected shape {expected}"))
        .other(wanted.layer.span, wanted.words.clone())
}
