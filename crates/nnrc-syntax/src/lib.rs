//! Source text, diagnostics, parser, syntax tree and formatter of the nnr language.

pub mod ast;
pub mod codes;
pub mod diagnostic;

pub use codes::Code;
pub use diagnostic::{Diagnostic, Severity, Span};
