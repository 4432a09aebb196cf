//! `nnrc new`: a small model that works.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::PathBuf;

use nnrc_syntax::{Diagnostic, Severity, Source, codes};

use crate::args::NewArgs;
use crate::session::Session;
use crate::terminal::Stop;

/// The model; `NAME` stands for the name of the network.
const TEMPLATE: &str = include_str!("template.nnr");

/// Runs the verb.
pub fn run(session: &Session, args: &NewArgs) -> Result<(), Stop> {
    let terminal = &session.terminal;
    let name = args.name.strip_suffix(".nnr").unwrap_or(&args.name);
    let text = TEMPLATE.replace("NAME", name);
    let is_word = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    // Keywords of the language are words, too, but no names.
    if !is_word || nnrc_syntax::parse(&text).is_err() {
        return terminal.usage(&format!(
            "`{name}` cannot be the name of a network; use letters, digits and `_`, and no keyword"
        ));
    }
    let path = PathBuf::from(format!("{name}.nnr"));
    // Creating the file and refusing an existing one is one step, so that nothing can come between.
    let created = OpenOptions::new().write(true).create_new(true).open(&path);
    let written = created.and_then(|mut file| {
        let written = file.write_all(text.as_bytes());
        // A part of a model is none; what led here is the failure to report.
        written.inspect_err(|_| drop(std::fs::remove_file(&path)))
    });
    if let Err(error) = written {
        let reason = match error.kind() {
            io::ErrorKind::AlreadyExists => "it exists already".to_owned(),
            _ => error.to_string(),
        };
        let message = format!("cannot write `{}`: {reason}", path.display());
        let finding = Diagnostic::global(Severity::Error, codes::NOT_WRITABLE, message);
        return terminal.fail(&Source::new("", ""), finding);
    }
    terminal.note(&format!("wrote {0}; try `nnrc test {0}`", path.display()));
    Ok(())
}
