//! The command line of a generated simulation: everything about it that does not depend on the network.
//!
//! A generated crate implements [`Network`] and hands it to [`run`].

mod arguments;
mod console;
mod data;
mod epoch;
mod failure;
mod file_error;
mod help;
mod home;
mod learner;
mod places;
mod pot;
mod results;
mod simulate;
mod train;
mod train_args;
mod usage;
mod verbs;
mod version;
mod widths;
mod words;

use std::process::ExitCode;

use self::console::print;
use self::verbs::dispatch;
pub use crate::defaults::Defaults;
use crate::gradient::Differentiable;
pub use crate::model_error::{ModelError, Signs};
pub use crate::network::{Network, Quantity, Role};
pub use crate::tensors::Tensors;
pub use crate::training::Training;
pub use arguments::{Arguments, Format, Start, parse};
pub use epoch::Epoch;
pub use failure::Failure;
pub use pot::{OnePotProgram, Presentation, Weight, run_and_present};
pub use train_args::TrainArgs;
pub use usage::Usage;
pub use widths::input_width;

/// Runs the command line of the network of a crate. Its constants stand in `data/model.npz` of the crate, which is
/// called `package`, or beside the program, where `--model` names no other file.
pub fn run<N: Network>(package: &str) -> ExitCode {
    dispatch::<N>(package, None)
}

/// The same for a network that can be trained.
pub fn run_and_train<N: Differentiable>(package: &str) -> ExitCode {
    dispatch::<N>(package, Some((&help::overview::<N>, &|words| run_training::<N>(words, package))))
}

fn run_training<N: Differentiable>(words: Vec<String>, package: &str) -> Result<(), Failure> {
    match train_args::parse(words, &N::TRAINING)? {
        None => print(&help::training::<N>()),
        Some(args) => train::run::<N>(&args, &home::model(args.model.as_deref(), package)?),
    }
}
