//! What the file says an output is.

use nnrc_model::output::OutputKind;
use nnrc_syntax::Span;

/// What an output was said to be, and where.
#[derive(Debug, Clone)]
pub struct Said {
    pub kind: OutputKind,
    pub span: Span,
}
