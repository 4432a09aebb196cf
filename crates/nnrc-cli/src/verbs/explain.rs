//! `nnrc explain`: the words behind a diagnostic code, from the documentation.

use nnrc_syntax::codes;
use serde_json::json;

use crate::args::ExplainArgs;
use crate::session::Session;
use crate::terminal::Stop;

/// The page of the documentation that explains every code.
const PAGE: &str = include_str!("diagnostics.md");

/// What is said about the code with this name.
pub fn explanation(name: &str) -> Option<String> {
    section(name).map(|text| text.to_string())
}

/// Runs the verb.
pub fn run(session: &Session, args: &ExplainArgs) -> Result<(), Stop> {
    let terminal = &session.terminal;
    let Some(name) = &args.code else {
        if terminal.is_json() {
            let all: Vec<_> =
                codes::ALL.iter().map(|code| json!({ "code": code.name, "exit": code.exit })).collect();
            return terminal.print_json(&json!(all));
        }
        let width = codes::ALL.iter().map(|code| code.name.len()).max().unwrap_or(0);
        let lines: String = codes::ALL
            .iter()
            .map(|code| {
                let line = section(code.name).map_or("", summary);
                format!("{:width$}  {line}\n", code.name)
            })
            .collect();
        return terminal.print(&lines);
    };
    let name = name.trim().to_lowercase();
    match section(&name) {
        Some(text) if terminal.is_json() => terminal.print_json(&json!({ "code": name, "text": text })),
        Some(text) => terminal.print(&format!("{name}\n\n{text}\n")),
        None => {
            let near = nnrc_syntax::suggest(&name, codes::ALL.iter().map(|code| code.name));
            let hint = near.map_or_else(
                || "; `nnrc explain` lists all".to_owned(),
                |near| format!("; did you mean `{near}`?"),
            );
            terminal.usage(&format!("there is no diagnostic code `{name}`{hint}"))
        }
    }
}

/// The text under the heading of a code.
fn section(name: &str) -> Option<&'static str> {
    sections().find(|(heading, _)| *heading == name).map(|(_, text)| text)
}

/// Headings and texts of the page.
fn sections() -> impl Iterator<Item = (&'static str, &'static str)> {
    PAGE.split("\n## ").skip(1).filter_map(|part| {
        let (heading, text) = part.split_once('\n')?;
        Some((heading.trim(), text.trim()))
    })
}

/// The first sentence of a section.
fn summary(text: &str) -> &str {
    let paragraph = text.split("\n\n").next().unwrap_or(text);
    let end = paragraph.find(". ").or_else(|| paragraph.find(".\n")).map_or(paragraph.len(), |at| at + 1);
    let sentence = &paragraph[..end];
    sentence.split('\n').next().unwrap_or(sentence)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_its_section_and_every_section_its_code() {
        let documented: Vec<&str> = sections().map(|(heading, _)| heading).collect();
        let known: Vec<&str> = codes::ALL.iter().map(|code| code.name).collect();
        assert_eq!(documented, known, "docs/src/diagnostics.md follows the order of codes::ALL");
        for (heading, text) in sections() {
            assert!(text.len() > 80, "`{heading}` is not explained");
            assert!(summary(text).ends_with('.'), "`{heading}` begins with a sentence on one line: {text}");
        }
    }
}
