//! `nnrc noise`: checked, but not served by this version.

use nnrc_syntax::{Diagnostic, Severity, codes};

use crate::args::NoiseArgs;
use crate::session::Session;
use crate::terminal::Stop;

/// Runs `nnrc noise`.
pub fn noise(session: &Session, args: &NoiseArgs) -> Result<(), Stop> {
    // What is wrong with the file is worth knowing now.
    let loaded = session.load(&args.file.file)?;
    let finding = Diagnostic::global(Severity::Error, codes::NOT_SERVED, "noise is not served yet")
        .help("`nnrc simulate` runs without noise");
    session.terminal.fail(&loaded.source, finding)
}
