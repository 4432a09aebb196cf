//! What is wrong with a command line.

use std::fmt::{self, Display, Formatter};

/// A slip in the words after a verb.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Usage {
    /// There is no such option; `verb` has a list of those that there are.
    NoOption {
        /// What was found.
        word: String,
        /// Whose options these are; none: of the program.
        verb: Option<&'static str>,
    },
    /// An option without its value.
    NoValue(String),
    /// A value for an option that takes none.
    NeedlessValue(String),
    /// A value that is no finite number.
    NoNumber {
        /// The option.
        option: String,
        /// Its value.
        found: String,
    },
    /// Another value than an option takes.
    Unexpected {
        /// The option.
        option: String,
        /// Its value.
        found: String,
        /// What it takes.
        expected: String,
    },
    /// Options that do not go together, or that are missing: a sentence about them.
    Together(String),
}

impl Usage {
    /// Another value than an option takes.
    pub(super) fn unexpected(option: &str, found: &str, expected: impl Into<String>) -> Self {
        Self::Unexpected { option: option.to_owned(), found: found.to_owned(), expected: expected.into() }
    }

    /// A sentence about several options.
    pub(super) fn together(sentence: impl Into<String>) -> Self {
        Self::Together(sentence.into())
    }
}

impl Display for Usage {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoOption { word, verb: None } => {
                write!(f, "`{word}` is no option of this program; see `--help`")
            }
            Self::NoOption { word, verb: Some(verb) } => {
                write!(f, "`{word}` is no option of `{verb}`; see `{verb} --help`")
            }
            Self::NoValue(option) => write!(f, "`{option}` needs a value"),
            Self::NeedlessValue(option) => write!(f, "`{option}` takes no value"),
            Self::NoNumber { option, found } => write!(f, "`{option}`: `{found}` is not a finite number"),
            Self::Unexpected { option, found, expected } => {
                write!(f, "`{option} {found}`: expected {expected}")
            }
            Self::Together(sentence) => f.write_str(sentence),
        }
    }
}

impl std::error::Error for Usage {}
