//! What is wrong with a file.

use std::fmt;

/// Why a file could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadError {
    /// The class of the fault.
    pub kind: ReadErrorKind,
    /// What was expected and what was found, and where, as a clause for the user.
    pub message: String,
}

/// Classes of faults in files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReadErrorKind {
    /// Truncated, damaged, or not of the format at all.
    Malformed,
    /// Python objects, which would have to be executed to be read.
    Pickled,
    /// A row with more or fewer cells than the header.
    Ragged,
    /// Text that is not UTF-8.
    InvalidUtf8,
    /// An infinite or undefined number.
    NonFinite,
    /// Well-formed, but of a kind that is not read: complex numbers, strings, foreign compression.
    Unsupported,
}

impl ReadError {
    pub(crate) fn new(kind: ReadErrorKind, message: impl Into<String>) -> Self {
        ReadError { kind, message: message.into() }
    }

    pub(crate) fn malformed(message: impl Into<String>) -> Self {
        ReadError::new(ReadErrorKind::Malformed, message)
    }

    pub(crate) fn unsupported(message: impl Into<String>) -> Self {
        ReadError::new(ReadErrorKind::Unsupported, message)
    }

    /// The same fault, said of a part of the file.
    pub(crate) fn within(self, part: &str) -> Self {
        ReadError { kind: self.kind, message: format!("`{part}`: {}", self.message) }
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ReadError {}
