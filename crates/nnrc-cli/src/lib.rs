//! The nnrc command: compiles neural networks into chemistry.
//!
//! The command owns all input and output of the compiler. A verb goes through `session` for the model, through
//! `pot` for its chemistry, and says what it found through `terminal`.
//!
//! - [`agreement`]: one SBML file in every engine that is installed;
//! - `args`: what can be written on the command line, and its help;
//! - `files`: reading sources, weights and data, writing results whole or not at all, never over what was read;
//! - `interrupt`: signals that end the command;
//! - `session`: from a path to a checked model, with the input values that the command line asks for;
//! - `pot`: from a model to reactions that can be integrated;
//! - `native`: the same in generated crates, which are built in a cache;
//! - `training`: from a model to trained weights;
//! - `phased`: cycles of a clock, learning by it, the phase map;
//! - `usage`: command lines that make no sense, for programs;
//! - `report`: size report and texts that several verbs share;
//! - `verbs`: one file for each verb;
//! - `plot`: time courses as SVG.

pub mod agreement;
mod args;
mod destination;
mod interrupt;
mod measurements;
mod native;
mod notes;
mod panics;
mod records;
mod session;
mod terminal;
mod training;
mod usage;
mod verbs;

use std::ffi::OsString;
use std::io::Write;

use clap::Parser;

use args::{Arguments, Verb};
use session::Session;
use terminal::Terminal;

pub use verbs::compile::folder::write as write_crate;
pub use verbs::explain::explanation;

/// What can be written on the command line, for whoever documents it.
pub fn command() -> clap::Command {
    <Arguments as clap::CommandFactory>::command()
}

/// Runs the command and returns its exit status.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    panics::install();
    let words: Vec<OsString> = arguments.into_iter().collect();
    interrupt::watch(&words);
    let arguments = match Arguments::try_parse_from(&words) {
        Ok(arguments) => arguments,
        Err(error) if error.use_stderr() && usage::wants_json(&words) => {
            // Nobody is left to tell if even this cannot be written.
            let _ = writeln!(std::io::stderr(), "{}", usage::as_json(&error));
            return error.exit_code().try_into().unwrap_or(2);
        }
        Err(error) => return usage::print(&error),
    };
    let terminal = Terminal::new(&arguments.common);
    if let Some(option) = arguments.common.of_model().filter(|_| !arguments.verb.reads_models()) {
        let refused: Result<(), _> =
            terminal.usage(&format!("{option}: this verb reads no model that it could change"));
        return refused.map_or_else(|stop| terminal.end(stop), |()| 0);
    }
    let session = Session::new(terminal, arguments.common);
    match verb(&session, arguments.verb) {
        Ok(()) => 0,
        Err(stop) => session.terminal.end(stop),
    }
}

fn verb(session: &Session, verb: Verb) -> Result<(), terminal::Stop> {
    match verb {
        Verb::Compile(args) => verbs::compile::run(session, &args),
        Verb::Check(args) => verbs::check::run(session, &args),
        Verb::Simulate(args) => verbs::simulate::run(session, &args),
        Verb::Train(args) => verbs::train::run(session, &args),
        Verb::Test(args) => verbs::test::run(session, &args),
        Verb::Import(args) => verbs::import::run(session, &args),
        Verb::Noise(args) => verbs::noise::run(session, &args),
        Verb::Sweep(args) => verbs::sweep::run(session, &args.step),
        Verb::Analyze(args) => verbs::analyze::run(session, &args),
        Verb::Verify(args) => verbs::verify::run(session, &args),
        Verb::Show(args) => verbs::show::run(session, &args),
        Verb::Draw(args) => verbs::draw::run(session, &args),
        Verb::Report(args) => verbs::report::run(session, &args),
        Verb::Fmt(args) => verbs::fmt::run(session, &args),
        Verb::Explain(args) => verbs::explain::run(session, &args),
        Verb::Emit(args) => verbs::emit::run(session, &args),
        Verb::New(args) => verbs::new::run(session, &args),
        Verb::Reproduce(args) => verbs::reproduce::run(session, &args),
        Verb::Lsp(_) => verbs::lsp::run(session),
        Verb::Completions(args) => verbs::completions::run(session, &args),
    }
}
