//! A reader of JSON, strict: no key twice, nothing behind the value, limited in size and depth.

use crate::fault::Fault;

/// The largest text that is read, in bytes.
pub const MAX_BYTES: usize = 64 << 20;
const MAX_DEPTH: usize = 32;

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A number, the nearest double.
    Number(f64),
    /// A text.
    Text(String),
    /// `[…]`
    List(Vec<Value>),
    /// `{…}`, in the order of the text.
    Object(Vec<(String, Value)>),
}

/// Reads a text.
///
/// # Errors
///
/// `not-json`, with the byte at which it is none.
pub fn read(bytes: &[u8]) -> Result<Value, Fault> {
    if bytes.len() > MAX_BYTES {
        return Err(Fault::invalid("too-large", "the certificate is larger than 64 MiB"));
    }
    let mut cursor = Cursor { bytes, at: 0 };
    let value = cursor.value(0)?;
    cursor.space();
    if cursor.at < bytes.len() {
        return Err(cursor.bad("the end of the text"));
    }
    Ok(value)
}

struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Cursor<'_> {
    fn bad(&self, expected: &str) -> Fault {
        Fault::invalid("not-json", format!("at byte {}: expected {expected}", self.at))
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn space(&mut self) {
        while self.peek().is_some_and(|byte| b" \t\r\n".contains(&byte)) {
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    fn value(&mut self, depth: usize) -> Result<Value, Fault> {
        if depth > MAX_DEPTH {
            return Err(self.bad("values that nest less deep"));
        }
        self.space();
        match self.peek() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.list(depth),
            Some(b'"') => self.text().map(Value::Text),
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(b'n') => self.word("null", Value::Null),
            _ => self.number(),
        }
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value, Fault> {
        if self.bytes[self.at..].starts_with(word.as_bytes()) {
            self.at += word.len();
            return Ok(value);
        }
        Err(self.bad("a value"))
    }

    fn number(&mut self) -> Result<Value, Fault> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte)) {
            self.at += 1;
        }
        let text = std::str::from_utf8(&self.bytes[start..self.at]).unwrap_or_default();
        let value = text.parse::<f64>().ok().filter(|value| value.is_finite());
        value
            .map(Value::Number)
            .ok_or_else(|| Fault::invalid("not-json", format!("at byte {start}: expected a value")))
    }

    fn list(&mut self, depth: usize) -> Result<Value, Fault> {
        self.at += 1;
        let mut values = Vec::new();
        self.space();
        if self.take(b']') {
            return Ok(Value::List(values));
        }
        loop {
            values.push(self.value(depth + 1)?);
            self.space();
            if self.take(b']') {
                return Ok(Value::List(values));
            }
            if !self.take(b',') {
                return Err(self.bad("`,` or `]`"));
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value, Fault> {
        self.at += 1;
        let mut entries: Vec<(String, Value)> = Vec::new();
        self.space();
        if self.take(b'}') {
            return Ok(Value::Object(entries));
        }
        loop {
            self.space();
            if self.peek() != Some(b'"') {
                return Err(self.bad("a key"));
            }
            let key = self.text()?;
            self.space();
            if !self.take(b':') {
                return Err(self.bad("`:`"));
            }
            entries.push((key, self.value(depth + 1)?));
            self.space();
            if self.take(b'}') {
                let mut keys: Vec<&str> = entries.iter().map(|(key, _)| key.as_str()).collect();
                keys.sort_unstable();
                if let Some(pair) = keys.windows(2).find(|pair| pair[0] == pair[1]) {
                    return Err(Fault::invalid(
                        "not-json",
                        format!("the key `{}` stands twice in an object", pair[0]),
                    ));
                }
                return Ok(Value::Object(entries));
            }
            if !self.take(b',') {
                return Err(self.bad("`,` or `}`"));
            }
        }
    }

    fn text(&mut self) -> Result<String, Fault> {
        self.at += 1;
        let mut text = Vec::new();
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return String::from_utf8(text).map_err(|_| self.bad("UTF-8"));
                }
                Some(b'\\') => {
                    self.at += 1;
                    let escaped = match self.peek() {
                        Some(byte @ (b'"' | b'\\' | b'/')) => byte,
                        Some(b'n') => b'\n',
                        Some(b't') => b'\t',
                        // Nothing that a certificate says needs other escapes.
                        _ => return Err(self.bad("one of the escapes \\\" \\\\ \\/ \\n \\t")),
                    };
                    text.push(escaped);
                    self.at += 1;
                }
                Some(byte) if byte >= 0x20 => {
                    text.push(byte);
                    self.at += 1;
                }
                _ => return Err(self.bad("`\"`")),
            }
        }
    }
}
