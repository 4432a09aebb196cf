//! The command line of a generated simulation: everything about it that does not depend on the network.
//!
//! A generated crate implements [`Network`] and hands it to [`run`].

mod arguments;
mod data;
mod epoch;
mod failure;
mod help;
mod home;
mod lesson;
mod places;
mod pot;
mod pupil;
mod results;
mod simulate;
mod teach;

use std::io::Write;
use std::process::ExitCode;

pub use crate::defaults::Defaults;
use crate::gradient::Differentiable;
pub use crate::network::{Network, Quantity, Role};
use crate::settings::Method;
pub use crate::tensors::{Signs, Tensors};
pub use crate::training::Training;
pub use arguments::{Arguments, Format, Start, parse};
pub use epoch::Epoch;
pub use failure::Failure;
pub use lesson::Lesson;
pub use pot::{Pot, Presentation, Weight, run_and_present};

/// Number of elements of all inputs.
pub fn input_width<N: Network>() -> usize {
    N::quantities().iter().filter(|quantity| quantity.role.is_input()).map(|quantity| quantity.width).sum()
}

/// Places of the outputs in what the network observes.
fn output_places<N: Network>() -> Vec<usize> {
    let (mut places, mut start) = (Vec::new(), 0);
    for quantity in N::quantities() {
        let range = start..start + quantity.width;
        start = range.end;
        if quantity.role == Role::Output {
            places.extend(range);
        }
    }
    places
}

/// Runs the command line of the network of a crate. Its constants stand in `data/model.npz` of the crate, which is
/// called `package`, or beside the program, where `--model` names no other file.
pub fn run<N: Network>(package: &str) -> ExitCode {
    dispatch::<N>(package, None)
}

/// The same for a network that can be trained.
pub fn run_and_train<N: Differentiable>(package: &str) -> ExitCode {
    dispatch::<N>(package, Some((&help::overview::<N>, &|words| teach::<N>(words, package))))
}

/// What the program can do, in words, and what carries out its verb `train`.
type Teach<'a> = (&'a dyn Fn() -> String, &'a dyn Fn(Vec<String>) -> Result<(), Failure>);

fn dispatch<N: Network>(package: &str, teach: Option<Teach<'_>>) -> ExitCode {
    let mut words = std::env::args().skip(1);
    let verb = words.next();
    let result = match (verb.as_deref(), teach) {
        (Some("simulate"), _) => simulate::<N>(words, package),
        (Some("train"), Some((_, teach))) => teach(words.collect()),
        (Some("train"), None) => {
            Err("this program does not train: the model it was made from has no `train` block"
                .to_owned()
                .into())
        }
        (None | Some("help" | "-h" | "--help"), _) => {
            print(&teach.map_or_else(help::text::<N>, |(overview, _)| overview()))
        }
        (Some(other), _) => Err(format!("`{other}` is no verb of this program; try `--help`").into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            complain(&failure.message);
            ExitCode::from(failure.exit)
        }
    }
}

fn teach<N: Differentiable>(words: Vec<String>, package: &str) -> Result<(), Failure> {
    match lesson::parse(words, &N::TRAINING)? {
        None => print(&help::training::<N>()),
        Some(lesson) => teach::run::<N>(&lesson, &home::model(lesson.model.as_deref(), package)?),
    }
}

fn simulate<N: Network>(words: impl Iterator<Item = String>, package: &str) -> Result<(), Failure> {
    match parse(words, &N::DEFAULTS)? {
        None => print(&help::text::<N>()),
        Some(mut arguments) => {
            if !N::IS_SOLVED && arguments.method == Method::Auto {
                arguments.method = Method::Explicit;
            }
            if let Some(unknown) = arguments.record.iter().flatten().find(|name| !is_quantity::<N>(name)) {
                return Err(format!("`--record {unknown}`: see `--help` for what can be recorded").into());
            }
            simulate::run::<N>(&arguments, &home::model(arguments.model.as_deref(), package)?)
        }
    }
}

fn is_quantity<N: Network>(name: &str) -> bool {
    N::quantities().iter().any(|quantity| quantity.name == name)
}

/// Writes to stdout; a reader that went away is no failure.
fn print(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(format!("cannot write to standard output: {error}").into())
        }
        _ => Ok(()),
    }
}

/// A remark on progress.
fn say(message: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{message}");
}

fn complain(message: &str) {
    let _ = writeln!(std::io::stderr().lock(), "error: {message}");
}
