//! Files of a sweep: the manifest, the model, and what that reads.

use std::collections::BTreeMap;
use std::path::Path;

use nnrc::disk::{DASH, reason};
use nnrc::sweep::{Manifest, digest};
use nnrc_sim::io::read_file;
use nnrc_syntax::{Diagnostic, Severity, Source, codes};

use crate::session::Session;
use crate::terminal::Stop;

/// Reads a manifest.
pub fn manifest(session: &Session, path: &Path) -> Result<Manifest, Stop> {
    if path.as_os_str() == DASH {
        return session.terminal.usage("a manifest is a file: paths in it begin at its folder");
    }
    let name = path.display().to_string();
    session.reads(path);
    let bytes = read(session, path, &name)?;
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(_) => {
            let message = format!("`{name}` is no manifest of a sweep: it is not UTF-8 text");
            let finding = Diagnostic::global(Severity::Error, codes::MALFORMED_FILE, message)
                .help("`nnrc sweep plan FILE.nnr -o sweep.jsonl` writes a manifest");
            return session.terminal.fail(&Source::new(name, ""), finding);
        }
    };
    Ok(Manifest::read(&name, &text)?)
}

/// Hashes of files in a folder, by their names.
pub fn digests(
    session: &Session,
    folder: &Path,
    names: impl IntoIterator<Item = String>,
) -> Result<BTreeMap<String, String>, Stop> {
    let hashed = |name: String| -> Result<(String, String), Stop> {
        let bytes = read(session, &folder.join(&name), &name)?;
        Ok((name, digest(&bytes)))
    };
    names.into_iter().map(hashed).collect()
}

/// Whether all files are those that the sweep was planned with.
pub fn require_unchanged(session: &Session, manifest: &Manifest, folder: &Path) -> Result<(), Stop> {
    let found = digests(session, folder, manifest.files().keys().cloned())?;
    let mut changed = manifest.files().iter().filter(|(name, hash)| found.get(*name) != Some(*hash));
    let Some((name, _)) = changed.next() else { return Ok(()) };
    let place = folder.join(name);
    let message = format!("`{}` has changed since the sweep was planned", place.display());
    let mut finding = Diagnostic::global(Severity::Error, codes::STALE_MANIFEST, message);
    let others = changed.count();
    if others > 0 {
        finding = finding.help(format!("and so have {others} other files"));
    }
    finding = finding
        .help("bring back the file that it was planned with, or plan the sweep anew: `nnrc sweep plan`");
    session.terminal.fail(&Source::new("", ""), finding)
}

/// The bytes of a file.
fn read(session: &Session, path: &Path, name: &str) -> Result<Vec<u8>, Stop> {
    match read_file(path) {
        Ok(bytes) => Ok(bytes),
        Err(error) => {
            let message = format!("cannot read `{}`: {}", path.display(), reason(&error));
            let finding = Diagnostic::global(Severity::Error, codes::UNREADABLE_FILE, message);
            session.terminal.fail(&Source::new(name, ""), finding)
        }
    }
}
