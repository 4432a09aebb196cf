//! An editor by script: a client of `nnrc lsp` on its standard streams.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value, json};

use crate::peers;

/// How long an answer may take before a test gives up: a server that hangs is no server.
const PATIENCE: Duration = Duration::from_secs(120);

/// A client.
pub struct Editor {
    child: Child,
    input: Option<ChildStdin>,
    messages: Receiver<Value>,
    /// Messages that came while something else was waited for.
    news: Vec<Value>,
    next: i32,
}

impl Editor {
    /// Starts a server and says nothing yet.
    pub fn start() -> Self {
        let mut command = Command::new(peers::nnrc());
        command.arg("lsp").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let input = child.stdin.take();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let (sender, messages) = channel();
        std::thread::spawn(move || {
            while let Some(message) = receive(&mut output) {
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        Self { child, input, messages, news: Vec::new(), next: 0 }
    }

    /// Starts a server and initialises it; what it can do.
    pub fn initialised(params: Value) -> (Self, Value) {
        let mut editor = Self::start();
        let answer = editor.ask("initialize", params);
        editor.tell("initialized", json!({}));
        (editor, answer)
    }

    /// Sends bytes as they are; whether the server takes them.
    pub fn send(&mut self, bytes: &[u8]) -> bool {
        let Some(input) = &mut self.input else { return false };
        input.write_all(bytes).and_then(|()| input.flush()).is_ok()
    }

    /// Sends a message.
    pub fn post(&mut self, message: &Value) {
        let text = message.to_string();
        self.send(format!("Content-Length: {}\r\n\r\n{text}", text.len()).as_bytes());
    }

    /// Sends a notification.
    pub fn tell(&mut self, method: &str, params: Value) {
        self.post(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// Sends a request without waiting; its number.
    pub fn begin(&mut self, method: &str, params: Value) -> i32 {
        self.next += 1;
        self.post(&json!({ "jsonrpc": "2.0", "id": self.next, "method": method, "params": params }));
        self.next
    }

    /// The answer to a request: its result, or its error.
    pub fn end(&mut self, id: i32) -> Result<Value, Value> {
        let is_wanted = |message: &Value| message["id"] == id && message.get("method").is_none();
        let message = self.wait(is_wanted);
        match message.get("error") {
            Some(error) => Err(error.clone()),
            None => Ok(message["result"].clone()),
        }
    }

    /// The first message of this kind, among those that came already or that come.
    fn wait(&mut self, is_wanted: impl Fn(&Value) -> bool) -> Value {
        if let Some(at) = self.news.iter().position(&is_wanted) {
            return self.news.remove(at);
        }
        loop {
            let message = self.message();
            if is_wanted(&message) {
                return message;
            }
            self.news.push(message);
        }
    }

    /// Asks and waits for the answer, which must be none of an error.
    #[track_caller]
    pub fn ask(&mut self, method: &str, params: Value) -> Value {
        self.try_ask(method, params).unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    /// Asks and waits for the answer.
    pub fn try_ask(&mut self, method: &str, params: Value) -> Result<Value, Value> {
        let id = self.begin(method, params);
        self.end(id)
    }

    /// The next message, whatever it is.
    pub fn message(&mut self) -> Value {
        self.messages.recv_timeout(PATIENCE).expect("the server answers")
    }

    /// Opens a text and waits for what is said about it.
    pub fn open(&mut self, uri: &str, text: &str) -> Vec<Value> {
        let item = json!({ "uri": uri, "languageId": "nnr", "version": 1, "text": text });
        self.tell("textDocument/didOpen", json!({ "textDocument": item }));
        self.diagnostics(uri, 1)
    }

    /// Replaces a text and waits for what is said about it.
    pub fn replace(&mut self, uri: &str, version: i32, text: &str) -> Vec<Value> {
        self.change(uri, version, json!({ "text": text }));
        self.diagnostics(uri, version)
    }

    /// Changes a text.
    pub fn change(&mut self, uri: &str, version: i32, change: Value) {
        let document = json!({ "uri": uri, "version": version });
        self.tell("textDocument/didChange", json!({ "textDocument": document, "contentChanges": [change] }));
    }

    /// What is said about a version of a text.
    pub fn diagnostics(&mut self, uri: &str, version: i32) -> Vec<Value> {
        let is_wanted = |message: &Value| {
            let params = &message["params"];
            message["method"] == "textDocument/publishDiagnostics"
                && params["uri"] == uri
                && params["version"] == version
        };
        let message = self.wait(is_wanted);
        message["params"]["diagnostics"].as_array().unwrap().clone()
    }

    /// The parameters of a question about a place, line and column from 0.
    pub fn at(uri: &str, line: u32, character: u32) -> Value {
        json!({ "textDocument": { "uri": uri }, "position": { "line": line, "character": character } })
    }

    /// Says goodbye as the protocol wants it; the exit status.
    pub fn leave(mut self) -> i32 {
        self.ask("shutdown", Value::Null);
        self.tell("exit", Value::Null);
        self.status().0
    }

    /// Says nothing any more; exit status and what was said on stderr.
    pub fn status(mut self) -> (i32, String) {
        drop(self.input.take());
        let mut words = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut words).unwrap();
        (self.child.wait().unwrap().code().unwrap_or(-1), words)
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        // A test that fails leaves no server behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn receive(output: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if output.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if line == "\r\n" {
            break;
        }
        length = line.strip_prefix("Content-Length: ")?.trim().parse().ok()?;
    }
    let mut content = vec![0; length];
    output.read_exact(&mut content).ok()?;
    serde_json::from_slice(&content).ok()
}

/// The URI of a file.
pub fn uri(path: &Path) -> String {
    let path = path.to_str().unwrap();
    let escaped: String = path
        .bytes()
        .map(|byte| match byte {
            b'/' | b'.' | b'-' | b'_' => char::from(byte).to_string(),
            _ if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect();
    format!("file://{escaped}")
}

/// The text after edits of one version of it, counted in UTF-16 by this function's own arithmetic.
pub fn edited(text: &str, edits: &[Value]) -> String {
    let offset = |position: &Value| {
        let (line, character) =
            (position["line"].as_u64().unwrap() as usize, position["character"].as_u64().unwrap() as usize);
        let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
        let mut rest = character;
        let mut at = start;
        for letter in text[start..].chars() {
            if rest == 0 {
                break;
            }
            rest -= letter.len_utf16().min(rest);
            at += letter.len_utf8();
        }
        at
    };
    let mut places: Vec<(usize, usize, &str)> = edits
        .iter()
        .map(|edit| {
            let range = &edit["range"];
            (offset(&range["start"]), offset(&range["end"]), edit["newText"].as_str().unwrap())
        })
        .collect();
    places.sort();
    let mut result = text.to_owned();
    for (start, end, new) in places.into_iter().rev() {
        result.replace_range(start..end, new);
    }
    result
}
