//! `nnrc check --fix`: what findings say can be written instead, written.

use std::path::Path;

use nnrc::Project;
use nnrc::disk::DASH;
use nnrc::fixing::{Fixed, Made};
use serde_json::json;

use crate::destination::Destination;
use crate::session::Session;
use crate::terminal::Stop;

/// Whether the text comes from stdin: there is no file to change, and the text goes to stdout.
pub fn is_filter(path: &Path) -> bool {
    path.as_os_str() == DASH
}

/// Makes the automatic fixes and says which; the project with its text as it is then.
pub fn run<'r>(session: &Session, path: &Path, project: Project<'r>) -> Result<Project<'r>, Stop> {
    let terminal = &session.terminal;
    let Fixed { text, made } = project.fixed();
    let name = project.source().name.clone();
    let all = || made.iter().map(Made::json).collect::<Vec<_>>();
    let lines = || made.iter().map(|one| line(&name, one)).collect::<String>();
    match (is_filter(path), terminal.is_json()) {
        (true, true) => terminal.print_json(&json!({ "file": name, "fixed": all(), "text": text }))?,
        (true, false) => {
            terminal.print(&text)?;
            if !made.is_empty() {
                terminal.note(lines().trim_end());
            }
        }
        (false, _) if made.is_empty() => {}
        (false, is_json) => {
            let file = Destination::File(path.to_owned());
            file.write(terminal, |out| out.write_all(text.as_bytes()))?;
            // What became of a file is a result, not a remark: `--quiet` does not hide it.
            if is_json {
                terminal.print_json(&json!({ "file": name, "fixed": all() }))?;
            } else {
                terminal.print(&lines())?;
            }
        }
    }
    Ok(project.saying(text))
}

fn line(name: &str, made: &Made) -> String {
    let (line, column) = made.place;
    format!("{name}:{line}:{column}: {} [{}]\n", made.change, made.code)
}
