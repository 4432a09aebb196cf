//! `nnrc check`: errors, warnings, the size of the chemistry, and how long to run it.

mod fix;

use std::path::Path;

use crate::args::CheckArgs;
use crate::session::Session;
use crate::terminal::Stop;
use nnrc::Checked;
use nnrc::running::Running;
use nnrc::size::{Size, warnings};

/// Runs the verb. All files are looked at, also after one with errors.
pub fn run(session: &Session, args: &CheckArgs) -> Result<(), Stop> {
    let mut worst = 0;
    for path in &args.files {
        match one(session, path, args) {
            Ok(()) => {}
            Err(Stop::BrokenPipe) => return Err(Stop::BrokenPipe),
            Err(stop) => worst = worst.max(session.terminal.end(stop)),
        }
    }
    if worst == 0 { Ok(()) } else { Err(Stop::Said(worst)) }
}

fn one(session: &Session, path: &Path, args: &CheckArgs) -> Result<(), Stop> {
    let disk = session.disk(path);
    let mut project = session.open(path, &disk)?;
    if args.fix {
        project = fix::run(session, path, project)?;
    }
    let loaded = session.checked(&project)?;
    // Of stdin the text itself is the result.
    if args.fix && fix::is_filter(path) { Ok(()) } else { report(session, args, &loaded) }
}

fn report(session: &Session, args: &CheckArgs, loaded: &Checked) -> Result<(), Stop> {
    session.refuse_input(loaded, &args.values, "leave it out")?;
    let input = session.input(loaded, &args.values)?;
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
