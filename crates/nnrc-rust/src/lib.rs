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
mod options;
mod package;
mod plan;
mod pot;
mod source;
mod values;

use nnrc_crn::{Crn, CrnInfo};

pub use error::Error;
pub use options::{OnePot, Options, Simulation, Trained, Training};
pub use package::{Files, MARKER, MODEL, library, rename};

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
