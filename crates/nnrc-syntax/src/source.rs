//! A source text that knows its lines.

use crate::diagnostic::Span;

/// A source text with its name and the starts of its lines.
#[derive(Debug, Clone)]
pub struct Source {
    /// The name as the user gave it, printed in front of line and column.
    pub name: String,
    /// The text.
    pub text: String,
    /// Byte offset of the first character of each line; the first is 0.
    line_starts: Vec<usize>,
}

impl Source {
    /// The source `text` called `name`.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        let line_starts = std::iter::once(0).chain(ends).collect();
        Self { name: name.into(), text, line_starts }
    }

    /// Line and column of a byte offset, both from 1, the column in characters.
    ///
    /// An offset past the end counts as the end, one inside a character as that character.
    pub fn line_column(&self, offset: usize) -> (usize, usize) {
        let offset = self.floor(offset);
        let line = self.line_starts.partition_point(|start| *start <= offset);
        let start = self.line_starts.get(line.saturating_sub(1)).copied().unwrap_or(0);
        let column = self.text.get(start..offset).map_or(0, |before| before.chars().count());
        (line.max(1), column + 1)
    }

    /// The bytes of a line (from 1) without its end; empty where there is no such line.
    pub fn line_range(&self, line: usize) -> std::ops::Range<usize> {
        let end_of_text = self.text.len();
        let start = line.checked_sub(1).and_then(|at| self.line_starts.get(at)).copied();
        let Some(start) = start else { return end_of_text..end_of_text };
        let end = self.line_starts.get(line).map_or(end_of_text, |next| next - 1);
        let end =
            if end > start && self.text.as_bytes().get(end - 1) == Some(&b'\r') { end - 1 } else { end };
        start..end
    }

    /// How many lines there are; the text after the last line end counts as one.
    pub fn line_count(&self) -> usize {
        self.line_starts.len()
    }

    /// The text of a span, clipped to the source.
    pub fn slice(&self, span: Span) -> &str {
        let start = self.floor(span.start as usize);
        let end = self.floor(span.end as usize).max(start);
        &self.text[start..end]
    }

    /// The last character boundary at or before `offset`.
    pub(crate) fn floor(&self, offset: usize) -> usize {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_characters_from_one() {
        let source = Source::new("a.nnr", "aµb\r\nc\n");
        assert_eq!(source.line_column(0), (1, 1));
        assert_eq!(source.line_column(3), (1, 3));
        assert_eq!(source.line_column(2), (1, 2), "inside a character");
        assert_eq!(source.line_column(6), (2, 1));
        assert_eq!(source.line_column(8), (3, 1));
        assert_eq!(source.line_column(99), (3, 1));
        assert_eq!(source.line_count(), 3);
        assert_eq!(&source.text[source.line_range(1)], "aµb");
        assert_eq!(&source.text[source.line_range(9)], "");
    }

    #[test]
    fn the_empty_text_has_one_line() {
        let source = Source::new("a.nnr", "");
        assert_eq!(source.line_column(0), (1, 1));
        assert_eq!(source.line_range(1), 0..0);
    }
}
