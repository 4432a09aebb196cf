//! Why a network is not sound.

use std::fmt;

/// Why a network is not sound.
#[derive(Debug, Clone, PartialEq)]
pub enum CrnError {
    /// Two things share an identifier.
    IdCollision {
        /// The identifier.
        id: String,
        /// One of the two, in words.
        first: String,
        /// The other one.
        second: String,
    },
    /// A concentration, rate constant or time is negative or not finite.
    BadValue {
        /// Which one, in words.
        what: String,
        /// Its value.
        value: f64,
    },
    /// Handles, arities, sizes or indices do not fit: an error of whoever built the network.
    Malformed {
        /// Name of the family.
        family: String,
        /// What does not fit.
        reason: Fault,
    },
}

/// What does not fit in a family.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Said in words.
    Words(&'static str),
    /// A species or rate constant has not one index for each of its axes.
    Rank {
        /// What is indexed.
        of: String,
        /// Number of its axes.
        expected: usize,
        /// Number of indices.
        found: usize,
    },
    /// An index depends on a variable that the family has not.
    NoSuchVariable {
        /// What is indexed.
        of: String,
        /// The position among the variables, from 0.
        position: usize,
        /// Number of variables.
        variables: usize,
    },
    /// An index that is not padded leaves its axis.
    LeavesAxis(Box<Beyond>),
}

/// An index and the axis that it leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beyond {
    /// What is indexed.
    pub of: String,
    /// The index, with variables and places counted from 1.
    pub index: String,
    /// The smallest and the largest place that it names, counted from 1.
    pub places: (i128, i128),
    /// Name of the axis.
    pub axis: String,
    /// Number of its places.
    pub size: usize,
}

impl fmt::Display for CrnError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::IdCollision { id, first, second } => {
                write!(f, "{first} and {second} would both be called `{id}`")
            }
            Self::BadValue { what, value } => {
                write!(f, "{what} is {value}, expected a finite number of at least 0")
            }
            Self::Malformed { family, reason } => write!(f, "family {family}: {reason}"),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Words(reason) => f.write_str(reason),
            Self::Rank { of, expected, found } => {
                write!(f, "expected one index for each axis of {of}, {expected} in all, found {found}")
            }
            Self::NoSuchVariable { of, position, variables } => {
                let number = position.saturating_add(1);
                write!(f, "an index of {of} names index variable {number} of {variables}")
            }
            Self::LeavesAxis(beyond) => {
                let Beyond { of, index, places: (first, last), axis, size } = &**beyond;
                write!(
                    f,
                    "the index {index} of {of} runs from {first} to {last}, beyond axis {axis} (1 to {size})"
                )
            }
        }
    }
}

impl std::error::Error for CrnError {}
