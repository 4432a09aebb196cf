//! What is said without a verb: help, the version, and command lines that make no sense.

use std::ffi::OsString;
use std::io::{self, Write};

use serde_json::{Value, json};

/// Prints help, or what is wrong with a command line; the exit status.
pub fn print(error: &clap::Error) -> u8 {
    let printed = error.print().and_then(|()| io::stdout().flush());
    match printed {
        // A result that nobody gets is a failure, unless its reader has seen enough.
        Err(failure) if !error.use_stderr() && failure.kind() != io::ErrorKind::BrokenPipe => {
            let reason = nnrc::disk::reason(&failure);
            let _ = writeln!(io::stderr(), "error: cannot write `standard output`: {reason}");
            nnrc_syntax::codes::NOT_WRITABLE.exit
        }
        _ => error.exit_code().try_into().unwrap_or(2),
    }
}

/// Whether findings are wanted as JSON on a command line that cannot be parsed.
pub fn wants_json(words: &[OsString]) -> bool {
    const OPTION: &str = "--message-format";
    let follows = words.windows(2).any(|pair| pair[0] == OPTION && pair[1] == "json");
    follows || words.iter().any(|word| word.to_str() == Some("--message-format=json"))
}

/// What is wrong with a command line.
pub fn as_json(error: &clap::Error) -> Value {
    let text = error.render().to_string();
    // Paragraphs: what is wrong, perhaps tips, how the verb is used, where to find more.
    let mut paragraphs = text.split("\n\n").map(one_line);
    let message = paragraphs.next().unwrap_or_default();
    let tips: Vec<String> =
        paragraphs.filter_map(|words| Some(words.strip_prefix("tip: ")?.to_owned())).collect();
    object(message.strip_prefix("error: ").unwrap_or(&message), &tips)
}

/// The object that tells of wrong usage.
pub fn object(message: &str, help: &[String]) -> Value {
    json!({ "severity": "error", "code": "usage", "message": message, "help": help })
}

fn one_line(paragraph: &str) -> String {
    paragraph.split_whitespace().collect::<Vec<_>>().join(" ")
}
