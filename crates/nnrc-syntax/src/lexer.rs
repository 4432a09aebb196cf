//! A plain cut of a text into tokens.
//!
//! The grammar decides what is valid; this only finds where words, numbers, strings and comments begin and
//! end, and does so for any text. It serves what the grammar cannot: balancing brackets before the parse,
//! naming the token an error stands at, and the formatter, which needs the comments.

use crate::words::UNITS;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A name or keyword.
    Word,
    /// A number without sign and unit.
    Number,
    /// A unit behind a number.
    Unit,
    /// A string with both quotes.
    Text,
    /// A string that the end of the line cuts off.
    OpenText,
    /// Punctuation of the language, of one or two characters.
    Symbol,
    /// `//` to the end of the line.
    Comment,
    /// A character that means nothing in the language.
    Unknown,
}

/// A token and its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token {
    /// What it is.
    pub kind: Kind,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Token {
    /// The text of the token.
    pub fn text<'s>(&self, source: &'s str) -> &'s str {
        source.get(self.start..self.end).unwrap_or("")
    }
}

/// The tokens of a text, comments included.
#[derive(Debug, Clone)]
pub(crate) struct Lexer<'s> {
    text: &'s str,
    at: usize,
    /// Whether the last token apart from comments was a number: only then a unit can follow.
    after_number: bool,
}

impl<'s> Lexer<'s> {
    /// The tokens of `text` from byte `at` on, which must be a boundary of tokens.
    pub fn new(text: &'s str, at: usize) -> Self {
        Self { text, at, after_number: false }
    }

    fn byte(&self, offset: usize) -> u8 {
        self.text.as_bytes().get(self.at + offset).copied().unwrap_or(0)
    }

    fn rest(&self) -> &'s str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn measure(&self) -> (Kind, usize) {
        let first = self.byte(0);
        if self.after_number
            && let Some(unit) = unit_at(self.rest())
        {
            return (Kind::Unit, unit.len());
        }
        match first {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => (Kind::Word, word_length(self.rest())),
            b'0'..=b'9' => (Kind::Number, number_length(self.rest().as_bytes())),
            b'"' => text_length(self.rest()),
            b'/' if self.byte(1) == b'/' => {
                let line = self.rest().find('\n').unwrap_or(self.rest().len());
                (Kind::Comment, self.rest()[..line].trim_end_matches('\r').len())
            }
            b'<' | b'>' | b'=' if self.byte(1) == b'=' => (Kind::Symbol, 2),
            b'(' | b')' | b'[' | b']' | b'{' | b'}' | b',' | b';' | b':' | b'.' | b'=' | b'<' | b'>'
            | b'~' | b'|' | b'+' | b'-' | b'*' | b'/' => (Kind::Symbol, 1),
            _ => (Kind::Unknown, self.rest().chars().next().map_or(1, char::len_utf8)),
        }
    }
}

impl Iterator for Lexer<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let rest = self.rest();
        let blank = rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r', '\u{feff}']).len();
        self.at += blank;
        if self.at >= self.text.len() {
            return None;
        }
        let (kind, length) = self.measure();
        let token = Token { kind, start: self.at, end: self.at + length };
        self.at = token.end;
        if kind != Kind::Comment {
            self.after_number = kind == Kind::Number;
        }
        Some(token)
    }
}

/// Whether a byte belongs to words.
fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn word_length(text: &str) -> usize {
    text.bytes().take_while(|byte| is_word_byte(*byte)).count()
}

/// The length of the number that `text` begins with, as the grammar's `number` cuts it.
fn number_length(text: &[u8]) -> usize {
    let digits = |from: usize| text.iter().skip(from).take_while(|byte| byte.is_ascii_digit()).count();
    let mut length = digits(0);
    if text.get(length) == Some(&b'.') && digits(length + 1) > 0 {
        length += 1 + digits(length + 1);
    }
    if matches!(text.get(length), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(text.get(length + 1), Some(b'+' | b'-')));
        if digits(length + 1 + sign) > 0 {
            length += 1 + sign + digits(length + 1 + sign);
        }
    }
    length
}

/// The unit that `text` begins with, up to a word boundary.
pub(crate) fn unit_at(text: &str) -> Option<&'static str> {
    let whole = |unit: &&&str| {
        text.starts_with(**unit) && !text.as_bytes().get(unit.len()).is_some_and(|byte| is_word_byte(*byte))
    };
    UNITS.iter().filter(whole).max_by_key(|unit| unit.len()).copied()
}

fn text_length(text: &str) -> (Kind, usize) {
    let bytes = text.as_bytes();
    let mut at = 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => return (Kind::Text, at + 1),
            b'\n' | b'\r' => break,
            // The escaped character is skipped whole; what it means is decided where the tree is built.
            b'\\' => match text[at + 1..].chars().next() {
                Some('\n' | '\r') | None => at += 1,
                Some(escaped) => at += 1 + escaped.len_utf8(),
            },
            _ => at += 1,
        }
    }
    (Kind::OpenText, at.min(bytes.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<(Kind, &str)> {
        Lexer::new(text, 0).map(|token| (token.kind, token.text(text))).collect()
    }

    #[test]
    fn units_follow_numbers_and_end_at_a_word_boundary() {
        use Kind::*;
        assert_eq!(cut("20 s"), [(Number, "20"), (Unit, "s")]);
        assert_eq!(cut("1 /M/s"), [(Number, "1"), (Unit, "/M/s")]);
        assert_eq!(cut("0.05 within"), [(Number, "0.05"), (Word, "within")]);
        assert_eq!(cut("20 stop"), [(Number, "20"), (Word, "stop")]);
        assert_eq!(cut("1 / s"), [(Number, "1"), (Symbol, "/"), (Word, "s")]);
        assert_eq!(cut("1 /s_name"), [(Number, "1"), (Symbol, "/"), (Word, "s_name")]);
        assert_eq!(cut("3 uM/step"), [(Number, "3"), (Unit, "uM"), (Symbol, "/"), (Word, "step")]);
        assert_eq!(cut("x /s"), [(Word, "x"), (Symbol, "/"), (Word, "s")]);
        assert_eq!(cut("1 // c\n s"), [(Number, "1"), (Comment, "// c"), (Unit, "s")]);
    }

    #[test]
    fn any_text_is_cut() {
        use Kind::*;
        assert_eq!(
            cut("\"a\\\"b\" \"c\n#é"),
            [(Text, "\"a\\\"b\""), (OpenText, "\"c"), (Unknown, "#"), (Unknown, "é")]
        );
        assert_eq!(cut("\"\\"), [(OpenText, "\"\\")]);
        assert_eq!(
            cut("1.e5 1e 2.5e-3"),
            [(Number, "1"), (Symbol, "."), (Word, "e5"), (Number, "1"), (Word, "e"), (Number, "2.5e-3")]
        );
        assert_eq!(cut("a<=b // x\r\n"), [(Word, "a"), (Symbol, "<="), (Word, "b"), (Comment, "// x")]);
    }
}
