//! Which verb of a program is wanted, and what all programs have.

use std::process::ExitCode;

use super::arguments::parse;
use super::console::{complain, print};
use super::failure::Failure;
use super::{help, home, simulate, version};
use crate::network::Network;
use crate::settings::Method;

/// What the program can do, in words, and what carries out its verb `train`.
pub(crate) type Training<'a> = (&'a dyn Fn() -> String, &'a dyn Fn(Vec<String>) -> Result<(), Failure>);

/// Carries out the verb of the command line.
pub(crate) fn dispatch<N: Network>(package: &str, training: Option<Training<'_>>) -> ExitCode {
    let mut words = std::env::args().skip(1);
    let verb = words.next();
    let result = match (verb.as_deref(), training) {
        (Some("simulate"), _) => simulation::<N>(words, package),
        (Some("train"), Some((_, train))) => train(words.collect()),
        (Some("train"), None) => {
            Err("this program does not train: the model it was made from has no `train` block"
                .to_owned()
                .into())
        }
        (None | Some("help" | "-h" | "--help"), _) => {
            print(&training.map_or_else(help::text::<N>, |(overview, _)| overview()))
        }
        (Some("-V" | "--version"), _) => print(&version::text(package)),
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

fn simulation<N: Network>(words: impl Iterator<Item = String>, package: &str) -> Result<(), Failure> {
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
