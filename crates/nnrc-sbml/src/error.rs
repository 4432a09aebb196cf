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
    /// A unit that is not a positive number.
    BadUnit {
        /// `unit concentration`, `unit time` or `volume`.
        what: &'static str,
        /// Its value.
        value: f64,
    },
    /// A value that leaves the range of numbers when it is brought to moles, litres and seconds.
    OutOfRange {
        /// Identifier of the species or parameter.
        id: String,
        /// The value in the units of the network.
        value: f64,
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
            Self::BadUnit { what, value } => write!(f, "the {what} is {value}, expected a positive number"),
            Self::OutOfRange { id, value } => {
                write!(f, "`{id}` = {value} leaves the range of numbers in moles, litres and seconds")
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
