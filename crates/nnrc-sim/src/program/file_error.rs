//! What is wrong with files of samples, weights and checkpoints.

use std::fmt::{self, Display, Formatter};
use std::io;
use std::path::{Path, PathBuf};

use crate::io::ReadError;
use crate::train::Difference;

/// A file and what is wrong with it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FileError {
    path: PathBuf,
    fault: Fault,
}

/// What is wrong with a file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Fault {
    /// It cannot be read, for what the system says.
    Unreadable(String),
    /// It cannot be written.
    Unwritable(String),
    /// It is not what its name says, or damaged.
    Malformed(ReadError),
    /// An array is missing.
    NoArray(String),
    /// An array of weights is missing, or has another shape.
    NoTensor(&'static str, &'static [usize]),
    /// An array of another shape: its name, its shape, and the width of a row, if that is known.
    Shape(String, Vec<usize>, Option<usize>),
    /// Numbers of inputs and targets that differ.
    Counts(usize, usize),
    /// There are no samples.
    NoSamples,
    /// Its columns stand in another order than these.
    Columns(Vec<String>),
    /// A row, from 1.
    Row(usize, RowFault),
    /// It is the checkpoint of another training, of which this differs.
    OtherTraining(Vec<Difference>),
    /// It is no checkpoint of a network: an array is missing or does not fit.
    NoCheckpointOfNetwork(String),
    /// It is no checkpoint of a pot: an array is missing.
    NoCheckpointOfPot(String),
    /// It is a checkpoint that is damaged.
    Damaged,
}

/// What is wrong with a row of samples.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum RowFault {
    /// The inputs, and what may be the reason.
    Input(InputError, &'static str),
    /// A number that is no class, and the last class.
    Class(f64, usize),
    /// Numbers of targets and of outputs.
    Targets(usize, usize),
    /// Targets of a cross-entropy.
    Probabilities,
}

/// What is wrong with values for the inputs of a network.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum InputError {
    /// Their number, and that of the inputs.
    Count(usize, usize),
    /// A concentration below 0: its name and element, from 1.
    Negative(&'static str, usize, f64),
    /// A value outside the range of its input.
    Outside(&'static str, usize, f64, [f64; 2]),
}

impl FileError {
    pub fn new(path: &Path, fault: Fault) -> Self {
        Self { path: path.to_owned(), fault }
    }

    /// It cannot be read.
    pub fn unreadable(path: &Path, error: &io::Error) -> Self {
        Self::new(path, Fault::Unreadable(error.to_string()))
    }

    /// It cannot be written.
    pub fn unwritable(path: &Path, error: &io::Error) -> Self {
        Self::new(path, Fault::Unwritable(error.to_string()))
    }

    /// A row, counted from 0.
    pub fn row(path: &Path, at: usize, fault: RowFault) -> Self {
        Self::new(path, Fault::Row(at + 1, fault))
    }
}

impl Display for FileError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let name = self.path.display();
        match &self.fault {
            Fault::Unreadable(reason) => write!(f, "cannot read `{name}`: {reason}"),
            Fault::Unwritable(reason) => write!(f, "cannot write `{name}`: {reason}"),
            Fault::Malformed(error) => write!(f, "`{name}`: {error}"),
            Fault::NoArray(array) => write!(f, "`{name}` has no array `{array}`"),
            Fault::NoTensor(tensor, shape) => write!(f, "`{name}` has no `{tensor}` of shape {shape:?}"),
            Fault::Shape(array, shape, width) => {
                let width = width.map_or("some".to_owned(), |width| width.to_string());
                write!(f, "`{name}`: `{array}` has shape {shape:?}, expected rows of {width} values")
            }
            Fault::Counts(inputs, targets) => write!(f, "`{name}`: {inputs} inputs and {targets} targets"),
            Fault::NoSamples => write!(f, "`{name}` holds no samples"),
            Fault::Columns(expected) => write!(
                f,
                "`{name}`: its columns stand in another order than those of the network; expected first: {}",
                expected.join(", ")
            ),
            Fault::Row(row, fault) => write!(f, "`{name}`, row {row}: {fault}"),
            Fault::OtherTraining(differences) => {
                let what = match differences.as_slice() {
                    [] => "it was made with other samples, numbers or settings".to_owned(),
                    several => several.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "),
                };
                write!(f, "`{name}` belongs to another training: {what}; leave out `--resume`")
            }
            Fault::NoCheckpointOfNetwork(array) => {
                write!(f, "`{name}` is no checkpoint of this network: `{array}` is missing or does not fit")
            }
            Fault::NoCheckpointOfPot(array) => {
                write!(f, "`{name}` is no checkpoint of a pot: `{array}` is missing")
            }
            Fault::Damaged => write!(f, "`{name}` is damaged; leave out `--resume`"),
        }
    }
}

impl Display for RowFault {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Input(error, hint) => write!(f, "{error}{hint}"),
            Self::Class(class, last) => {
                write!(f, "{class} is no class; expected a whole number from 0 to {last}")
            }
            Self::Targets(found, outputs) => write!(f, "{found} targets for {outputs} outputs"),
            Self::Probabilities => f.write_str(
                "the targets are no probabilities; a cross-entropy needs targets of at least 0 that add up to 1",
            ),
        }
    }
}

impl Display for InputError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(found, inputs) => write!(f, "{found} values for {inputs} inputs"),
            Self::Negative(name, element, value) => {
                write!(f, "{name}_{element} is {value}, but a concentration is never negative")
            }
            Self::Outside(name, element, value, [low, high]) => {
                write!(f, "{name}_{element} is {value}, outside its range [{low}, {high}]")
            }
        }
    }
}

impl std::error::Error for FileError {}

impl std::error::Error for InputError {}
