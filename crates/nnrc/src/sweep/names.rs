//! Which files a model reads.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use nnrc_model::{Arrays, ResourceError, Resources, Table, TableLayout, Tensor};

/// Files, whose names are noted when they are read.
pub struct NamesRead<'r> {
    files: &'r dyn Resources,
    names: Mutex<BTreeSet<String>>,
}

impl<'r> NamesRead<'r> {
    /// These files, none of them read.
    pub fn new(files: &'r dyn Resources) -> Self {
        Self { files, names: Mutex::default() }
    }

    /// The files that were read so far, by the names that the model gives them.
    pub fn names(&self) -> BTreeSet<String> {
        self.names.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note(&self, path: &str) {
        self.names.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned());
    }
}

impl Resources for NamesRead<'_> {
    fn tensors(&self, path: &str) -> Result<Box<dyn Arrays>, ResourceError> {
        self.note(path);
        self.files.tensors(path)
    }

    fn table(&self, path: &str, layout: TableLayout) -> Result<Table, ResourceError> {
        self.note(path);
        self.files.table(path, layout)
    }

    fn idx(&self, path: &str) -> Result<Tensor, ResourceError> {
        self.note(path);
        self.files.idx(path)
    }
}
