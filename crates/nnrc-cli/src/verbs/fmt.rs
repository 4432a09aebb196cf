//! `nnrc fmt`: files in the one canonical layout.

use std::path::Path;

use serde_json::json;

use crate::args::FmtArgs;
use crate::destination::Destination;
use crate::session::Session;
use crate::terminal::Stop;
use nnrc::disk::{DASH, Disk};

/// Runs the verb. All files are looked at, also after one with errors.
pub fn run(session: &Session, args: &FmtArgs) -> Result<(), Stop> {
    let mut worst = 0;
    for path in &args.files {
        match one(session, path, args.check) {
            Ok(true) => worst = worst.max(u8::from(args.check)),
            Ok(false) => {}
            Err(Stop::BrokenPipe) => return Err(Stop::BrokenPipe),
            Err(stop) => worst = worst.max(session.terminal.end(stop)),
        }
    }
    if worst == 0 { Ok(()) } else { Err(Stop::Said(worst)) }
}

/// Formats one file; tells whether that changes it.
fn one(session: &Session, path: &Path, check: bool) -> Result<bool, Stop> {
    let source = Disk::of(path).source(path)?;
    let formatted = match nnrc_syntax::format(&source.text) {
        Ok(formatted) => formatted,
        Err(diagnostics) => {
            session.terminal.require(&source, &diagnostics)?;
            return Err(Stop::Said(1));
        }
    };
    let differs = formatted != source.text;
    if check {
        if differs && session.terminal.is_json() {
            session.terminal.print_json(&json!({ "file": source.name }))?;
        } else if differs {
            session.terminal.print(&format!("{}\n", source.name))?;
        }
    } else if path.as_os_str() == DASH {
        session.terminal.print(&formatted)?;
    } else if differs {
        Destination::File(path.to_owned())
            .write(&session.terminal, |out| out.write_all(formatted.as_bytes()))?;
        session.terminal.note(&format!("formatted {}", source.name));
    }
    Ok(differs)
}
