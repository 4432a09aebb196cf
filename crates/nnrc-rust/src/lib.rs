//! Reaction networks as stand-alone simulation crates.
//!
//! [`generate`] turns a validated network into the files of a crate: loops over constant sizes for the derivative
//! and the layered Jacobian, the numbers in a data file that is read at run time, and a copy of the run-time library.
//!
//! # How a network becomes code
//!
//! 1. `plan`: reaction families with the same changing reactants and the same net change become one function;
//!    everything else about them (rate constants, held species) is collected in its coefficients. Excitation and
//!    inhibition become one signed matrix, a bias joins them where the inputs are held.
//! 2. `coefficient`: a coefficient is a field of the model file, or is *folded*: computed once from fields, and
//!    again when an input that it reads is set.
//! 3. `derivative`, `jacobian`, `values`, `source`: each writes a part of `src/crn.rs`.
//! 4. `package`: the files around it.
//!
//! Code depends on the structure of the network alone: two widths differ in constants, two trainings in nothing.

mod coefficient;
mod components;
mod context;
mod derivative;
mod error;
mod gradient;
mod jacobian;
mod measure;
mod names;
mod nest;
mod package;
mod plan;
mod pot;
mod source;
mod values;

use std::collections::BTreeMap;
use std::path::PathBuf;

pub use error::Error;
use nnrc_crn::{Crn, CrnInfo};
use nnrc_sim::meanings::Meanings;
use nnrc_sim::program;

/// Files by their paths within the crate.
pub type Files = BTreeMap<PathBuf, Vec<u8>>;

/// Name of the file by which a folder is known to be a generated crate.
pub const MARKER: &str = ".nnrc-crate";

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
    pub pot: Option<Pot>,
}

/// What learns while samples are presented.
#[derive(Debug, Clone, PartialEq)]
pub struct Pot {
    /// Weights on two rails: name in weight files, stem of their species.
    pub weights: Vec<(String, String)>,
    /// What is reported as the loss.
    pub loss: nnrc_sim::train::Loss,
    /// How outputs are judged; none: by what the targets say.
    pub reading: Option<nnrc_sim::reading::Reading>,
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
    pub stops: Vec<nnrc_sim::train::Stop>,
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
    pub method: nnrc_sim::Method,
}

/// The path within a crate at which its numbers are: the only file that other weights of the same signs change.
pub const MODEL: &str = "data/model.npz";

/// The run-time library as a crate of its own, for [`Options::sim_path`].
pub fn library() -> Files {
    package::library()
}

/// Gives the package of a crate, and with it its program, another name.
pub fn rename(files: &mut Files, crn: &Crn, name: &str) {
    package::rename(files, crn, name);
}

/// The files of a crate that simulates a network, whose receipt is `info`.
///
/// # Errors
///
/// [`Error::NotServed`] for a reaction family whose shape has no loop yet.
pub fn generate(crn: &Crn, info: &CrnInfo, options: &Options) -> Result<Files, Error> {
    let trained = options.training.iter().flat_map(|training| &training.tensors);
    let trained: Vec<&str> = trained.map(|one| one.constant.as_str()).collect();
    let plan = plan::Plan::new(crn, info, &trained)?;
    package::files(crn, &source::crn_rs(&plan, options)?, options)
}
