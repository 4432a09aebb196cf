//! The generated parser.

use pest_derive::Parser;

/// The parser that pest generates from `grammar/nnr.pest`, and its `Rule`.
#[derive(Parser)]
#[grammar = "../../grammar/nnr.pest"]
pub(crate) struct Grammar;
