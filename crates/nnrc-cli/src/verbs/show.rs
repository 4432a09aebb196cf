//! `nnrc show`: what stands at a place of a network.

use crate::args::ShowArgs;
use crate::session::Session;
use crate::terminal::Stop;

/// Runs the verb.
pub fn run(session: &Session, args: &ShowArgs) -> Result<(), Stop> {
    let terminal = &session.terminal;
    let loaded = session.load(&args.file.file)?;
    let input = session.input(&loaded, &args.values)?;
    let pot = loaded.compile(&input)?;
    match pot.atlas().show(&args.place) {
        Ok(shown) if terminal.is_json() => terminal.print_json(&shown.json()),
        Ok(shown) => terminal.print(&shown.text()),
        Err(unknown) => terminal.usage(&unknown.to_string()),
    }
}
