//! Command lines that make no sense, as JSON.

use std::ffi::OsString;

use serde_json::{Value, json};

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
