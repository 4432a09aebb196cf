//! The life of a server: messages in, messages out, and which question goes where.

use std::collections::BTreeMap;
use std::io::{BufRead, Write};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use lsp_server::{ErrorCode, Message, Notification, Request, RequestId, Response};
use lsp_types::{
    CodeActionParams, CompletionParams, DidChangeTextDocumentParams, DidCloseTextDocumentParams,
    DidOpenTextDocumentParams, DidSaveTextDocumentParams, DocumentFormattingParams, GotoDefinitionParams,
    HoverParams, InitializeParams, InlayHintParams, ReferenceParams, RenameParams,
    TextDocumentPositionParams, TextEdit, Uri,
};
use nnrc_syntax::parse_recovering;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::document::{Encoding, Text, path};
use crate::features::Features;
use crate::names::Names;
use crate::options::Options;
use crate::transport::{Received, receive, send, send_parse_error};
use crate::worker::{Job, Outcome, work};
use crate::{actions, completion, diagnostics, hints, hover, rename};

/// Stack of the analysis, in bytes: as much as the command has.
const STACK: usize = 8 << 20;

/// What the server waits for.
enum Event {
    /// Something from the client.
    Client(Received),
    /// Something from the worker.
    Analysed(Box<Outcome>),
}

/// Where the server is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Before `initialize`.
    New,
    Running,
    /// After `shutdown`.
    ShutDown,
}

/// Serves one client until it leaves. The exit status: 0 if it said `shutdown` and left, 1 if it left otherwise.
///
/// # Errors
///
/// What of the client ended the connection: a sentence.
pub fn serve(
    input: impl BufRead + Send + 'static,
    output: impl Write,
    options: Options,
) -> Result<u8, String> {
    let (events, waiting) = channel();
    let client = events.clone();
    // Both threads end with their channels; one that still waits for its input ends with the process.
    thread::spawn(move || listen(input, &client));
    let (jobs, queue) = channel();
    let done = move |outcome| drop(events.send(Event::Analysed(Box::new(outcome))));
    let worker = thread::Builder::new().stack_size(STACK);
    worker
        .spawn(move || work(&queue, options.words, done))
        .map_err(|error| format!("no thread can be started: {error}"))?;
    let server = Server {
        output,
        options,
        docs: options.docs.map(str::to_owned),
        encoding: Encoding::Utf16,
        phase: Phase::New,
        documents: BTreeMap::new(),
        revision: 0,
        jobs,
    };
    server.run(&waiting)
}

fn listen(mut input: impl BufRead, events: &Sender<Event>) {
    loop {
        let received = receive(&mut input);
        let is_last = matches!(received, Received::End | Received::Broken(_));
        if events.send(Event::Client(received)).is_err() || is_last {
            return;
        }
    }
}

/// A text that is open in the editor.
struct Document {
    uri: Uri,
    /// The number of the client.
    version: i32,
    /// The number of the server: no two texts have the same.
    revision: u64,
    text: Arc<Text>,
    /// What is known of this text, once it is analysed.
    features: Option<Features>,
    /// Questions that wait for that.
    parked: Vec<Request>,
}

struct Server<W> {
    output: W,
    options: Options,
    docs: Option<String>,
    encoding: Encoding,
    phase: Phase,
    documents: BTreeMap<String, Document>,
    revision: u64,
    jobs: Sender<Job>,
}

/// What becomes of a question.
enum Answer {
    Now(Value),
    /// When the analysis is there.
    Later(String),
}

type Replied = Result<Answer, (ErrorCode, String)>;

impl<W: Write> Server<W> {
    fn run(mut self, events: &Receiver<Event>) -> Result<u8, String> {
        let gone = |error: std::io::Error| format!("the client does not listen: {error}");
        while let Ok(event) = events.recv() {
            match event {
                Event::Analysed(outcome) => self.analysed(*outcome).map_err(gone)?,
                Event::Client(Received::Message(message)) => match message {
                    Message::Request(request) => self.request(request).map_err(gone)?,
                    Message::Notification(exit) if exit.method == "exit" => {
                        return Ok(u8::from(self.phase != Phase::ShutDown));
                    }
                    Message::Notification(notification) => self.notification(notification).map_err(gone)?,
                    // The server asks nothing.
                    Message::Response(_) => {}
                },
                Event::Client(Received::Malformed(why)) => {
                    send_parse_error(&mut self.output, &why).map_err(gone)?;
                }
                Event::Client(Received::End) if self.phase == Phase::ShutDown => return Ok(0),
                Event::Client(Received::End) => return Err("the client left without `shutdown`".to_owned()),
                Event::Client(Received::Broken(why)) => {
                    return Err(format!("what came is not the language server protocol: {why}"));
                }
            }
        }
        Ok(1)
    }

    fn send(&mut self, message: impl Into<Message>) -> std::io::Result<()> {
        send(&mut self.output, &message.into())
    }

    fn notify(&mut self, method: &str, params: Value) -> std::io::Result<()> {
        self.send(Notification { method: method.to_owned(), params })
    }

    fn refuse(&mut self, id: RequestId, code: ErrorCode, why: &str) -> std::io::Result<()> {
        self.send(Response::new_err(id, code as i32, why.to_owned()))
    }

    // ------------------------------------------------------------------------ questions

    fn request(&mut self, request: Request) -> std::io::Result<()> {
        match (self.phase, request.method.as_str()) {
            (Phase::New, "initialize") => self.initialize(request),
            (Phase::New, _) => {
                self.refuse(request.id, ErrorCode::ServerNotInitialized, "`initialize` comes first")
            }
            (Phase::ShutDown, _) => {
                self.refuse(request.id, ErrorCode::InvalidRequest, "the server is shut down")
            }
            (Phase::Running, "initialize") => {
                self.refuse(request.id, ErrorCode::InvalidRequest, "the server is initialised already")
            }
            (Phase::Running, "shutdown") => {
                self.phase = Phase::ShutDown;
                let parked: Vec<Request> =
                    self.documents.values_mut().flat_map(|document| document.parked.drain(..)).collect();
                for one in parked {
                    self.refuse(one.id, ErrorCode::RequestCanceled, "the server shuts down")?;
                }
                self.documents.clear();
                self.send(Response::new_ok(request.id, Value::Null))
            }
            (Phase::Running, _) => self.answer(request),
        }
    }

    fn answer(&mut self, request: Request) -> std::io::Result<()> {
        match self.reply(&request) {
            Ok(Answer::Now(value)) => self.send(Response::new_ok(request.id, value)),
            Ok(Answer::Later(uri)) => {
                if let Some(document) = self.documents.get_mut(&uri) {
                    document.parked.push(request);
                }
                Ok(())
            }
            Err((code, why)) => self.refuse(request.id, code, &why),
        }
    }

    fn reply(&self, request: &Request) -> Replied {
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
                // A highlight is a range alone; where the text is it does not say.
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
                let (file, _) = parse_recovering(text.text());
                let edits = rename::rename(&file, text.offset(place.position), &new_name)
                    .map_err(|why| (ErrorCode::RequestFailed, why))?;
                Ok(Answer::Now(actions::workspace_edit(place.text_document.uri.as_str(), text, &edits)))
            }
            method => Err((ErrorCode::MethodNotFound, format!("the server does not know `{method}`"))),
        }
    }

    /// The places of the name at a place.
    fn places(
        &self,
        place: &TextDocumentPositionParams,
        is_wanted: impl Fn(&crate::names::Occurrence) -> bool,
    ) -> Replied {
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

    fn initialize(&mut self, request: Request) -> std::io::Result<()> {
        let params: InitializeParams = match read(request.params) {
            Ok(params) => params,
            Err((code, why)) => return self.refuse(request.id, code, &why),
        };
        let offered = params.capabilities.general.and_then(|general| general.position_encodings);
        self.encoding = Encoding::of(offered.as_deref());
        if let Some(docs) =
            params.initialization_options.as_ref().and_then(|options| options["docs"].as_str())
        {
            self.docs = Some(docs.trim_end_matches('/').to_owned());
        }
        self.phase = Phase::Running;
        let capabilities = json!({
            "positionEncoding": self.encoding.kind(),
            "textDocumentSync": { "openClose": true, "change": 2, "save": true },
            "hoverProvider": true,
            "inlayHintProvider": true,
            "completionProvider": { "triggerCharacters": ["=", "|", "(", ",", ".", " "] },
            "definitionProvider": true,
            "referencesProvider": true,
            "documentHighlightProvider": true,
            "documentFormattingProvider": true,
            "renameProvider": { "prepareProvider": true },
            "codeActionProvider": { "codeActionKinds": ["quickfix"] },
        });
        let info = json!({ "name": "nnrc", "version": self.options.version });
        self.send(Response::new_ok(request.id, json!({ "capabilities": capabilities, "serverInfo": info })))
    }

    // -------------------------------------------------------------------------- news

    fn notification(&mut self, notification: Notification) -> std::io::Result<()> {
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

    fn analysed(&mut self, outcome: Outcome) -> std::io::Result<()> {
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

/// The parameters of a message.
fn read<T: DeserializeOwned>(params: Value) -> Result<T, (ErrorCode, String)> {
    serde_json::from_value(params).map_err(|error| (ErrorCode::InvalidParams, error.to_string()))
}
