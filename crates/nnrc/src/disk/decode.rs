//! What the bytes of a file hold.

use std::path::Path;

use nnrc_model::{Arrays, ResourceError, Table, TableLayout, Tensor};
use nnrc_sim::io::{ArrayFile, idx as idx_file, npz, safetensors, table as text_table};
use nnrc_syntax::codes;

use super::error::explain;
use super::gzip;
use super::tables;

/// The arrays of a weight file, from its bytes and what its name ends in.
pub fn tensors((bytes, extension): (Vec<u8>, String)) -> Result<Box<dyn Arrays>, ResourceError> {
    let file = match extension.as_str() {
        "npz" | "npy" => npz::open(bytes),
        "safetensors" => safetensors::open(bytes),
        // PyTorch's own files are archives with pickles inside: the reader of archives says so.
        "pt" | "pth" | "pkl" | "pickle" | "bin" => {
            let message = "Python objects would have to be executed to be read; \
                           save the tensors as .npz or .safetensors";
            return Err(ResourceError { code: codes::PICKLED_FILE, message: message.to_owned() });
        }
        _ => {
            let message = "expected a file that ends in .npz, .npy or .safetensors";
            return Err(ResourceError { code: codes::MALFORMED_FILE, message: message.to_owned() });
        }
    };
    Ok(Box::new(Decoded(file.map_err(explain)?)))
}

/// The table of a text file at this path.
pub fn table(
    path: &str,
    (bytes, mut ending): (Vec<u8>, String),
    layout: TableLayout,
) -> Result<Table, ResourceError> {
    if ending == "gz" {
        ending = Path::new(path).file_stem().map(|inner| extension(Path::new(inner))).unwrap_or_default();
    }
    // No text holds a zero: what inflates to such is refused at its beginning.
    let limit = |start: &[u8]| match text_table::text(start) {
        Err(error) if start.contains(&0) => Err(explain(error)),
        _ => Ok(gzip::MAX_INFLATED),
    };
    tables::read(&unpacked(bytes, limit)?, &ending, layout)
}

/// The array of an IDX file.
pub fn idx(bytes: Vec<u8>) -> Result<Tensor, ResourceError> {
    // The header says how much follows: what is too much is not inflated at all.
    let limit = |start: &[u8]| match idx_file::size(start) {
        Ok(size) if size > gzip::MAX_INFLATED => Err(gzip::too_large()),
        Ok(size) => Ok(size),
        Err(error) => Err(explain(error)),
    };
    let array = idx_file::read(&unpacked(bytes, limit)?).map_err(explain)?;
    Ok(Tensor { shape: array.shape, values: array.values })
}

/// The contents of a file that may be compressed by gzip; `limit` says from their beginning how many bytes they may have.
fn unpacked(
    bytes: Vec<u8>,
    limit: impl Fn(&[u8]) -> Result<usize, ResourceError>,
) -> Result<Vec<u8>, ResourceError> {
    if !gzip::is_gzip(&bytes) {
        return Ok(bytes);
    }
    gzip::inflate(&bytes, limit)
}

/// Arrays of a file that was read.
struct Decoded(ArrayFile<'static>);

impl Arrays for Decoded {
    fn names(&self) -> Vec<&str> {
        self.0.names().collect()
    }

    fn holds(&self, name: &str) -> bool {
        self.0.holds(name)
    }

    fn shape(&self, name: &str) -> Result<Vec<usize>, ResourceError> {
        self.0.shape(name).ok_or_else(|| ResourceError::missing_array(name))?.map_err(explain)
    }

    fn read(&self, name: &str) -> Result<Tensor, ResourceError> {
        let array = self.0.read(name).ok_or_else(|| ResourceError::missing_array(name))?.map_err(explain)?;
        Ok(Tensor { shape: array.shape, values: array.values })
    }

    fn texts(&self, name: &str) -> Option<Result<Vec<String>, ResourceError>> {
        Some(self.0.texts(name)?.map_err(explain))
    }
}

/// What a name ends in, in small letters.
pub fn extension(path: &Path) -> String {
    path.extension().and_then(|extension| extension.to_str()).unwrap_or_default().to_lowercase()
}
