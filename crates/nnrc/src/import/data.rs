//! Samples beside an imported network.

use std::collections::BTreeMap;

use nnrc_import::Head;
use nnrc_model::{Arrays, ResourceError, Resources, Table, TableLayout, Tensor};

use super::source::Trained;
use super::text::{Data, list, quoted};

/// Name of the data set of an imported network.
pub(super) const DATA: &str = "samples";

/// A file of samples.
#[derive(Debug, Clone)]
pub struct DataFile<'a> {
    /// Its path, as it is named in the text.
    pub path: &'a str,
    /// The column of a table, or the array, that holds the targets.
    pub target: Option<&'a str>,
    /// The columns that are inputs; empty: all others.
    pub inputs: &'a [String],
}

impl DataFile<'_> {
    fn is_table(&self) -> bool {
        let path = self.path.to_ascii_lowercase();
        !(path.ends_with(".npz") || path.ends_with(".npy"))
    }

    /// The targets in the language: classes of a classifier, and where they are words; else values.
    pub(super) fn target(&self, trained: &Trained, are_words: bool) -> Option<String> {
        let target = self.target?;
        let is_classifier = are_words || self.is_of_classes(trained);
        let name = quoted(target);
        Some(if is_classifier { format!("onehot({name})") } else { name })
    }

    fn is_of_classes(&self, trained: &Trained) -> bool {
        match trained.network.head {
            Head::Softmax | Head::LogSoftmax | Head::Logits | Head::BinaryProbability => true,
            Head::Sigmoid => trained.network.output_width() == 1,
            Head::Values => !trained.network.class_names.is_empty(),
        }
    }

    /// What the text says of it.
    pub(super) fn said<'a>(&'a self, name: &'a str, target: Option<String>, is_scaled: bool) -> Data<'a> {
        let reader = if self.is_table() { "csv" } else { "npz" };
        let inputs = (!self.inputs.is_empty()).then(|| list(self.inputs));
        Data { name, reader, path: self.path, inputs, target, is_scaled: is_scaled && self.is_table() }
    }
}

/// Weights that are not written yet, beside files.
pub(super) struct Beside<'a> {
    /// The name of the weight file, and what it will hold.
    pub weights: (&'a str, &'a BTreeMap<String, Tensor>),
    /// All other files.
    pub files: &'a dyn Resources,
}

impl Resources for Beside<'_> {
    fn tensors(&self, path: &str) -> Result<Box<dyn Arrays>, ResourceError> {
        if path == self.weights.0 { Ok(Box::new(self.weights.1.clone())) } else { self.files.tensors(path) }
    }

    fn table(&self, path: &str, layout: TableLayout) -> Result<Table, ResourceError> {
        self.files.table(path, layout)
    }

    fn idx(&self, path: &str) -> Result<Tensor, ResourceError> {
        self.files.idx(path)
    }
}
