//! Numbers, rows of numbers and strings: tokens with a value.

use pest::iterators::Pair;

use super::Builder;
use crate::ast::{Expr, ExprKind};
use crate::codes;
use crate::diagnostic::{Diagnostic, Span};
use crate::explain::clip;
use crate::grammar::Rule;

impl Builder<'_> {
    /// The value of a number; one too large for a double is an error, not infinity.
    pub(super) fn number(&mut self, text: &str, span: Span) -> Option<f64> {
        let value = text.parse::<f64>().ok().filter(|value| value.is_finite());
        if value.is_none() {
            self.report(
                Diagnostic::error(
                    codes::NOT_FINITE,
                    span,
                    format!("the number `{}` is too large", clip(text)),
                )
                .label("beyond 1.8e308"),
            );
        }
        value
    }

    pub(super) fn int(&mut self, pair: &Pair<'_, Rule>) -> Option<u64> {
        let value = pair.as_str().parse().ok();
        if value.is_none() {
            let message = format!("the number `{}` is too large", clip(pair.as_str()));
            self.report(
                Diagnostic::error(codes::OUT_OF_RANGE, self.span(pair), message).label("not a component"),
            );
        }
        value
    }

    /// The elements of a list of plain numbers, which the grammar takes as one token that begins at `start`.
    pub(super) fn row(&mut self, text: &str, start: usize) -> Option<Vec<Expr>> {
        let inner = text.strip_prefix('[')?.strip_suffix(']')?;
        let mut row = Vec::with_capacity(inner.bytes().filter(|byte| *byte == b',').count() + 1);
        let mut at = start + 1;
        for element in inner.split(',') {
            let blanks = [' ', '\t', '\n', '\r', '\u{feff}'];
            let begin = at + element.len() - element.trim_start_matches(blanks).len();
            let number = element.trim_matches(blanks);
            at += element.len() + 1;
            // The comma after the last element.
            if number.is_empty() {
                continue;
            }
            let span = self.place(begin, begin + number.len());
            let positive = number.trim_start_matches('-');
            let inside = self.place(begin + number.len() - positive.len(), begin + number.len());
            let value = self.number(positive, inside)?;
            let plain = Expr { kind: ExprKind::Number { value, unit: None }, span: inside };
            row.push(match positive.len() == number.len() {
                true => plain,
                false => Expr { kind: ExprKind::Negate(Box::new(plain)), span },
            });
        }
        Some(row)
    }

    /// A string with its escapes resolved.
    pub(super) fn text(&mut self, pair: &Pair<'_, Rule>) -> Option<String> {
        let inner = pair.as_str().strip_prefix('"')?.strip_suffix('"')?;
        let mut text = String::with_capacity(inner.len());
        let mut letters = inner.char_indices();
        while let Some((at, letter)) = letters.next() {
            if letter != '\\' {
                text.push(letter);
                continue;
            }
            match letters.next() {
                Some((_, 'n')) => text.push('\n'),
                Some((_, 't')) => text.push('\t'),
                Some((_, escaped @ ('\\' | '"'))) => text.push(escaped),
                other => {
                    let escaped = other.map_or(' ', |(_, letter)| letter);
                    let start = pair.as_span().start() + 1 + at;
                    let span = self.place(start, start + 1 + escaped.len_utf8());
                    self.report(
                        Diagnostic::error(
                            codes::SYNTAX,
                            span,
                            format!("unknown escape `\\{escaped}` in a string"),
                        )
                        .label("not an escape")
                        .help("the escapes are `\\\\`, `\\\"`, `\\n` and `\\t`; paths are written with `/`"),
                    );
                    return None;
                }
            }
        }
        Some(text)
    }
}
