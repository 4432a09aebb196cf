//! `nnrc train` and `nnrc noise`: checked, but not served by this version.

use std::path::Path;

use nnrc_syntax::{Diagnostic, Severity, codes};

use crate::args::{NoiseArgs, TrainArgs};
use crate::session::Session;
use crate::terminal::Stop;

/// Runs `nnrc train`.
pub fn train(session: &Session, args: &TrainArgs) -> Result<(), Stop> {
    let help =
        "train elsewhere and give the weights: `weights from \"trained.npz\" { }` or `--weights trained.npz`";
    not_served(session, &args.file.file, "training is not served yet", help)
}

/// Runs `nnrc noise`.
pub fn noise(session: &Session, args: &NoiseArgs) -> Result<(), Stop> {
    not_served(session, &args.file.file, "noise is not served yet", "`nnrc simulate` runs without noise")
}

fn not_served(session: &Session, path: &Path, message: &str, help: &str) -> Result<(), Stop> {
    // What is wrong with the file is worth knowing now.
    let loaded = session.load(path)?;
    let finding = Diagnostic::global(Severity::Error, codes::NOT_SERVED, message).help(help);
    session.terminal.fail(&loaded.source, finding)
}
