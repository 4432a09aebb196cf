//! Questions of the client, and which file answers them.

use std::io::Write;

use lsp_server::{ErrorCode, Request};
use lsp_types::{
    CodeActionParams, CompletionParams, DocumentFormattingParams, GotoDefinitionParams, HoverParams,
    InlayHintParams, ReferenceParams, RenameParams, TextDocumentPositionParams, TextEdit, Uri,
};
use nnrc_syntax::{Diagnostic, parse_recovering};
use serde_json::{Value, json};

use super::{Answer, Document, Replied, Server, read};
use crate::features::Features;
use crate::names::{Names, Occurrence};
use crate::{actions, completion, diagnostics, hints, hover, rename};

impl<W: Write> Server<W> {
    /// The answer to a question.
    pub(super) fn reply(&self, request: &Request) -> Replied {
        let params = request.params.clone();
        match request.method.as_str() {
            "textDocument/hover" => {
                let HoverParams { text_document_position_params: place, .. } = read(params)?;
                self.with_features(&place.text_document.uri, |document, features| {
                    let offset = document.text.offset(place.position);
                    json!(hover::hover(&document.text, features, &self.options, offset))
                })
            }
            "textDocument/inlayHint" => {
                let InlayHintParams { text_document, range, .. } = read(params)?;
                self.with_features(&text_document.uri, |document, features| {
                    json!(hints::hints(&document.text, features, range))
                })
            }
            "textDocument/codeAction" => {
                let CodeActionParams { text_document, range, .. } = read(params)?;
                self.with_features(&text_document.uri, |document, features| {
                    let shown = |finding: &_| {
                        diagnostics::diagnostic(&document.text, &document.uri, self.docs.as_deref(), finding)
                    };
                    json!(actions::actions(
                        &document.text,
                        features,
                        text_document.uri.as_str(),
                        range,
                        shown
                    ))
                })
            }
            "textDocument/completion" => {
                let CompletionParams { text_document_position: place, .. } = read(params)?;
                let document = self.document(&place.text_document.uri)?;
                let offset = document.text.offset(place.position);
                Ok(Answer::Now(json!(completion::completion(&document.text, offset))))
            }
            "textDocument/formatting" => {
                let DocumentFormattingParams { text_document, .. } = read(params)?;
                let text = &self.document(&text_document.uri)?.text;
                Ok(Answer::Now(match nnrc_syntax::format(text.text()) {
                    Ok(formatted) if formatted == text.text() => json!([]),
                    Ok(formatted) => json!([TextEdit { range: text.whole(), new_text: formatted }]),
                    // What cannot be read stays as it is; its diagnostics say why.
                    Err(_) => Value::Null,
                }))
            }
            "textDocument/definition" => {
                let GotoDefinitionParams { text_document_position_params: place, .. } = read(params)?;
                self.places(&place, |one| one.is_declaration)
            }
            "textDocument/references" => {
                let ReferenceParams { text_document_position: place, context, .. } = read(params)?;
                self.places(&place, |one| context.include_declaration || !one.is_declaration)
            }
            "textDocument/documentHighlight" => {
                let place: TextDocumentPositionParams = read(params)?;
                self.places(&place, |_| true)
            }
            "textDocument/prepareRename" => {
                let place: TextDocumentPositionParams = read(params)?;
                let text = &self.document(&place.text_document.uri)?.text;
                let names = Names::of(&parse_recovering(text.text()).0);
                let found = names.at(text.offset(place.position));
                Ok(Answer::Now(json!(
                    found.map(|one| json!({ "range": text.range(one.span), "placeholder": one.name }))
                )))
            }
            "textDocument/rename" => {
                let RenameParams { text_document_position: place, new_name, .. } = read(params)?;
                let text = &self.document(&place.text_document.uri)?.text;
                let (file, findings) = parse_recovering(text.text());
                if findings.iter().any(Diagnostic::is_error) {
                    let why = "the text has errors of syntax, and what stands in them would keep its name";
                    return Err((ErrorCode::RequestFailed, why.to_owned()));
                }
                let edits = rename::rename(&file, text.offset(place.position), &new_name)
                    .map_err(|why| (ErrorCode::RequestFailed, why))?;
                Ok(Answer::Now(actions::workspace_edit(place.text_document.uri.as_str(), text, &edits)))
            }
            method => Err((ErrorCode::MethodNotFound, format!("the server does not know `{method}`"))),
        }
    }

    /// The places of the name at a place.
    fn places(&self, place: &TextDocumentPositionParams, is_wanted: impl Fn(&Occurrence) -> bool) -> Replied {
        let document = self.document(&place.text_document.uri)?;
        let text = &document.text;
        let names = Names::of(&parse_recovering(text.text()).0);
        let mut places: Vec<_> = names
            .at(text.offset(place.position))
            .into_iter()
            .flat_map(|one| names.places(one))
            .filter(|one| is_wanted(one))
            .map(|one| one.span)
            .collect();
        places.sort();
        let all: Vec<Value> =
            places.iter().map(|span| json!({ "uri": document.uri, "range": text.range(*span) })).collect();
        Ok(Answer::Now(json!(all)))
    }

    fn document(&self, uri: &Uri) -> Result<&Document, (ErrorCode, String)> {
        let known = self.documents.get(uri.as_str());
        known.ok_or_else(|| (ErrorCode::InvalidParams, format!("`{}` is not open", uri.as_str())))
    }

    /// An answer that needs the analysis of the text as it is.
    fn with_features(&self, uri: &Uri, answer: impl FnOnce(&Document, &Features) -> Value) -> Replied {
        let document = self.document(uri)?;
        Ok(match &document.features {
            Some(features) => Answer::Now(answer(document, features)),
            None => Answer::Later(uri.as_str().to_owned()),
        })
    }
}
