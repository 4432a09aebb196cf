//! The life of a server: messages in, messages out.

mod news;
mod questions;

use std::collections::BTreeMap;
use std::io::{BufRead, Write};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use lsp_server::{ErrorCode, Message, Notification, Request, RequestId, Response};
use lsp_types::{InitializeParams, Uri};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::document::{Encoding, Text};
use crate::features::Features;
use crate::options::Options;
use crate::transport::{Received, receive, send, send_parse_error};
use crate::worker::{Job, Outcome, work};

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
}

/// The parameters of a message.
fn read<T: DeserializeOwned>(params: Value) -> Result<T, (ErrorCode, String)> {
    serde_json::from_value(params).map_err(|error| (ErrorCode::InvalidParams, error.to_string()))
}
