//! Messages of the protocol on two streams: a header with the length, an empty line, JSON.

use std::io::{self, BufRead, Read, Write};

use lsp_server::Message;
use serde_json::{Value, json};

/// The longest message that is read, in bytes. A text has at most 4 MiB, which JSON may write with six times as many.
const LONGEST: usize = 64 << 20;

/// The longest line of a header, in bytes.
const LONGEST_LINE: u64 = 4096;

/// What a client sent.
#[derive(Debug)]
pub enum Received {
    /// A message.
    Message(Message),
    /// A message of the right length that says nothing, and why.
    Malformed(String),
    /// Nothing will come any more.
    End,
    /// Nobody can say where the next message would begin.
    Broken(String),
}

/// Reads one message.
pub fn receive(input: &mut impl BufRead) -> Received {
    let mut length = None;
    let mut is_first = true;
    loop {
        let mut line = Vec::new();
        match (&mut *input).take(LONGEST_LINE).read_until(b'\n', &mut line) {
            Ok(0) if is_first => return Received::End,
            Ok(_) if line.ends_with(b"\n") => {}
            Ok(_) => return Received::Broken("a header ends before its line does".to_owned()),
            Err(error) => return Received::Broken(error.to_string()),
        }
        is_first = false;
        let line = String::from_utf8_lossy(&line);
        let line = line.trim_end_matches(['\r', '\n']);
        if line.is_empty() {
            break;
        }
        let Some((name, value)) = line.split_once(':') else {
            return Received::Broken(format!("`{}` is no header", line.escape_debug()));
        };
        if name.eq_ignore_ascii_case("Content-Length") {
            match value.trim().parse::<usize>() {
                Ok(bytes) if bytes <= LONGEST => length = Some(bytes),
                _ => return Received::Broken(format!("a message cannot have the length `{}`", value.trim())),
            }
        }
    }
    let Some(length) = length else {
        return Received::Broken("a message has no `Content-Length`".to_owned());
    };
    // Memory grows with what arrives, not with what is announced.
    let mut content = Vec::new();
    match (&mut *input).take(length as u64).read_to_end(&mut content) {
        Ok(read) if read == length => {}
        Ok(_) => return Received::Broken("a message ends before its length".to_owned()),
        Err(error) => return Received::Broken(error.to_string()),
    }
    match serde_json::from_slice(&content) {
        Ok(message) => Received::Message(message),
        Err(error) => Received::Malformed(error.to_string()),
    }
}

/// Writes a message.
///
/// # Errors
///
/// A client that does not listen any more.
pub fn send(output: &mut impl Write, message: &Message) -> io::Result<()> {
    message.write(output)?;
    output.flush()
}

/// Answers what is no message: nobody knows to which request.
///
/// # Errors
///
/// As [`send`].
pub fn send_parse_error(output: &mut impl Write, why: &str) -> io::Result<()> {
    let error = json!({ "code": lsp_server::ErrorCode::ParseError as i32, "message": why });
    let text = json!({ "jsonrpc": "2.0", "id": Value::Null, "error": error }).to_string();
    write!(output, "Content-Length: {}\r\n\r\n{text}", text.len())?;
    output.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<Received> {
        let mut input = text.as_bytes();
        let mut all = Vec::new();
        loop {
            let received = receive(&mut input);
            let is_last = matches!(received, Received::End | Received::Broken(_));
            all.push(received);
            if is_last {
                return all;
            }
        }
    }

    #[test]
    fn messages_follow_each_other() {
        let one = "Content-Length: 34\r\nContent-Type: x\r\n\r\n{\"jsonrpc\":\"2.0\",\"method\":\"exit\" }";
        let found = all(&format!("{one}{one}"));
        assert!(
            matches!(&found[..], [Received::Message(_), Received::Message(_), Received::End]),
            "{found:?}"
        );
    }

    #[test]
    fn what_is_no_message_is_told_from_what_ends_the_stream() {
        let found = all("content-length:2\n\n[]Content-Length: 3\r\n\r\nabc");
        assert!(
            matches!(&found[..], [Received::Malformed(_), Received::Malformed(_), Received::End]),
            "{found:?}"
        );
        let long = format!("Content-Length: 1{}\r\n\r\n", "0".repeat(30));
        let endless = "x".repeat(10_000);
        for text in [
            "hello\n",
            "GET / HTTP/1.1\r\n\r\n",
            "Content-Length: 5\r\n\r\nab",
            "Content-Length: 99999999999\r\n\r\n",
            "Content-Length: -1\r\n\r\n",
            "Content-Length",
            "X: 1\r\n\r\n{}",
            "\u{0}\u{1}",
            &long,
            &endless,
        ] {
            let found = all(text);
            assert!(matches!(&found[..], [Received::Broken(_)]), "{text:?}: {found:?}");
        }
    }
}
