//! Why a network could not be written.

use std::fmt;
use std::io;

/// Why a network could not be written.
#[derive(Debug)]
pub enum Error {
    /// The presentation of samples has more settings than simulators can load.
    TooManySettings {
        /// Rows presented.
        rows: usize,
        /// Settings of single species in all of them.
        assignments: usize,
    },
    /// A name that no SBML identifier can be made of.
    BadName(String),
    /// A unit that is not a positive number, or beyond what prefixes can say.
    BadUnit {
        /// `unit concentration`, `unit time` or `volume`.
        what: &'static str,
        /// Its value.
        value: f64,
    },
    /// A value of two rails cannot have a rule, as something else has its identifier.
    IdCollision {
        /// The identifier.
        id: String,
        /// What has it.
        with: &'static str,
    },
    /// The output could not be written.
    Io(io::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooManySettings { rows, assignments } => {
                write!(f, "{rows} samples with {assignments} settings are more than events can carry")
            }
            Self::BadName(name) => write!(f, "`{name}` is no SBML identifier"),
            Self::BadUnit { what, value } => {
                write!(f, "the {what} is {value}, expected a positive number from 1e-90 to 1e90")
            }
            Self::IdCollision { id, with } => {
                write!(f, "`{id}` would be both a value of two rails and {with}")
            }
            Self::Io(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            _ => None,
        }
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}
