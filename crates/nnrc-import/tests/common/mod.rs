//! Reference models on disk, and what onnxruntime says of them.

#![allow(dead_code, clippy::unwrap_used, reason = "each test uses a part, and tests may panic")]

pub mod encode;

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use nnrc_import::{FileError, Files, ImportError, Network};
use nnrc_sim::io::npz;

/// The folder of reference models.
pub fn references() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/reference/onnx")
}

/// The folders in one of its parts, sorted.
pub fn cases(part: &str) -> Vec<PathBuf> {
    let entries = references().join(part).read_dir().unwrap();
    let mut cases: Vec<PathBuf> =
        entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    cases.sort();
    cases
}

/// The files of a folder.
pub struct Folder(pub PathBuf);

impl Files for Folder {
    fn read(&self, path: &str, most: u64) -> Result<Vec<u8>, FileError> {
        let path = self.0.join(path);
        let metadata = path.symlink_metadata().map_err(|_| FileError::Missing)?;
        if metadata.is_symlink() {
            return Err(FileError::SymbolicLink);
        }
        if metadata.len() > most {
            return Err(FileError::TooLarge);
        }
        Ok(bytes(&path))
    }
}

/// The bytes of a file.
pub fn bytes(path: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    File::options().read(true).open(path).unwrap().read_to_end(&mut bytes).unwrap();
    bytes
}

/// Imports the model of a folder.
pub fn import(case: &Path) -> Result<Network, ImportError> {
    Network::read(bytes(&case.join("model.onnx")), &Folder(case.to_owned()))
}

/// The largest deviation from an array of `ref.npz`, relative to the largest of its values or 1.
pub fn deviation(case: &Path, array: &str, function: impl Fn(&[f64]) -> Vec<f64>) -> f64 {
    let bytes = bytes(&case.join("ref.npz"));
    let file = npz::open(bytes.as_slice()).unwrap();
    let x = file.read("x").unwrap().unwrap();
    let y = file.read(array).unwrap().unwrap();
    let rows = x.shape[0];
    let (width, height) = (x.values.len() / rows, y.values.len() / rows);
    let largest = y.values.iter().fold(1f64, |largest, value| largest.max(value.abs()));
    let mut deviation = 0f64;
    for (x, y) in x.values.chunks(width).zip(y.values.chunks(height)) {
        let own = function(x);
        if own.len() != height {
            return f64::INFINITY;
        }
        for (own, y) in own.iter().zip(y) {
            assert!(own.is_finite());
            deviation = deviation.max((own - y).abs());
        }
    }
    deviation / largest
}
