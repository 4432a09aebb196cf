//! What is wrong with a tensor of the file.

use std::fmt;

use crate::element::Element;
use crate::files::FileError;
use crate::limits;

/// A tensor that cannot be read.
#[derive(Debug, Clone, PartialEq)]
pub struct TensorError {
    /// Its name, or the node and attribute that it stands in.
    pub tensor: String,
    /// What is wrong.
    pub fault: TensorFault,
}

/// What is wrong with a tensor.
#[derive(Debug, Clone, PartialEq)]
pub enum TensorFault {
    /// A type of elements that is not read: complex, 4 and 8 bits wide, quantised; with its number in the standard.
    Type(i32),
    /// Its elements are text where numbers are needed.
    Text,
    /// It is stored as a sparse tensor.
    Sparse,
    /// A size is negative, or the sizes are too many or too large.
    Dims(Vec<i64>),
    /// The number of values is not the product of the sizes.
    Count {
        /// The sizes.
        dims: Vec<i64>,
        /// Values by the sizes.
        expected: usize,
        /// Values in the file.
        found: usize,
    },
    /// The number of bytes is not that of the values.
    Bytes {
        /// The sizes.
        dims: Vec<i64>,
        /// The type.
        element: Element,
        /// Bytes by sizes and type.
        expected: usize,
        /// Bytes in the file.
        found: usize,
    },
    /// A value is NaN or infinite.
    NotFinite {
        /// Which one, in the order of storage.
        index: usize,
        /// NaN or an infinity.
        value: f64,
    },
    /// All constants together have too many values.
    TooManyValues,
    /// Its values should stand in a file beside the model.
    External(ExternalFault),
}

/// What is wrong with values in a file beside the model.
#[derive(Debug, Clone, PartialEq)]
pub enum ExternalFault {
    /// No file is named.
    NoLocation,
    /// The path is absolute, or leads out of the folder of the model.
    Outside(String),
    /// `offset` or `length` is no number.
    Number {
        /// Which of them.
        key: String,
        /// What stands there.
        text: String,
    },
    /// The place is beyond the end of the file.
    Beyond {
        /// The file.
        path: String,
        /// First byte.
        offset: u64,
        /// Number of bytes.
        length: u64,
        /// Bytes of the file.
        size: u64,
    },
    /// The file could not be read.
    File(String, FileError),
}

impl fmt::Display for TensorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.tensor;
        match &self.fault {
            TensorFault::Type(number) => write!(
                f,
                "tensor `{name}` has elements of type {number}; expected float, double, float16, bfloat16, whole \
                 numbers of 8 to 64 bits or bool: export the model without quantisation"
            ),
            TensorFault::Text => write!(
                f,
                "tensor `{name}` holds text (string) where the value needs numbers; only names of classes may be text"
            ),
            TensorFault::Sparse => write!(
                f,
                "initialiser `{name}` is stored as a sparse tensor; expected a dense one: convert it before exporting"
            ),
            TensorFault::Dims(dims) => write!(
                f,
                "tensor `{name}` has the dims {dims:?}; expected at most {} sizes from 0 on, and a product of at most {}",
                limits::RANK,
                limits::CONSTANT_VALUES
            ),
            TensorFault::Count { dims, expected, found } => write!(
                f,
                "tensor `{name}` has dims {dims:?}, which are {expected} values, and {found} values are there; the \
                 file is damaged: export it again"
            ),
            TensorFault::Bytes { dims, element, expected, found } => write!(
                f,
                "tensor `{name}` has dims {dims:?} of type {element}, which are {expected} bytes, and {found} bytes \
                 are there; the file is damaged: export it again"
            ),
            TensorFault::NotFinite { index, value } => write!(
                f,
                "tensor `{name}`: value {index} is {value}; expected finite numbers: train the model again, or repair it"
            ),
            TensorFault::TooManyValues => write!(
                f,
                "tensor `{name}`: all constants together have more than {} values; a network of this size cannot be \
                 imported",
                limits::CONSTANT_VALUES
            ),
            TensorFault::External(fault) => {
                write!(f, "tensor `{name}` ")?;
                fault.fmt(f)
            }
        }
    }
}

impl fmt::Display for ExternalFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoLocation => write!(f, "has its values in another file, and no location says in which"),
            Self::Outside(path) => write!(
                f,
                "has its values in \"{path}\", which is outside of the folder of the model; expected a relative path \
                 without `..`: put the file beside the model and export again"
            ),
            Self::Number { key, text } => {
                write!(f, "has \"{text}\" as the {key} of its external data; expected a number of bytes")
            }
            Self::Beyond { path, offset, length, size } => write!(
                f,
                "has its values in {length} bytes from byte {offset} of \"{path}\" on, which has {size} bytes: they \
                 are past the end; copy or export both files again"
            ),
            Self::File(path, error) => {
                write!(f, "has its values in \"{path}\": ")?;
                match error {
                    FileError::Missing => {
                        write!(f, "there is no such file; it must stand beside the model")
                    }
                    FileError::SymbolicLink => write!(
                        f,
                        "it is a symbolic link, which may lead outside of the folder; put the file itself there"
                    ),
                    FileError::TooLarge => {
                        write!(
                            f,
                            "the files beside the model have more than {} bytes",
                            limits::EXTERNAL_BYTES
                        )
                    }
                    FileError::Other(words) => write!(f, "{words}"),
                }
            }
        }
    }
}

impl std::error::Error for TensorError {}
