//! Networks that learn while samples are presented: the verb `train` of their programs.

mod arguments;
mod help;
mod learn;
mod presentation;

use std::process::ExitCode;

pub use self::presentation::{OnePotProgram, Presentation, Weight};
use super::console::print;
use super::failure::Failure;
use super::home;
use super::verbs::dispatch;

/// Runs the command line of a network that learns while samples are presented; as [`super::run`].
pub fn run_and_present<N: OnePotProgram>(package: &str) -> ExitCode {
    dispatch::<N>(package, Some((&help::overview::<N>, &|words| train::<N>(words, package))))
}

fn train<N: OnePotProgram>(words: Vec<String>, package: &str) -> Result<(), Failure> {
    let defaults = (&N::DEFAULTS, &N::PRESENTATION);
    match arguments::parse(words, defaults)? {
        None => print(&help::training::<N>()),
        Some(arguments) => learn::run::<N>(&arguments, &home::model(arguments.model.as_deref(), package)?),
    }
}
