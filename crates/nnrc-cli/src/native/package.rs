//! A crate that is to be built.

use nnrc_rust::Files;

/// A crate by the hash of what it is made of, and its files apart from the numbers.
pub struct Crate {
    /// The hash of what compiles it.
    pub toolchain: String,
    pub name: String,
    pub files: Files,
    pub library: (String, Files),
}
