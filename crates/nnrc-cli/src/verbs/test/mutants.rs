//! `nnrc test --mutants`: which faults of a network its expectations let through.

use nnrc::Compiled;
use nnrc::mutants::Options;
use nnrc_syntax::codes;

use crate::args::TestArgs;
use crate::session::{Session, threads};
use crate::terminal::Stop;

/// Tries mutants of a network on which every expectation holds.
pub fn run(session: &Session, pot: &Compiled, args: &TestArgs, count: u64) -> Result<(), Stop> {
    let terminal = &session.terminal;
    let threads = args.threads.map_or_else(threads, |n| n as usize);
    let mutants = pot.mutants(Options { count: count as usize, seed: args.mutant_seed, threads })?;
    if mutants.all.len() < count as usize {
        terminal.note(&format!(
            "the network has {} different mutants, {count} were asked for",
            mutants.all.len()
        ));
    }
    if terminal.is_json() {
        mutants.json().iter().try_for_each(|object| terminal.print_json(object))?;
    } else {
        terminal.print(&mutants.text())?;
    }
    match mutants.counts() {
        [_, 0, _] => Ok(()),
        _ => Err(Stop::Said(codes::EXPECTATION_FAILED.exit)),
    }
}
