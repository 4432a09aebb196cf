//! What analysis needs from outside: weight and data files, decoded. The command reads them from disk, tests from
//! memory.

use std::collections::BTreeMap;

use nnrc_syntax::Code;

mod table;

pub use table::{Table, TableLayout};

/// A dense array.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tensor {
    /// Sizes, outermost first.
    pub shape: Vec<usize>,
    /// Values, row-major.
    pub values: Vec<f64>,
}

/// Why a file gave nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct ResourceError {
    /// One of the codes of files.
    pub code: Code,
    /// What happened, with the place in the file if there is one.
    pub message: String,
}

/// Gives decoded files by the path written in the `.nnr` file.
pub trait Resources {
    /// The named arrays of a `.npz` or `.safetensors` file.
    fn tensors(&self, path: &str) -> Result<BTreeMap<String, Tensor>, ResourceError>;

    /// The table of a text file.
    fn table(&self, path: &str, layout: TableLayout) -> Result<Table, ResourceError>;

    /// The array of an IDX file.
    fn idx(&self, path: &str) -> Result<Tensor, ResourceError>;
}
