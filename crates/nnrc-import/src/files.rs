//! Files beside the model: exporters put large weights there. Who reads them is decided by the caller.

use std::collections::BTreeMap;

/// Why a file beside the model gave nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileError {
    /// There is none of that name.
    Missing,
    /// It is a symbolic link, or a folder on the way to it is one.
    SymbolicLink,
    /// It has more bytes than may be read.
    TooLarge,
    /// What the system says.
    Other(String),
}

/// Reads files of the folder that the model stands in.
pub trait Files {
    /// The bytes of a file. `path` is relative to the folder of the model; it never is absolute, has no `..`, and `/`
    /// separates its parts.
    ///
    /// # Errors
    ///
    /// An implementation on a disk must refuse symbolic links ([`FileError::SymbolicLink`]), which would lead out of
    /// the folder, and what has more than `most` bytes ([`FileError::TooLarge`]) before it reads it.
    fn read(&self, path: &str, most: u64) -> Result<Vec<u8>, FileError>;
}

/// Files in memory, by their paths.
impl Files for BTreeMap<String, Vec<u8>> {
    fn read(&self, path: &str, most: u64) -> Result<Vec<u8>, FileError> {
        let bytes = self.get(path).ok_or(FileError::Missing)?;
        if bytes.len() as u64 > most {
            return Err(FileError::TooLarge);
        }
        Ok(bytes.clone())
    }
}
