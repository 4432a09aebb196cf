//! The part of JSON in which headers are written: objects, strings, lists of whole numbers.
//!
//! Whoever reads says what comes next, so nesting goes no deeper than the format that is read.

use super::error::ReadError;

/// A text in JSON, and how far it is read.
pub(super) struct Json<'a> {
    length: usize,
    rest: &'a str,
}

impl<'a> Json<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        Self { length: text.len(), rest: text }
    }

    /// Reads an object: `value` reads what belongs to each name.
    pub(super) fn object(
        &mut self,
        mut value: impl FnMut(&mut Self, String) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        self.list('{', '}', |json| {
            let name = json.string()?;
            json.expect(':')?;
            value(json, name)
        })
    }

    /// Reads a list of whole numbers.
    pub(super) fn numbers(&mut self) -> Result<Vec<usize>, ReadError> {
        let mut numbers = Vec::new();
        self.list('[', ']', |json| {
            numbers.push(json.number()?);
            Ok(())
        })?;
        Ok(numbers)
    }

    pub(super) fn string(&mut self) -> Result<String, ReadError> {
        self.expect('"')?;
        let mut text = String::new();
        loop {
            let ends = |char: char| char < ' ' || matches!(char, '"' | '\\');
            text.push_str(self.take(self.rest.find(ends).unwrap_or(self.rest.len())));
            match self.next() {
                Some('"') => return Ok(text),
                Some('\\') => text.push(self.escaped()?),
                _ => return Err(self.fault("the rest of a string")),
            }
        }
    }

    /// Nothing but white space follows.
    pub(super) fn end(&mut self) -> Result<(), ReadError> {
        self.skip_space();
        if self.rest.is_empty() { Ok(()) } else { Err(self.fault("the end")) }
    }

    fn list(
        &mut self,
        open: char,
        close: char,
        mut item: impl FnMut(&mut Self) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        self.expect(open)?;
        if self.skip(close) {
            return Ok(());
        }
        item(self)?;
        while self.skip(',') {
            item(self)?;
        }
        self.expect(close)
    }

    fn number(&mut self) -> Result<usize, ReadError> {
        self.skip_space();
        let length = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        let digits = self.take(length);
        let is_padded = length > 1 && digits.starts_with('0');
        digits.parse().ok().filter(|_| !is_padded).ok_or_else(|| self.fault("a whole number"))
    }

    /// The character that is written behind a backslash.
    fn escaped(&mut self) -> Result<char, ReadError> {
        Ok(match self.next() {
            Some(char @ ('"' | '\\' | '/')) => char,
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('u') => {
                let mut units = vec![self.unit()?];
                // A character beyond 16 bits is two of them.
                if matches!(units[0], 0xd800..0xdc00) && self.rest.starts_with("\\u") {
                    self.take(2);
                    units.push(self.unit()?);
                }
                let mut chars = char::decode_utf16(units);
                chars.next().and_then(Result::ok).ok_or_else(|| self.fault("half of a surrogate pair"))?
            }
            _ => return Err(self.fault("an escaped character")),
        })
    }

    /// Four hexadecimal digits.
    fn unit(&mut self) -> Result<u16, ReadError> {
        let digits = self.rest.get(..4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let unit = digits.and_then(|digits| u16::from_str_radix(digits, 16).ok());
        let unit = unit.ok_or_else(|| self.fault("four hexadecimal digits"))?;
        self.take(4);
        Ok(unit)
    }

    fn expect(&mut self, wanted: char) -> Result<(), ReadError> {
        if self.skip(wanted) { Ok(()) } else { Err(self.fault(&format!("`{wanted}`"))) }
    }

    /// Goes behind this character, if it comes next.
    fn skip(&mut self, wanted: char) -> bool {
        self.skip_space();
        let rest = self.rest.strip_prefix(wanted);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\n', '\r', '\t']);
    }

    fn next(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let next = chars.next();
        self.rest = chars.as_str();
        next
    }

    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        taken
    }

    fn fault(&self, expected: &str) -> ReadError {
        let at = self.length - self.rest.len();
        ReadError::malformed(format!(
            "the JSON at its beginning is broken: {expected} is missing at byte {at}"
        ))
    }
}

/// A string in JSON.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for char in text.chars() {
        match char {
            '"' | '\\' => out.extend(['\\', char]),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            char if char < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(char))),
            char => out.push(char),
        }
    }
    out + "\""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_unescaped() {
        let read = |text: &str| {
            let mut json = Json::of(text);
            json.string().and_then(|found| json.end().map(|()| found)).ok()
        };
        assert_eq!(read(r#" "a\"\\\/\b\f\n\r\t" "#).unwrap(), "a\"\\/\u{8}\u{c}\n\r\t");
        assert_eq!(read(r#""\u00e9\uD83D\ude00é""#).unwrap(), "é😀é");
        for text in [
            "",
            "\"",
            "\"\n\"",
            r#""\x""#,
            r#""\u12""#,
            r#""\u+123""#,
            r#""\ud83d""#,
            r#""\ude00""#,
            "\"\" x",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(read(r#""\ud83d\u0041""#), None);
        let all: String = (0..0x300).filter_map(char::from_u32).collect();
        assert_eq!(read(&quoted(&all)).unwrap(), all);
    }

    #[test]
    fn numbers_are_whole() {
        let read = |text: &str| Json::of(text).numbers().ok();
        assert_eq!(read("[ ]").unwrap(), [0; 0]);
        assert_eq!(read(" [0,\n12 , 3]").unwrap(), [0, 12, 3]);
        for text in
            ["[", "[1", "[1,]", "[,]", "[01]", "[-1]", "[1.0]", "[1e3]", "[18446744073709551616]", "[[]]"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
