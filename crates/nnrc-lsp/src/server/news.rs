//! What the client and the worker tell: texts that open, change and close, and what is known of them.

use std::io::Write;
use std::sync::Arc;

use lsp_server::{ErrorCode, Notification, Request, RequestId};
use lsp_types::{
    DidChangeTextDocumentParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams,
    DidSaveTextDocumentParams,
};
use serde_json::{Value, json};

use super::{Document, Phase, Server, read};
use crate::diagnostics;
use crate::document::{Text, path};
use crate::worker::{Job, Outcome};

impl<W: Write> Server<W> {
    /// Takes note of what the client tells.
    pub(super) fn notification(&mut self, notification: Notification) -> std::io::Result<()> {
        if self.phase != Phase::Running {
            return Ok(());
        }
        let Notification { method, params } = notification;
        let result = match method.as_str() {
            "textDocument/didOpen" => read(params).map(|params| self.opened(params)),
            "textDocument/didChange" => read(params).map(|params| self.changed(params)),
            "textDocument/didSave" => read(params).map(|params: DidSaveTextDocumentParams| {
                self.analyse(params.text_document.uri.as_str(), true);
                Ok(())
            }),
            "textDocument/didClose" => read(params).map(|params| self.closed(params)),
            "workspace/didChangeWatchedFiles" => {
                let open: Vec<String> = self.documents.keys().cloned().collect();
                open.iter().for_each(|uri| self.analyse(uri, false));
                Ok(Ok(()))
            }
            "$/cancelRequest" => Ok(self.cancelled(&params)),
            // What is optional, and what nobody has to know.
            _ => Ok(Ok(())),
        };
        match result {
            Ok(done) => done,
            // Nobody waits for an answer.
            Err((_, why)) => self.notify(
                "window/logMessage",
                json!({ "type": 2, "message": format!("`{method}` is not understood: {why}") }),
            ),
        }
    }

    fn opened(&mut self, params: DidOpenTextDocumentParams) -> std::io::Result<()> {
        let item = params.text_document;
        let key = item.uri.as_str().to_owned();
        let name = path(&key).map_or_else(|| key.clone(), |path| path.display().to_string());
        let document = Document {
            text: Arc::new(Text::new(&name, item.text, self.encoding)),
            uri: item.uri,
            version: item.version,
            revision: 0,
            features: None,
            parked: Vec::new(),
        };
        if let Some(before) = self.documents.insert(key.clone(), document) {
            self.outdated(before.parked)?;
        }
        self.analyse(&key, true);
        Ok(())
    }

    fn changed(&mut self, params: DidChangeTextDocumentParams) -> std::io::Result<()> {
        let key = params.text_document.uri.as_str().to_owned();
        let Some(document) = self.documents.get_mut(&key) else { return Ok(()) };
        document.version = params.text_document.version;
        for change in params.content_changes {
            document.text = Arc::new(document.text.changed(change));
        }
        let parked = std::mem::take(&mut document.parked);
        self.analyse(&key, false);
        self.outdated(parked)
    }

    fn closed(&mut self, params: DidCloseTextDocumentParams) -> std::io::Result<()> {
        let uri = params.text_document.uri;
        let Some(document) = self.documents.remove(uri.as_str()) else { return Ok(()) };
        self.outdated(document.parked)?;
        self.notify("textDocument/publishDiagnostics", json!({ "uri": uri, "diagnostics": [] }))
    }

    /// Questions about a text that is no more.
    fn outdated(&mut self, parked: Vec<Request>) -> std::io::Result<()> {
        for request in parked {
            self.refuse(request.id, ErrorCode::ContentModified, "the text has changed")?;
        }
        Ok(())
    }

    fn cancelled(&mut self, params: &Value) -> std::io::Result<()> {
        let Ok(id) = serde_json::from_value::<RequestId>(params["id"].clone()) else { return Ok(()) };
        let mut is_parked = false;
        for document in self.documents.values_mut() {
            let before = document.parked.len();
            document.parked.retain(|request| request.id != id);
            is_parked |= document.parked.len() < before;
        }
        // What is answered cannot be cancelled.
        if is_parked { self.refuse(id, ErrorCode::RequestCanceled, "cancelled") } else { Ok(()) }
    }

    /// Has a text analysed as it is now.
    fn analyse(&mut self, uri: &str, is_saved: bool) {
        let Some(document) = self.documents.get_mut(uri) else { return };
        self.revision += 1;
        document.revision = self.revision;
        document.features = None;
        let (revision, text) = (self.revision, document.text.clone());
        let job = Job { uri: uri.to_owned(), revision, text, path: path(uri), is_saved };
        // The worker ends only after the server.
        let _ = self.jobs.send(job);
    }

    /// Takes note of what is known of a text now.
    pub(super) fn analysed(&mut self, outcome: Outcome) -> std::io::Result<()> {
        let Outcome { uri, revision, features } = outcome;
        // What is known of an earlier text is of no use: the analysis of this one is on its way.
        let Some(document) = self.documents.get_mut(&uri).filter(|document| document.revision == revision)
        else {
            return Ok(());
        };
        let parked = std::mem::take(&mut document.parked);
        let Some(features) = features else {
            for request in parked {
                self.refuse(
                    request.id,
                    ErrorCode::InternalError,
                    "a bug in nnrc: the text could not be analysed",
                )?;
            }
            return Ok(());
        };
        let docs = self.docs.as_deref();
        let all: Vec<_> = features
            .findings
            .iter()
            .map(|finding| diagnostics::diagnostic(&document.text, &document.uri, docs, finding))
            .collect();
        let params = json!({ "uri": document.uri, "version": document.version, "diagnostics": all });
        document.features = Some(features);
        self.notify("textDocument/publishDiagnostics", params)?;
        parked.into_iter().try_for_each(|request| self.answer(request))
    }
}
