//! What a text reads: files on disk, and arrays that the caller holds.

use std::collections::BTreeMap;
use std::path::Path;

use nnrc::Disk;
use nnrc::disk::Record;
use nnrc_model::{Arrays, ResourceError, Resources, Table, TableLayout, Tensor};

/// Arrays of the caller by name: numbers, or words.
#[derive(Debug, Clone, Default)]
pub struct Held {
    /// Numbers.
    pub numbers: BTreeMap<String, Tensor>,
    /// Words, such as labels of classes.
    pub words: BTreeMap<String, Vec<String>>,
}

impl Arrays for Held {
    fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.numbers.keys().chain(self.words.keys()).map(String::as_str).collect();
        names.sort_unstable();
        names
    }

    fn holds(&self, name: &str) -> bool {
        self.numbers.contains_key(name) || self.words.contains_key(name)
    }

    fn shape(&self, name: &str) -> Result<Vec<usize>, ResourceError> {
        let words = || self.words.get(name).map(|words| vec![words.len()]);
        let shape = self.numbers.get(name).map(|tensor| tensor.shape.clone()).or_else(words);
        shape.ok_or_else(|| ResourceError::missing_array(name))
    }

    fn read(&self, name: &str) -> Result<Tensor, ResourceError> {
        self.numbers.get(name).cloned().ok_or_else(|| ResourceError::missing_array(name))
    }

    fn texts(&self, name: &str) -> Option<Result<Vec<String>, ResourceError>> {
        self.words.get(name).cloned().map(Ok)
    }
}

/// Files by the paths that a text names: arrays of the caller first, then those on disk.
#[derive(Debug, Clone)]
pub struct Files {
    /// The folder of the text.
    pub disk: Disk,
    /// Arrays by the name of their file.
    pub held: BTreeMap<String, Held>,
    /// The files that were read.
    pub read: Record,
}

impl Files {
    /// What a text at `path` reads.
    pub fn beside(path: &Path, held: BTreeMap<String, Held>) -> Self {
        let read = Record::default();
        Self { disk: Disk::of(path).noting(&read), held, read }
    }
}

impl Resources for Files {
    fn tensors(&self, path: &str) -> Result<Box<dyn Arrays>, ResourceError> {
        match self.held.get(path) {
            Some(held) => Ok(Box::new(held.clone())),
            None => self.disk.tensors(path),
        }
    }

    fn table(&self, path: &str, layout: TableLayout) -> Result<Table, ResourceError> {
        self.disk.table(path, layout)
    }

    fn idx(&self, path: &str) -> Result<Tensor, ResourceError> {
        self.disk.idx(path)
    }
}
