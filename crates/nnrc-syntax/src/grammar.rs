//! The generated parser.

use pest_derive::Parser;

/// The parser that pest generates from `nnr.pest`, and its `Rule`.
#[derive(Parser)]
#[grammar = "nnr.pest"]
pub(crate) struct Grammar;
