//! What analysis needs from outside: weight and data files, decoded. The command reads them from disk, tests from
//! memory.

use std::collections::BTreeMap;

use nnrc_syntax::{Code, codes};

mod memory;
mod table;

pub use memory::Memory;
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

/// The named arrays of a file. Each is decoded when it is read, so that a shape can be judged before that costs
/// anything, and what nobody reads can be anything.
pub trait Arrays {
    /// The names of all arrays, sorted.
    fn names(&self) -> Vec<&str>;

    /// Whether there is an array with this name.
    fn holds(&self, name: &str) -> bool;

    /// The shape of an array.
    ///
    /// # Errors
    ///
    /// What is wrong with its header; [`codes::MISSING_TENSOR`] where there is none.
    fn shape(&self, name: &str) -> Result<Vec<usize>, ResourceError>;

    /// Decodes an array.
    ///
    /// # Errors
    ///
    /// What is wrong with it; [`codes::MISSING_TENSOR`] where there is none.
    fn read(&self, name: &str) -> Result<Tensor, ResourceError>;

    /// The strings of an array; none where it holds numbers.
    ///
    /// # Errors
    ///
    /// As [`Arrays::read`].
    fn texts(&self, _name: &str) -> Option<Result<Vec<String>, ResourceError>> {
        None
    }
}

impl ResourceError {
    /// The file has no array of that name.
    pub fn missing_array(name: &str) -> Self {
        Self { code: codes::MISSING_TENSOR, message: format!("it has no array `{name}`") }
    }
}

impl Arrays for BTreeMap<String, Tensor> {
    fn names(&self) -> Vec<&str> {
        self.keys().map(String::as_str).collect()
    }

    fn holds(&self, name: &str) -> bool {
        self.contains_key(name)
    }

    fn shape(&self, name: &str) -> Result<Vec<usize>, ResourceError> {
        self.get(name).map(|tensor| tensor.shape.clone()).ok_or_else(|| ResourceError::missing_array(name))
    }

    fn read(&self, name: &str) -> Result<Tensor, ResourceError> {
        self.get(name).cloned().ok_or_else(|| ResourceError::missing_array(name))
    }
}

/// Gives decoded files by the path written in the `.nnr` file.
pub trait Resources {
    /// The named arrays of a `.npz` or `.safetensors` file.
    fn tensors(&self, path: &str) -> Result<Box<dyn Arrays>, ResourceError>;

    /// The table of a text file.
    fn table(&self, path: &str, layout: TableLayout) -> Result<Table, ResourceError>;

    /// The array of an IDX file.
    fn idx(&self, path: &str) -> Result<Tensor, ResourceError>;
}
