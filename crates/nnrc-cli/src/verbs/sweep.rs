//! `nnrc sweep`: one verb with many settings, in parts and on any number of machines.

mod emit;
mod estimate;
mod files;
mod merge;
mod paths;
mod plan;
mod results;
mod run;
mod shard;

use crate::args::Step;
use crate::session::Session;
use crate::terminal::Stop;

/// Runs the verb.
pub fn run(session: &Session, step: &Step) -> Result<(), Stop> {
    match step {
        Step::Plan(args) => plan::run(session, args),
        Step::Run(args) => run::run(session, args),
        Step::Merge(args) => merge::run(session, args),
        Step::Emit(args) => emit::run(session, args),
    }
}
