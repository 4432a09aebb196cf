//! Brackets and quotes, before the parse: everything that would make one slip look like many.
//!
//! A brace that is never closed swallows the rest of a file. So brackets are matched first, in one pass over
//! the tokens, and every slip is reported where the bracket was opened. What the parser then reads is a copy
//! in which single bytes were replaced so that all brackets and quotes match; no byte moves, so all places
//! stay right.

use crate::codes;
use crate::diagnostic::{Applicability::Automatic, Diagnostic, Edit, Span};
use crate::lexer::{Kind, Lexer, Token};
use crate::words;

/// How deep brackets may be nested.
pub const MAX_NESTING: usize = 64;

/// How many errors one run reports; beyond that they say nothing new.
pub(crate) const MAX_ERRORS: usize = 100;

/// Sorts by place and drops what exceeds the limit.
pub(crate) fn in_order(mut diagnostics: Vec<Diagnostic>, source_end: usize) -> Vec<Diagnostic> {
    let clip =
        |span: Span| Span::new((span.start as usize).min(source_end), (span.end as usize).min(source_end));
    for diagnostic in &mut diagnostics {
        diagnostic.span = diagnostic.span.map(clip);
        for (span, _) in &mut diagnostic.others {
            *span = clip(*span);
        }
    }
    diagnostics.sort_by_key(|diagnostic| diagnostic.span);
    diagnostics.truncate(MAX_ERRORS);
    diagnostics
}

/// The text with matching brackets, and what was wrong with them.
#[derive(Debug)]
pub(crate) struct Structure {
    /// The text for the parser; closing braces may have been added behind its end.
    pub text: String,
    /// What was found.
    pub diagnostics: Vec<Diagnostic>,
    /// Whether the text must not be parsed at all.
    pub hopeless: bool,
}

/// Matches the brackets of `source`.
pub(crate) fn check(source: &str) -> Structure {
    let mut matcher = Matcher {
        source,
        bytes: source.as_bytes().to_vec(),
        open: Vec::new(),
        before: None,
        in_const: None,
        diagnostics: Vec::new(),
    };
    let mut lexer = Lexer::new(source, 0);
    while let Some(token) = lexer.next() {
        match token.kind {
            Kind::Comment => continue,
            Kind::OpenText => {
                // What seems to be in the string may be code: read on behind the place where it should end.
                let end = matcher.open_text(token);
                lexer = Lexer::new(source, end);
                matcher.before = Some(Token { end, ..token });
                continue;
            }
            Kind::Word => matcher.word(token, &lexer),
            Kind::Symbol => {
                if let Some(error) = matcher.symbol(token, &lexer) {
                    return Structure { text: String::new(), diagnostics: vec![error], hopeless: true };
                }
            }
            _ => {}
        }
        matcher.before = Some(token);
    }
    matcher.finish()
}

/// A bracket that waits for its partner.
#[derive(Debug, Clone, Copy)]
struct Open {
    at: usize,
    byte: u8,
    /// A brace around statements, as opposed to a record in an expression.
    block: bool,
}

struct Matcher<'s> {
    source: &'s str,
    bytes: Vec<u8>,
    open: Vec<Open>,
    before: Option<Token>,
    /// Whether the present item is a constant, the only one with braces of an expression; `None` between items.
    in_const: Option<bool>,
    diagnostics: Vec<Diagnostic>,
}

impl Matcher<'_> {
    fn report(&mut self, diagnostic: Diagnostic) {
        if self.diagnostics.len() < MAX_ERRORS {
            self.diagnostics.push(diagnostic);
        }
    }

    fn replace(&mut self, at: usize, byte: u8) {
        if let Some(old) = self.bytes.get_mut(at) {
            *old = byte;
        }
    }

    fn before_text(&self) -> &str {
        self.before.map_or("", |token| token.text(self.source))
    }

    /// A string without its second quote: it ends at the first character that can follow a value.
    fn open_text(&mut self, token: Token) -> usize {
        let text = token.text(self.source);
        let length = text.find([')', ']', ',', ';', '{', '}']).unwrap_or(text.len());
        let length = text[..length].trim_end().len();
        let span = Span::new(token.start, token.start + length);
        self.report(
            Diagnostic::error(codes::SYNTAX, span, "this string has no closing `\"`")
                .label("opened here, cut off by the end of the line")
                .help("a string stands in double quotes on one line: `\"iris.csv\"`"),
        );
        // A number and blanks stand for the string, so that the statement around it parses.
        self.replace(token.start, b'0');
        for at in token.start + 1..token.start + length {
            self.replace(at, b' ');
        }
        token.start + length
    }

    /// An item cannot begin inside a block: where one does, the block was never closed.
    fn word(&mut self, token: Token, rest: &Lexer<'_>) {
        if self.open.is_empty() && self.in_const.is_none() {
            self.in_const = Some(token.text(self.source) == "const");
        }
        let in_block = self.open.last().is_some_and(|open| open.block);
        if !in_block
            || !matches!(self.before_text(), ";" | "{" | "}")
            || !begins_item(token, rest, self.source)
        {
            return;
        }
        let gap = self.before.map_or(0, |before| before.end);
        if !self.bytes.get(gap).is_some_and(u8::is_ascii_whitespace) {
            return;
        }
        let name = token.text(self.source);
        while let Some(open) = self.open.pop() {
            let span = Span::new(open.at, open.at + 1);
            let next = Span::new(token.start, token.end);
            self.report(
                Diagnostic::error(codes::SYNTAX, span, "this `{` is never closed")
                    .label("opened here")
                    .other(next, format!("a `}}` is missing before this `{name}`"))
                    .fix(format!("write `}}` before `{name}`"), Automatic, vec![Edit::insert(gap, "\n}")]),
            );
        }
        self.replace(gap, b'}');
    }

    fn symbol(&mut self, token: Token, rest: &Lexer<'_>) -> Option<Diagnostic> {
        let byte = self.source.as_bytes().get(token.start).copied().unwrap_or(0);
        match byte {
            b'(' | b'[' | b'{' => {
                let block = byte == b'{' && self.begins_block();
                self.open.push(Open { at: token.start, byte, block });
                if self.open.len() > MAX_NESTING {
                    return Some(too_deep(Span::new(token.start, token.end)));
                }
            }
            b')' | b']' | b'}' => self.close(token.start, byte),
            b';' => self.semicolon(token.start, rest),
            _ => {}
        }
        None
    }

    /// Whether a brace is that of a block, not of a record. A block inside a block is wrong, but it has
    /// statements in it all the same.
    fn begins_block(&self) -> bool {
        let after_word = self.before.is_some_and(|before| before.kind == Kind::Word);
        match self.open.last() {
            Some(open) => open.block && after_word,
            None => {
                let after_text =
                    self.before.is_some_and(|before| matches!(before.kind, Kind::Text | Kind::OpenText));
                self.in_const != Some(true) || after_word || after_text || self.before_text() == ")"
            }
        }
    }

    /// No `;` stands inside an expression: what is open here is never closed, unless it is a record whose
    /// fields were written like the statements of a block.
    fn semicolon(&mut self, at: usize, rest: &Lexer<'_>) {
        if self.open.is_empty() {
            self.in_const = None;
        }
        let Some(innermost) = self.open.last().copied().filter(|open| !open.block) else { return };
        if innermost.byte == b'{' && record_closes(rest, self.source) {
            self.report(
                Diagnostic::error(codes::SYNTAX, Span::new(at, at + 1), "expected `,` or `}`, found `;`")
                    .label("fields of a record are separated by `,`")
                    .other(Span::new(innermost.at, innermost.at + 1), "in this record")
                    .replace("write `,` instead of `;`", Automatic, ","),
            );
            self.replace(at, b',');
            return;
        }
        let mut first = true;
        while let Some(open) = self.open.pop_if(|open| !open.block) {
            self.unclosed(open, first.then_some(at));
            first = false;
        }
    }

    /// A bracket of an expression without its partner is blanked; `end` is where it should have come.
    fn unclosed(&mut self, open: Open, end: Option<usize>) {
        self.replace(open.at, b' ');
        let Some(end) = end else { return };
        let (bracket, partner) = (char::from(open.byte), char::from(partner(open.byte)));
        let mut error = Diagnostic::error(
            codes::SYNTAX,
            Span::new(open.at, open.at + 1),
            format!("this `{bracket}` is never closed"),
        )
        .label("opened here")
        .help(format!("write the missing `{partner}`"));
        if end < self.source.len() {
            error = error.other(Span::new(end, end + 1), format!("`{partner}` is missing before this"));
        }
        self.report(error);
    }

    fn close(&mut self, at: usize, byte: u8) {
        let span = Span::new(at, at + 1);
        let found = char::from(byte);
        match self.open.last().copied() {
            Some(open) if partner(open.byte) == byte => {
                self.open.pop();
                if self.open.is_empty() && open.block {
                    self.in_const = None;
                }
            }
            Some(_) if self.open.iter().any(|open| partner(open.byte) == byte) => {
                let mut first = true;
                while let Some(open) = self.open.pop().filter(|open| partner(open.byte) != byte) {
                    self.unclosed(open, first.then_some(at));
                    first = false;
                }
            }
            Some(open) if !open.block => {
                let right = partner(open.byte);
                let (opened, right_text) = (char::from(open.byte), char::from(right));
                self.report(
                    Diagnostic::error(
                        codes::SYNTAX,
                        span,
                        format!("expected `{right_text}`, found `{found}`"),
                    )
                    .label(format!("this does not close `{opened}`"))
                    .other(Span::new(open.at, open.at + 1), "opened here")
                    .replace(
                        format!("write `{right_text}` instead of `{found}`"),
                        Automatic,
                        right_text.to_string(),
                    ),
                );
                self.replace(at, right);
                self.open.pop();
            }
            _ => {
                self.report(
                    Diagnostic::error(codes::SYNTAX, span, format!("this `{found}` closes nothing"))
                        .label(format!("no `{}` is open here", char::from(opener(byte))))
                        .help(format!("remove the `{found}`, or look above for one too many")),
                );
                self.replace(at, b' ');
            }
        }
    }

    fn finish(mut self) -> Structure {
        let end = self.source.len();
        let mut first = true;
        let mut closing = 0;
        while let Some(open) = self.open.pop() {
            if open.block {
                let span = Span::new(open.at, open.at + 1);
                self.report(
                    Diagnostic::error(codes::SYNTAX, span, "this `{` is never closed")
                        .label("opened here")
                        .fix(
                            "write the missing `}` at the end of the block",
                            Automatic,
                            vec![Edit::insert(self.source.trim_end().len(), "\n}")],
                        ),
                );
                closing += 1;
            } else {
                self.unclosed(open, first.then_some(end));
                first = false;
            }
        }
        // The line end keeps the added braces out of a comment on the last line.
        if closing > 0 {
            self.bytes.push(b'\n');
            self.bytes.extend(std::iter::repeat_n(b'}', closing));
        }
        // Replaced bytes were ASCII or whole characters, so the text is still UTF-8.
        let text = String::from_utf8(self.bytes).unwrap_or_else(|_| self.source.to_owned());
        Structure { text, diagnostics: self.diagnostics, hopeless: false }
    }
}

/// Whether the record open here is closed soon, in front of something that follows a value.
fn record_closes(rest: &Lexer<'_>, source: &str) -> bool {
    let mut depth = 0_usize;
    let mut rest = rest.clone().filter(|token| token.kind != Kind::Comment).take(200);
    while let Some(token) = rest.next() {
        match token.text(source) {
            "{" => depth += 1,
            "}" if depth > 0 => depth -= 1,
            "}" => return rest.next().is_some_and(|next| matches!(next.text(source), ";" | "," | "]" | ")")),
            _ => {}
        }
    }
    false
}

/// The error for nesting beyond the limit.
pub(crate) fn too_deep(span: Span) -> Diagnostic {
    Diagnostic::error(
        codes::NESTING_TOO_DEEP,
        span,
        format!("brackets are nested deeper than {MAX_NESTING} levels"),
    )
    .label(format!("this is level {}", MAX_NESTING + 1))
    .help("a network needs no such nesting; look for a bracket that was not closed")
}

fn partner(byte: u8) -> u8 {
    match byte {
        b'(' => b')',
        b'[' => b']',
        _ => b'}',
    }
}

fn opener(byte: u8) -> u8 {
    match byte {
        b')' => b'(',
        b']' => b'[',
        _ => b'{',
    }
}

/// Whether an item begins with `token`, the first words of which follow in `rest`; the grammar's `item_head`.
fn begins_item(token: Token, rest: &Lexer<'_>, source: &str) -> bool {
    let word = token.text(source);
    if !words::is_keyword(word) {
        return false;
    }
    let mut rest = rest.clone().filter(|token| token.kind != Kind::Comment);
    let (first, second) = (rest.next(), rest.next());
    let text = |token: Option<Token>| token.map_or("", |token| token.text(source));
    let name = first.is_some_and(|token| token.kind == Kind::Word);
    match word {
        "network" => name && text(second) == "{",
        "const" | "dataset" => name && text(second) == "=",
        "weights" => matches!(text(first), "{" | "from"),
        "train" => text(first) == "{" || name && text(second) == "{",
        "chemistry" | "simulate" | "noise" | "sweep" | "expect" => text(first) == "{",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(source: &str) -> Vec<String> {
        check(source).diagnostics.iter().map(|found| found.message.clone()).collect()
    }

    #[test]
    fn balanced_text_is_left_alone() {
        let source = "network n { input x[2] in [0, 1]; } // }}}\nweights { a = { b = \"{\" }; }";
        let structure = check(source);
        assert_eq!(structure.text, source);
        assert_eq!(structure.diagnostics, []);
    }

    #[test]
    fn an_unclosed_block_ends_before_the_next_item() {
        let structure = check("network n {\n  output y;\nweights { init = 1; }\n");
        assert_eq!(structure.text, "network n {\n  output y;}weights { init = 1; }\n");
        assert_eq!(structure.diagnostics[0].span, Some(Span::new(10, 11)));
        assert_eq!(structure.diagnostics.len(), 1);
    }

    #[test]
    fn each_slip_is_reported_once() {
        assert_eq!(
            messages("a { b = (1; c = [2; }"),
            ["this `(` is never closed", "this `[` is never closed"]
        );
        assert_eq!(messages("a { b = ([1); }"), ["this `[` is never closed"]);
        assert_eq!(messages("a { b = f(1]; }"), ["expected `)`, found `]`"]);
        assert_eq!(messages("a { b = { c = 1; d = 2 }; }"), ["expected `,` or `}`, found `;`"]);
        assert_eq!(messages("a { b = { c = 1; d = 2; }"), ["this `{` is never closed"]);
        assert_eq!(messages("const a = { b = 1 }; weights = { init = 1; }"), [""; 0]);
        assert_eq!(messages("a { } }"), ["this `}` closes nothing"]);
        assert_eq!(messages("a { // }"), ["this `{` is never closed"]);
        assert_eq!(messages("dataset d = csv(\"iris.csv) { a = 1; }"), ["this string has no closing `\"`"]);
    }

    #[test]
    fn deep_nesting_is_one_error_at_once() {
        for bracket in ["(", "[", "{"] {
            let structure = check(&format!("const a = {}", bracket.repeat(100_000)));
            assert!(structure.hopeless);
            assert_eq!(structure.diagnostics.len(), 1);
            assert_eq!(structure.diagnostics[0].span, Some(Span::new(74, 75)));
        }
        assert!(!check(&format!("{}{}", "(".repeat(64), ")".repeat(64))).hopeless);
    }
}
