//! `nnrc completions`: completions for a shell.

use clap::CommandFactory;

use crate::args::{Arguments, CompletionsArgs};
use crate::destination::Destination;
use crate::session::Session;
use crate::terminal::Stop;

/// Runs the verb.
pub fn run(session: &Session, args: &CompletionsArgs) -> Result<(), Stop> {
    // The generator panics where it cannot write, so it gets memory to write to.
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Arguments::command(), "nnrc", &mut text);
    Destination::Stdout.write(&session.terminal, |out| out.write_all(&text))
}
