//! Why no crate was written.

use std::fmt;

/// Why no crate was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// A family of reactions or species whose shape has no loop yet.
    NotServed {
        /// Its name.
        family: String,
        /// What about it, as a clause.
        reason: &'static str,
    },
    /// The model file cannot be written.
    TooLarge {
        /// What the writer says.
        reason: String,
    },
}

impl Error {
    pub(crate) fn not_served(family: &str, reason: &'static str) -> Self {
        Self::NotServed { family: family.to_owned(), reason }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotServed { family, reason } => write!(f, "`{family}`: {reason}"),
            Self::TooLarge { reason } => write!(f, "the model file: {reason}"),
        }
    }
}

impl std::error::Error for Error {}
