//! A text as the editor has it, and places in it.

use std::ops::Range as Bytes;
use std::path::{Path, PathBuf};

use lsp_types::{Position, PositionEncodingKind, Range, TextDocumentContentChangeEvent};
use nnrc_syntax::{Source, Span};

/// How an editor counts within a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Bytes.
    Utf8,
    /// Halves of surrogate pairs, what every editor knows.
    Utf16,
}

impl Encoding {
    /// The better one of those that an editor offers.
    pub fn of(offered: Option<&[PositionEncodingKind]>) -> Self {
        let knows_bytes = offered.is_some_and(|all| all.contains(&PositionEncodingKind::UTF8));
        if knows_bytes { Self::Utf8 } else { Self::Utf16 }
    }

    /// Its name in the protocol.
    pub fn kind(self) -> PositionEncodingKind {
        match self {
            Self::Utf8 => PositionEncodingKind::UTF8,
            Self::Utf16 => PositionEncodingKind::UTF16,
        }
    }

    fn length(self, text: &str) -> usize {
        match self {
            Self::Utf8 => text.len(),
            Self::Utf16 => text.chars().map(char::len_utf16).sum(),
        }
    }
}

/// A text and where its lines begin, as the protocol counts them: they end by `\n`, `\r\n` or `\r`.
#[derive(Debug, Clone)]
pub struct Text {
    /// The text, called by the file it is.
    pub source: Source,
    encoding: Encoding,
    starts: Vec<usize>,
}

impl Text {
    /// A text called `name`.
    pub fn new(name: &str, text: String, encoding: Encoding) -> Self {
        let bytes = text.as_bytes();
        let ends = bytes
            .iter()
            .enumerate()
            .filter(|(at, byte)| **byte == b'\n' || **byte == b'\r' && bytes.get(at + 1) != Some(&b'\n'));
        let starts = std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect();
        Self { source: Source::new(name, text), encoding, starts }
    }

    /// The text itself.
    pub fn text(&self) -> &str {
        &self.source.text
    }

    /// The bytes of a line, counted from 0, without its end.
    fn line(&self, line: usize) -> Bytes<usize> {
        let length = self.text().len();
        let Some(&start) = self.starts.get(line) else { return length..length };
        let end = self.starts.get(line + 1).copied().unwrap_or(length);
        start..start + self.text()[start..end].trim_end_matches(['\n', '\r']).len()
    }

    /// The place of a byte; one inside a character counts as that character, one past the end as the end.
    pub fn position(&self, offset: usize) -> Position {
        let text = self.text();
        let mut offset = offset.min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.starts.partition_point(|start| *start <= offset) - 1;
        let before = &text[self.starts[line]..offset.min(self.line(line).end)];
        Position::new(line as u32, self.encoding.length(before) as u32)
    }

    /// The byte of a place; one beyond the end of its line counts as that end, one inside a character as that
    /// character, one below the last line as the end of the text.
    pub fn offset(&self, position: Position) -> usize {
        let line = self.line(position.line as usize);
        let mut rest = position.character as usize;
        let mut offset = line.start;
        for character in self.text()[line].chars() {
            let length = self.encoding.length(character.encode_utf8(&mut [0; 4]));
            if length > rest {
                break;
            }
            rest -= length;
            offset += character.len_utf8();
        }
        offset
    }

    /// The places of a span.
    pub fn range(&self, span: Span) -> Range {
        Range::new(self.position(span.start as usize), self.position(span.end as usize))
    }

    /// All of it.
    pub fn whole(&self) -> Range {
        self.range(Span::new(0, self.text().len()))
    }

    /// The text after one change by the editor.
    pub fn changed(&self, change: TextDocumentContentChangeEvent) -> Self {
        let text = match change.range {
            None => change.text,
            Some(range) => {
                let (start, end) = (self.offset(range.start), self.offset(range.end));
                let (start, end) = (start.min(end), end.max(start));
                format!("{}{}{}", &self.text()[..start], change.text, &self.text()[end..])
            }
        };
        Self::new(&self.source.name, text, self.encoding)
    }
}

/// The file of a `file:` URI; none for any other.
pub fn path(uri: &str) -> Option<PathBuf> {
    let rest = uri.strip_prefix("file://")?;
    // What stands before the next slash is a machine, which is this one where nothing is said.
    let path = rest.strip_prefix("localhost").unwrap_or(rest);
    let mut bytes = Vec::new();
    let mut rest = path.strip_prefix('/')?.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'%' => {
                let digits = [rest.next()?, rest.next()?];
                bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
            }
            b'?' | b'#' => break,
            other => bytes.push(other),
        }
    }
    let path = String::from_utf8(bytes).ok()?;
    // `/c:/models` is a path of Windows.
    let has_drive = path.as_bytes().get(1) == Some(&b':');
    Some(if has_drive { PathBuf::from(path) } else { Path::new("/").join(path) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str, encoding: Encoding) -> Text {
        Text::new("m.nnr", text.to_owned(), encoding)
    }

    #[test]
    fn every_boundary_goes_there_and_back() {
        let content = "a é\t😀b\r\n\tx\n\r\nlast\rold 😀";
        for encoding in [Encoding::Utf8, Encoding::Utf16] {
            let text = text(content, encoding);
            for (offset, _) in content.char_indices() {
                let position = text.position(offset);
                // Between `\r` and `\n` there is no place: that is the end of the line.
                let between = content.as_bytes()[offset] == b'\n' && content[..offset].ends_with('\r');
                let wanted = if between { offset - 1 } else { offset };
                assert_eq!(text.offset(position), wanted, "{offset} {position:?} {encoding:?}");
            }
        }
    }

    #[test]
    fn characters_count_as_the_protocol_counts_them() {
        let content = "é😀x\r\n\t😀y";
        let utf16 = text(content, Encoding::Utf16);
        let utf8 = text(content, Encoding::Utf8);
        // é is one unit and two bytes, 😀 two units and four bytes, a tab one of either.
        let x = content.find('x').unwrap();
        assert_eq!((utf16.position(x), utf8.position(x)), (Position::new(0, 3), Position::new(0, 6)));
        let y = content.find('y').unwrap();
        assert_eq!((utf16.position(y), utf8.position(y)), (Position::new(1, 3), Position::new(1, 5)));
        // Between the halves of a pair, beyond the line, beyond the text.
        assert_eq!(utf16.offset(Position::new(0, 2)), 2);
        assert_eq!(utf16.offset(Position::new(0, 99)), 7);
        assert_eq!(utf16.offset(Position::new(7, 0)), content.len());
        assert_eq!(utf16.position(999), Position::new(1, 4));
        assert_eq!(utf16.position(3), Position::new(0, 1), "inside a character");
    }

    #[test]
    fn changes_are_made_where_the_editor_says() {
        let change = |range: Option<((u32, u32), (u32, u32))>, text: &str| TextDocumentContentChangeEvent {
            range: range
                .map(|(from, to)| Range::new(Position::new(from.0, from.1), Position::new(to.0, to.1))),
            range_length: None,
            text: text.to_owned(),
        };
        let start = text("é😀x\r\nb\n", Encoding::Utf16);
        assert_eq!(start.changed(change(Some(((0, 1), (0, 3))), "-")).text(), "é-x\r\nb\n");
        assert_eq!(start.changed(change(Some(((0, 4), (1, 0))), "")).text(), "é😀xb\n");
        assert_eq!(start.changed(change(Some(((1, 1), (0, 0))), "")).text(), "\n", "the wrong way round");
        assert_eq!(start.changed(change(Some(((9, 9), (9, 9))), "z")).text(), "é😀x\r\nb\nz");
        assert_eq!(start.changed(change(None, "new")).text(), "new");
    }

    #[test]
    fn uris_of_files_are_paths() {
        assert_eq!(path("file:///a/b%20c/%C3%A9.nnr"), Some(PathBuf::from("/a/b c/é.nnr")));
        assert_eq!(path("file://localhost/a.nnr"), Some(PathBuf::from("/a.nnr")));
        assert_eq!(path("file:///c%3A/a.nnr"), Some(PathBuf::from("c:/a.nnr")));
        for other in
            ["untitled:Untitled-1", "file:///a%2", "file:///a%zz", "file://other/a.nnr", "", "file:///%ff"]
        {
            assert_eq!(path(other), None, "{other}");
        }
    }
}
