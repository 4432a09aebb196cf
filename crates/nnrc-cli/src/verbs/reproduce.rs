//! `nnrc reproduce`: an archive derived again from its source, and compared.

use nnrc::export::reproduce::reproduce;
use nnrc::numbers::{count, plural};
use nnrc_sim::io::read_file;
use nnrc_syntax::{Diagnostic, Severity, Source, codes};
use serde_json::json;

use crate::args::ReproduceArgs;
use crate::notes::Notes;
use crate::session::Session;
use crate::terminal::Stop;

/// Runs the verb.
pub fn run(session: &Session, args: &ReproduceArgs) -> Result<(), Stop> {
    let terminal = &session.terminal;
    let name = args.file.display().to_string();
    let source = Source::new(&*name, "");
    let bytes = match read_file(&args.file) {
        Ok(bytes) => bytes,
        Err(error) => {
            let message = format!("cannot read `{name}`: {}", nnrc::disk::reason(&error));
            let finding = Diagnostic::global(Severity::Error, codes::UNREADABLE_FILE, message);
            return terminal.fail(&source, finding);
        }
    };
    let found = reproduce(&name, &bytes, &mut Notes(terminal))?;
    if let Some(version) = &found.other_version {
        terminal.note(&format!(
            "nnrc {version} made it: numbers are compared, and bytes are not, which differ between versions"
        ));
    }
    if terminal.is_json() {
        let differences: Vec<_> =
            found.differences.iter().map(|one| json!({ "member": one.member, "place": one.place })).collect();
        terminal.print_json(&json!({
            "archive": name,
            "same": found.differences.is_empty(),
            "other_version": found.other_version,
            "members": found.members,
            "numbers": found.numbers,
            "differences": differences,
        }))?;
    }
    if found.differences.is_empty() {
        if !terminal.is_json() {
            let members = plural(found.members, "member");
            terminal.print(&format!("reproduced: {members}, {} numbers\n", count(found.numbers)))?;
        }
        return Ok(());
    }
    let findings: Vec<Diagnostic> = found
        .differences
        .iter()
        .map(|one| {
            let message = format!("`{name}`, {one}");
            Diagnostic::global(Severity::Error, codes::NOT_REPRODUCED, message)
        })
        .collect();
    terminal.require(&source, &findings)
}
