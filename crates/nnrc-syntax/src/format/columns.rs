//! At which columns parts of an item begin.

/// The columns of an item.
#[derive(Default, Clone)]
pub(super) struct Columns {
    /// Node and the column at which it begins.
    pub nodes: Vec<(usize, usize)>,
    /// The column of the brace.
    pub brace: Option<usize>,
}
