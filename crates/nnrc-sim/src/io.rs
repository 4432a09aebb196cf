//! Data and weight files: readers over bytes in memory, and writers.
//!
//! Readers never panic and never allocate more than the file can justify: sizes are checked against the
//! bytes that are there before anything is allocated. Of a file of arrays only those are decoded that are asked for;
//! non-finite numbers in them are errors.

mod array;
pub mod atomic;
mod error;
mod file;
pub mod files;
pub mod idx;
mod json;
pub mod npy;
pub mod npz;
pub mod number;
mod records;
pub mod safetensors;
mod separator;
pub mod table;
mod tensor;
pub mod unfinished;
pub mod zip;

pub use array::{Array, Arrays, Texts, insert_beside};
pub use atomic::write_atomically;
pub use error::{ReadError, ReadErrorKind};
pub use file::ArrayFile;
pub use files::{FilesRead, is_same_place, read_file};
pub use separator::Separator;

#[cfg(test)]
mod tests;
