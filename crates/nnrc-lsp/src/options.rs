//! What whoever starts the server knows.

use nnrc_analysis::Words;

/// What whoever starts the server knows.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// The version that the server tells.
    pub version: &'static str,
    /// What is said about a diagnostic code at length.
    pub explain: fn(&str) -> Option<String>,
    /// How advice writes what can be given beside a file.
    pub words: Words,
    /// Where the documentation is, without a slash at its end; none if it is nowhere. An editor can name another place
    /// by the initialisation option `docs`.
    pub docs: Option<&'static str>,
}
