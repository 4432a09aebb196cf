//! Files, written whole or not at all, and never over what the model reads.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use nnrc::disk::reason;
use nnrc::{Failure, meanings};
use nnrc_sim::io::{Array, Arrays, write_atomically};
use nnrc_sim::train;
use nnrc_syntax::{Diagnostic, Severity, Source, codes};

use pyo3::prelude::*;

use crate::failure::or_raise;
use crate::model::Model;

impl Model {
    /// Writes a text.
    pub fn put_text(&self, path: &Path, text: &str) -> Result<(), Failure> {
        self.put_bytes(path, text.as_bytes())
    }

    /// Writes bytes.
    pub fn put_bytes(&self, path: &Path, content: &[u8]) -> Result<(), Failure> {
        self.put(path, |path| write_atomically(path, |out| out.write_all(content)))
    }

    /// Writes the weights, as .npz or .safetensors.
    pub fn put_weights(&self, path: &Path, is_safetensors: bool) -> Result<(), Failure> {
        let model = self.model();
        let weights: BTreeMap<_, _> = model.weights();
        let array = |(key, tensor): (String, nnrc_model::Tensor)| {
            (key, Array { shape: tensor.shape, values: tensor.values })
        };
        let mut arrays: Arrays = weights.into_iter().map(array).collect();
        arrays.insert(train::VERSION.to_owned(), train::version());
        let meanings = meanings::carried(model);
        self.put(path, |path| write_atomically(path, |out| meanings.write(out, &arrays, is_safetensors)))
    }

    /// Writes a crate that simulates the network, and trains it where the text says how.
    pub fn put_crate(&self, path: &Path, files: &nnrc_rust::Files) -> Result<(), Failure> {
        self.put(path, |path| nnrc_cli::write_crate(path, files))
    }

    fn put(&self, path: &Path, write: impl FnOnce(&Path) -> io::Result<()>) -> Result<(), Failure> {
        if self.replaces(path) {
            let name = path.display();
            return Err(failed(format!(
                "`{name}` would be replaced, and the model reads it: name another place"
            )));
        }
        write(path).map_err(|error| unwritable(path, &error))
    }
}

/// Writes a text that belongs to no model.
#[pyfunction]
pub fn write(py: Python<'_>, path: PathBuf, text: &str) -> PyResult<()> {
    let written = write_atomically(&path, |out| out.write_all(text.as_bytes()));
    or_raise(py, written.map_err(|error| unwritable(&path, &error)))
}

fn unwritable(path: &Path, error: &io::Error) -> Failure {
    failed(format!("cannot write `{}`: {}", path.display(), reason(error)))
}

fn failed(message: String) -> Failure {
    let finding = Diagnostic::global(Severity::Error, codes::NOT_WRITABLE, message);
    Failure::new(&Source::new("", ""), finding)
}
