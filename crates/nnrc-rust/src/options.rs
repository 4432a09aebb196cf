//! What whoever wants a crate says about it, beside the network.

use nnrc_sim::meanings::Meanings;
use nnrc_sim::reading::Reading;
use nnrc_sim::train::{Loss, Stop};
use nnrc_sim::{Method, program};

/// What a generated crate looks like.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Options {
    /// Path of the run-time library, written into `Cargo.toml` as it is; none: the crate carries a copy.
    pub sim_path: Option<String>,
    /// Defaults of the verb `simulate`; none: those of the run-time library.
    pub simulation: Option<Simulation>,
    /// Ranges of inputs, by the stems of their observables: the program refuses what lies outside.
    pub ranges: Vec<(String, f64, f64)>,
    /// What inputs and outputs are: the program scales measurements by it.
    pub meanings: Meanings,
    /// What is trained; none: the program only simulates, or presents samples.
    pub training: Option<Training>,
    /// What learns while samples are presented, by the feed of the network; none: no samples are presented.
    pub pot: Option<OnePot>,
}

/// What learns while samples are presented.
#[derive(Debug, Clone, PartialEq)]
pub struct OnePot {
    /// Weights on two rails: name in weight files, stem of their species.
    pub weights: Vec<(String, String)>,
    /// What is reported as the loss.
    pub loss: Loss,
    /// How outputs are judged; none: by what the targets say.
    pub reading: Option<Reading>,
    /// What a difference of 1 in an output means in the units of the data; empty: 1.
    pub units: Vec<f64>,
}

/// What a generated program trains.
#[derive(Debug, Clone, PartialEq)]
pub struct Training {
    /// The tensors, in the order in which they stand in flat vectors.
    pub tensors: Vec<Trained>,
    /// Defaults of the verb `train`; none: those of the run-time library.
    pub defaults: Option<program::Training>,
    /// Ends by a metric, among the defaults.
    pub stops: Vec<Stop>,
    /// What a difference of 1 in an output means in the units of the data, among the defaults; empty: 1.
    pub units: Vec<f64>,
}

/// A tensor that is trained: rate constants, a vector or a matrix.
#[derive(Debug, Clone, PartialEq)]
pub struct Trained {
    /// Name of the rate constants.
    pub constant: String,
    /// Name of the tensor in weight files.
    pub key: String,
    /// Rate constant of a weight of 1.
    pub scale: f64,
}

/// Defaults of the verb `simulate` of a generated program.
#[derive(Debug, Clone, PartialEq)]
pub struct Simulation {
    /// End of the time course, in time units; none: when all has settled.
    pub until: Option<f64>,
    /// Rows of the time course.
    pub points: Option<usize>,
    /// Time between two rows, where that counts instead of their number.
    pub every: Option<f64>,
    /// Names of the observables that are shown; none: all.
    pub record: Option<Vec<String>>,
    /// Relative tolerance.
    pub relative: f64,
    /// Absolute tolerance, in concentration units.
    pub absolute: f64,
    /// How to step through time.
    pub method: Method,
}
