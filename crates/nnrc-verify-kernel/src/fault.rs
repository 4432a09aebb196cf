//! Why there is no proof.

use std::fmt;

/// What a fault is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The file, the network or the certificate is invalid or outside the class that can be verified.
    Invalid,
    /// The file is of the class, and no method decided.
    Undecided,
}

/// Why there is no proof: a code for programs and a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What it is about.
    pub kind: Kind,
    /// A word that stands for the reason: `not-polynomial`.
    pub code: &'static str,
    /// What was found, where, and what was expected.
    pub message: String,
}

impl Fault {
    /// Something invalid or outside the class.
    pub fn invalid(code: &'static str, message: impl Into<String>) -> Self {
        Self { kind: Kind::Invalid, code, message: message.into() }
    }

    /// Something that no method decides.
    pub fn undecided(code: &'static str, message: impl Into<String>) -> Self {
        Self { kind: Kind::Undecided, code, message: message.into() }
    }

    /// The same with where it is.
    #[must_use]
    pub fn within(mut self, place: &str) -> Self {
        self.message = format!("{place}: {}", self.message);
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for Fault {}
