//! How a table is written.

use nnrc_syntax::Span;

/// How a table is read.
pub struct Settings {
    pub path: String,
    pub span: Span,
    pub header: Header,
    pub separator: Option<char>,
    pub number: Number,
    /// Whether rows without a value are left out.
    pub drops: bool,
}

/// What the first row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Header {
    /// Names, unless it looks like data.
    First,
    /// Names, whatever they look like.
    Names,
    /// Data.
    None,
}

/// How numbers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Number {
    /// `0.5`
    Point,
    /// `0,5`
    Comma,
}
