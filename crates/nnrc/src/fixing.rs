//! Fixes of a text: what its findings say can be written instead, written.
//!
//! Only what is an error without the fix is changed: a text without errors means something, and stays as it is.

use nnrc_syntax::{Diagnostic, Fix, Source, fix};
use serde_json::{Value, json};

use crate::findings;
use crate::project::Project;

/// Fixes come in rounds, since one error hides others. No text needs as many.
const MAX_ROUNDS: usize = 100;

/// A text with everything fixed that can be.
#[derive(Debug, Clone, PartialEq)]
pub struct Fixed {
    /// The text.
    pub text: String,
    /// What was changed, in the order in which it was.
    pub made: Vec<Made>,
}

/// A fix that was made.
#[derive(Debug, Clone, PartialEq)]
pub struct Made {
    /// The code of the finding that is gone.
    pub code: &'static str,
    /// Its message.
    pub message: String,
    /// Line and column of the first edit, from 1, in the text as it was before.
    pub place: (usize, usize),
    /// What became of the text, in words.
    pub change: String,
}

impl Made {
    fn new(source: &Source, finding: &Diagnostic, fix: &Fix) -> Self {
        let start = fix.edits.iter().map(|edit| edit.span.start).min().unwrap_or(0);
        let changes: Vec<String> = fix
            .edits
            .iter()
            .map(|edit| {
                let (old, new) = (source.slice(edit.span).escape_debug(), edit.text.escape_debug());
                match (edit.span.start == edit.span.end, edit.text.is_empty()) {
                    (true, _) => format!("added `{new}`"),
                    (_, true) => format!("removed `{old}`"),
                    _ => format!("`{old}` became `{new}`"),
                }
            })
            .collect();
        Self {
            code: finding.code.name,
            message: finding.message.clone(),
            place: source.line_column(start as usize),
            change: changes.join(", "),
        }
    }

    /// As a JSON object.
    pub fn json(&self) -> Value {
        json!({
            "code": self.code,
            "message": self.message,
            "line": self.place.0,
            "column": self.place.1,
            "change": self.change,
        })
    }
}

impl Project<'_> {
    /// Makes the automatic fixes of all errors, until none is left that has one. A fix is kept if its finding is gone
    /// afterwards; what meets another fix comes after it.
    #[must_use]
    pub fn fixed(&self) -> Fixed {
        let mut project = self.clone();
        let mut made = Vec::new();
        for _ in 0..MAX_ROUNDS {
            let before = project.findings();
            let chosen = fix::together(&before);
            let source = project.source().clone();
            let Some((after, kept)) = project.step(&before, &chosen) else { break };
            made.extend(kept.iter().map(|(finding, fix)| Made::new(&source, finding, fix)));
            project = after;
        }
        Fixed { text: project.source().text.clone(), made }
    }

    /// All findings, where they are in the text.
    fn findings(&self) -> Vec<Diagnostic> {
        let found = match self.check() {
            Ok(checked) => checked.findings,
            Err(failure) => failure.findings,
        };
        found.into_iter().map(|finding| findings::in_text(self.source(), finding)).collect()
    }

    /// All chosen fixes if that works, else the first one that does alone.
    fn step<'f>(&self, before: &[Diagnostic], chosen: &[Choice<'f>]) -> Option<(Self, Vec<Choice<'f>>)> {
        let attempt = |chosen: &[Choice<'f>]| {
            let edits = chosen.iter().flat_map(|(_, fix)| &fix.edits);
            let text = fix::apply(&self.source().text, edits);
            let after = self.clone().saying(text);
            let left = after.findings();
            let is_gone = |(finding, _): &Choice<'_>| count(&left, finding) < count(before, finding);
            chosen.iter().all(is_gone).then(|| (after, chosen.to_vec()))
        };
        if chosen.is_empty() {
            return None;
        }
        attempt(chosen).or_else(|| chosen.iter().find_map(|one| attempt(std::slice::from_ref(one))))
    }
}

/// A finding and its fix.
type Choice<'f> = (&'f Diagnostic, &'f Fix);

/// How often the same is said.
fn count(findings: &[Diagnostic], finding: &Diagnostic) -> usize {
    let is_same = |other: &&Diagnostic| other.code == finding.code && other.message == finding.message;
    findings.iter().filter(is_same).count()
}
