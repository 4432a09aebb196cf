//! Fixes of findings as actions of the editor.

use lsp_types::{CodeAction, CodeActionKind, Diagnostic, Range};
use nnrc_syntax::{Applicability, Fix};
use serde_json::{Value, json};

use crate::document::Text;
use crate::features::Features;

/// The actions for a range of the text. `shown` makes the diagnostic of a finding.
pub fn actions(
    text: &Text,
    features: &Features,
    uri: &str,
    range: Range,
    shown: impl Fn(&nnrc_syntax::Diagnostic) -> Diagnostic,
) -> Vec<Value> {
    let mut actions = Vec::new();
    for finding in &features.findings {
        let diagnostic = shown(finding);
        let touches = diagnostic.range.start <= range.end && range.start <= diagnostic.range.end;
        if touches {
            actions.extend(finding.fixes.iter().map(|fix| action(text, uri, fix, &diagnostic)));
        }
    }
    actions
}

fn action(text: &Text, uri: &str, fix: &Fix, diagnostic: &Diagnostic) -> Value {
    let action = CodeAction {
        title: fix.words.clone(),
        kind: Some(CodeActionKind::QUICKFIX),
        diagnostics: Some(vec![diagnostic.clone()]),
        is_preferred: Some(fix.applicability == Applicability::Automatic),
        ..CodeAction::default()
    };
    let mut action = json!(action);
    action["edit"] = workspace_edit(uri, text, &fix.edits);
    action
}

/// Edits of one text, as the protocol has them.
pub fn workspace_edit(uri: &str, text: &Text, edits: &[nnrc_syntax::Edit]) -> Value {
    let edits: Vec<Value> =
        edits.iter().map(|edit| json!({ "range": text.range(edit.span), "newText": edit.text })).collect();
    json!({ "changes": { uri: edits } })
}
