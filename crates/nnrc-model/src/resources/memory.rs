//! Files that are held in memory, decoded.

use std::collections::BTreeMap;

use nnrc_syntax::codes;

use super::{Arrays, ResourceError, Resources, Table, TableLayout, Tensor};

/// Files by the path that the `.nnr` file names; what is not there is an unreadable file.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    /// Files of named arrays.
    pub tensors: BTreeMap<String, BTreeMap<String, Tensor>>,
    /// Tables.
    pub tables: BTreeMap<String, Table>,
    /// IDX files.
    pub idx: BTreeMap<String, Tensor>,
}

fn find<T: Clone>(files: &BTreeMap<String, T>, path: &str) -> Result<T, ResourceError> {
    files.get(path).cloned().ok_or_else(|| ResourceError {
        code: codes::UNREADABLE_FILE,
        message: format!("there is no file `{path}`"),
    })
}

impl Resources for Memory {
    fn tensors(&self, path: &str) -> Result<Box<dyn Arrays>, ResourceError> {
        Ok(Box::new(find(&self.tensors, path)?))
    }

    fn table(&self, path: &str, _: TableLayout) -> Result<Table, ResourceError> {
        find(&self.tables, path)
    }

    fn idx(&self, path: &str) -> Result<Tensor, ResourceError> {
        find(&self.idx, path)
    }
}
