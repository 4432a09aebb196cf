//! What is wrong with the bytes of a model file.

use std::fmt;

/// Why the bytes are no model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadError {
    /// The message has no graph; an empty file is such a message.
    NoGraph,
    /// A field says that it is longer than the bytes that follow, or a number has no end.
    Truncated {
        /// Bytes from the start of the file to the end of the field's head, about.
        at: usize,
    },
    /// The decoder's words.
    Damaged(String),
    /// More of something than is believed.
    TooLarge {
        /// What there is too much of.
        what: &'static str,
        /// The limit.
        most: usize,
    },
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoGraph => write!(
                f,
                "the file has no graph (an empty file is a valid message without one); expected an ONNX model: \
                 export it again"
            ),
            Self::Truncated { at } => write!(
                f,
                "not an ONNX file, or one that is damaged or truncated: near byte {at} a field is longer than what \
                 follows; copy or export it again"
            ),
            Self::Damaged(words) => {
                write!(f, "not an ONNX file, or a damaged one: {words}; copy or export it again")
            }
            Self::TooLarge { what, most } => {
                write!(f, "the file has more than {most} {what}; a network of this size cannot be imported")
            }
        }
    }
}

impl std::error::Error for ReadError {}
