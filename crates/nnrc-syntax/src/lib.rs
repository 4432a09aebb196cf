//! Source text, diagnostics, parser, syntax tree and formatter of the nnr language.

pub mod around;
pub mod ast;
pub mod codes;
pub mod diagnostic;
pub mod fix;
pub mod outline;
pub mod render;
pub mod wording;
pub mod words;

mod build;
mod expected;
mod explain;
mod format;
mod grammar;
mod lexer;
mod parse;
mod source;
mod structure;
mod suggest;

pub use codes::Code;
pub use diagnostic::{Applicability, Diagnostic, Edit, Fix, Given, Severity, Span};
pub use format::format;
pub use parse::{MAX_BYTES, parse, parse_expression, parse_recovering};
pub use render::render;
pub use source::Source;
pub use structure::MAX_NESTING;
pub use suggest::{Near, suggest};
