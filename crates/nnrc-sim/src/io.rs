//! Data and weight files: readers over bytes in memory, and writers.
//!
//! Readers never panic and never allocate more than the file can justify: sizes are checked against the
//! bytes that are there before anything is allocated. Non-finite numbers are errors.

mod array;
pub mod atomic;
mod error;
pub mod files;
pub mod idx;
pub mod npy;
pub mod npz;
mod number;
pub mod safetensors;
mod separator;
pub mod table;
pub mod unfinished;
mod zip;

pub use array::{Array, Arrays};
pub use atomic::write_atomically;
pub use error::{ReadError, ReadErrorKind};
pub use files::{FilesRead, read_file};
pub use separator::Separator;

#[cfg(test)]
mod tests;
