//! `nnrc sweep emit`: what runs the shards.

use nnrc::sweep::Script;

use super::files::manifest;
use crate::args::ScriptArgs;
use crate::destination::Destination;
use crate::session::Session;
use crate::terminal::Stop;

/// Runs the step.
pub fn run(session: &Session, args: &ScriptArgs) -> Result<(), Stop> {
    let terminal = &session.terminal;
    let path = &args.manifest.manifest;
    let manifest = manifest(session, path)?;
    let output = args.output.as_deref().map_or(Destination::Stdout, Destination::new);
    session.require_places(&[&output])?;
    let script = Script {
        manifest: path.display().to_string(),
        results: args.results.display().to_string(),
        table: args.table.display().to_string(),
        shards: args.shards.or(manifest.design().shards).unwrap_or(1),
        minutes: args.minutes,
    };
    match script.text(args.driver.into()) {
        Ok(text) => output.write(terminal, |out| out.write_all(text.as_bytes())),
        Err(words) => terminal.usage(&words),
    }
}
