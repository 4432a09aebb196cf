//! `nnrc check`: errors, warnings, the size of the chemistry, and how long to run it.

use crate::args::CheckArgs;
use crate::session::Session;
use crate::terminal::Stop;
use nnrc::running::Running;
use nnrc::size::{Size, warnings};

/// Runs the verb.
pub fn run(session: &Session, args: &CheckArgs) -> Result<(), Stop> {
    let loaded = session.load(&args.file.file)?;
    session.refuse_input(&loaded, &args.values, "leave it out")?;
    let input = session.input(&loaded, &args.values)?;
    let pot = loaded.compile(&input)?;
    session.terminal.diagnostics(&loaded.source, &warnings(&pot, true));
    let size = Size::of(&pot);
    let running = Running::of(&pot);
    if session.terminal.is_json() {
        let mut report = size.json();
        running.add_to(&mut report);
        report["file"] = loaded.source.name.clone().into();
        report["network"] = pot.model.name.clone().into();
        return session.terminal.print_json(&report);
    }
    let construction = pot.model.chemistry.construction.name();
    session.terminal.print(&format!(
        "network         {} ({construction})\n{}{}",
        pot.model.name,
        size.text(),
        running.text()
    ))
}
