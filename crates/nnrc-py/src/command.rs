//! The command `nnrc`, and what it says about errors.

use std::ffi::OsString;

use pyo3::prelude::*;

/// The version of the library.
#[pyfunction]
pub fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}

/// Runs the command with these words, its own name included; its exit status.
#[pyfunction]
pub fn run(py: Python<'_>, words: Vec<OsString>) -> u8 {
    py.detach(|| nnrc_cli::run(words))
}

/// What the documentation says about a code of findings; none for one that there is not.
#[pyfunction]
pub fn explain(code: &str) -> Option<String> {
    nnrc_cli::explanation(code)
}
