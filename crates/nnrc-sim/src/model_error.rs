//! What is wrong with a model file.

use std::fmt::{self, Display, Formatter};
use std::path::PathBuf;

use crate::io::ReadError;

/// Why a model file does not fit a program.
#[derive(Debug, Clone, PartialEq)]
pub enum ModelError {
    /// The file cannot be read.
    Unreadable {
        /// Its name.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// The file is no file of arrays.
    Malformed {
        /// Its name.
        path: PathBuf,
        /// What is wrong with it.
        error: ReadError,
    },
    /// An array cannot be read.
    Array(ReadError),
    /// An array is missing.
    Missing(String),
    /// An array of another shape than the program was built for.
    Shape {
        /// Its name.
        name: String,
        /// Its shape.
        found: Vec<usize>,
        /// The shape of the program.
        expected: Vec<usize>,
    },
    /// An array of another length than its shape says.
    Length(String),
    /// A concentration below 0.
    Concentration {
        /// The array.
        name: String,
        /// The value.
        value: f64,
    },
    /// A value of a sign that the program has no reactions for.
    Sign {
        /// The array.
        name: String,
        /// The value.
        value: f64,
        /// The column, from 1, where there are columns.
        column: Option<usize>,
        /// What is expected.
        expected: Signs,
    },
    /// Arrays about columns of data, of this prefix, that differ in their lengths.
    Columns(String),
}

/// Signs that an array may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signs {
    /// 0 and above.
    NotNegative,
    /// 0 and below.
    NotPositive,
    /// 0 only.
    Zero,
}

impl Display for ModelError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { path, reason } => write!(f, "cannot read `{}`: {reason}", path.display()),
            Self::Malformed { path, error } => write!(f, "`{}`: {error}", path.display()),
            Self::Array(error) => write!(f, "in the model file, {error}"),
            Self::Missing(name) => write!(f, "the model file lacks `{name}`"),
            Self::Shape { name, found, expected } => write!(
                f,
                "`{name}` has shape {found:?} in the model file, this program was built for {expected:?}"
            ),
            Self::Length(name) => write!(f, "`{name}` has another length than its shape says"),
            Self::Concentration { name, value } => {
                write!(f, "`{name}` holds {value}, but a concentration is never negative")
            }
            Self::Sign { name, value, column, expected } => {
                let unserved = match expected {
                    Signs::NotNegative => "negative values",
                    Signs::NotPositive => "positive values",
                    Signs::Zero => "values other than 0",
                };
                let column = column.map_or(String::new(), |column| format!(" in column {column}"));
                write!(
                    f,
                    "`{name}` holds {value}{column}, and this program was built without reactions for {unserved} \
                     there; compile the model again with these weights"
                )
            }
            Self::Columns(prefix) => {
                write!(f, "in the model file, the arrays `{prefix}.…` do not fit each other")
            }
        }
    }
}

impl std::error::Error for ModelError {}
