//! Findings for programs: the one JSON form of a diagnostic, for command, editors and bindings alike.

use nnrc_syntax::{Applicability, Diagnostic, Edit, Fix, Severity, Source, Span};
use serde_json::{Value, json};

/// A finding without the places that are not in the text: those of blocks that settings made.
pub fn in_text(source: &Source, mut finding: Diagnostic) -> Diagnostic {
    let is_in = |span: &Span| span.is_in_text() && span.end as usize <= source.text.len();
    finding.span = finding.span.filter(is_in);
    finding.others.retain(|(span, _)| is_in(span));
    finding.fixes.retain(|fix| fix.edits.iter().all(|edit| is_in(&edit.span)));
    finding
}

/// One finding as a JSON object. Lines and columns count from 1, columns in characters.
pub fn json(source: &Source, finding: &Diagnostic) -> Value {
    let finding = &in_text(source, finding.clone());
    let severity = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    let place = |span: nnrc_syntax::Span| {
        let (line, column) = source.line_column(span.start as usize);
        let (end_line, end_column) = source.line_column(span.end as usize);
        json!({ "line": line, "column": column, "end_line": end_line, "end_column": end_column })
    };
    let mut object = json!({
        "severity": severity,
        "code": finding.code.name,
        "message": finding.message,
        "file": source.name,
        "line": null,
        "column": null,
        "end_line": null,
        "end_column": null,
        "label": finding.label,
        "help": finding.help,
    });
    let others: Vec<Value> = finding
        .others
        .iter()
        .map(|(span, words)| {
            let mut other = place(*span);
            other["label"] = json!(words);
            other
        })
        .collect();
    object["others"] = json!(others);
    object["fixes"] = json!(fixes(finding, place));
    if let Some(span) = finding.span {
        let found = place(span);
        for key in ["line", "column", "end_line", "end_column"] {
            object[key] = found[key].clone();
        }
    }
    object
}

/// The fixes of a finding; `place` makes the place of a span.
fn fixes(finding: &Diagnostic, place: impl Fn(Span) -> Value) -> Vec<Value> {
    let edit = |edit: &Edit| {
        let mut object = place(edit.span);
        object["text"] = json!(edit.text);
        object
    };
    let fix = |fix: &Fix| {
        let edits: Vec<Value> = fix.edits.iter().map(edit).collect();
        let is_automatic = fix.applicability == Applicability::Automatic && finding.is_error();
        json!({ "help": fix.words, "automatic": is_automatic, "edits": edits })
    };
    finding.fixes.iter().map(fix).collect()
}
