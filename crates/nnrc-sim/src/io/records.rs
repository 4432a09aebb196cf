//! A table of text, cut into rows and cells as RFC 4180 has it, and written so.
//!
//! Lines end with LF, CR or both; empty ones are skipped. A cell that begins with a quote goes to the next single one,
//! over separators and ends of lines; two quotes in it stand for one. What follows on the closing quote belongs to the
//! cell as it is, and so does a quote further inside.

use std::borrow::Cow;

/// The rows of a table.
pub(super) struct Records<'a> {
    rest: &'a str,
    line: u64,
    separator: u8,
    /// How many cells the last row had: the next one will have as many.
    width: usize,
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Record<'a> {
    /// The 1-based number of the line on which it begins.
    pub(super) line: u64,
    pub(super) cells: Vec<Cow<'a, str>>,
}

impl<'a> Records<'a> {
    pub(super) fn of(text: &'a str, separator: u8) -> Self {
        let rest = text.strip_prefix('\u{feff}').unwrap_or(text);
        Self { rest, line: 1, separator, width: 0 }
    }

    fn cell(&mut self) -> Cow<'a, str> {
        match self.rest.strip_prefix('"') {
            None => Cow::Borrowed(self.unquoted()),
            Some(rest) => {
                self.rest = rest;
                self.quoted()
            }
        }
    }

    /// What stands before the next separator or end of line.
    fn unquoted(&mut self) -> &'a str {
        let bytes = self.rest.as_bytes();
        let ends = |byte: &u8| *byte == self.separator || matches!(byte, b'\n' | b'\r');
        let length = bytes.iter().position(ends).unwrap_or(bytes.len());
        self.take(length)
    }

    /// The rest of a cell whose opening quote is read; without a closing one all that is there.
    fn quoted(&mut self) -> Cow<'a, str> {
        let mut cell = Cow::Borrowed("");
        loop {
            let length = self.rest.find('"');
            let part = self.take(length.unwrap_or(self.rest.len()));
            self.line += part.bytes().filter(|byte| *byte == b'\n').count() as u64;
            cell += part;
            if length.is_none() {
                return cell;
            }
            self.take(1);
            if !self.rest.starts_with('"') {
                break;
            }
            cell += self.take(1);
        }
        cell += self.unquoted();
        cell
    }

    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        taken
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Record<'a>> {
        while let Some(end @ (b'\n' | b'\r')) = self.rest.bytes().next() {
            self.line += u64::from(end == b'\n');
            self.take(1);
        }
        if self.rest.is_empty() {
            return None;
        }
        let line = self.line;
        let mut cells = Vec::with_capacity(self.width);
        cells.push(self.cell());
        while self.rest.bytes().next() == Some(self.separator) {
            self.take(1);
            cells.push(self.cell());
        }
        self.width = cells.len();
        Some(Record { line, cells })
    }
}

/// A row of cells between commas, with its end of line.
pub(super) fn row(cells: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    let mut row = String::new();
    for (at, cell) in cells.into_iter().enumerate() {
        let cell = cell.as_ref();
        if at > 0 {
            row.push(',');
        }
        if cell.contains(['"', ',', '\n', '\r']) {
            row.extend(["\"", &cell.replace('"', "\"\""), "\""]);
        } else {
            row.push_str(cell);
        }
    }
    // An empty line would be no row.
    if row.is_empty() {
        row.push_str("\"\"");
    }
    row.push('\n');
    row
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ours(text: &str, separator: u8) -> Vec<(u64, Vec<String>)> {
        let owned = |record: Record<'_>| {
            (record.line, record.cells.into_iter().map(Cow::into_owned).collect::<Vec<_>>())
        };
        Records::of(text, separator).map(owned).collect()
    }

    /// What the crate `csv` finds. It places a row before the empty lines that precede it.
    fn theirs(text: &str, separator: u8) -> Vec<(u64, Vec<String>)> {
        let mut reader = csv::ReaderBuilder::new();
        let reader = reader.delimiter(separator).has_headers(false).flexible(true);
        let mut rows = Vec::new();
        for record in reader.from_reader(text.as_bytes()).records() {
            let record = record.unwrap();
            let start = record.position().unwrap().byte() as usize;
            let ends = text[start..].bytes().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            let line = 1 + text[..start + ends].matches('\n').count() as u64;
            rows.push((line, record.iter().map(str::to_owned).collect()));
        }
        rows
    }

    #[test]
    fn odd_rows_are_read_as_others_read_them() {
        for text in [
            "",
            "\n\r\n\r",
            "a",
            "a,",
            ",",
            "\"",
            "\"\"",
            "\"\"\n\"\"\"",
            "a\"b\",c",
            "\"a\"b\"c\",d",
            "\"a\nb\r\",\"\"\"\"\r\rc",
            "\"a,b",
            "é,\"é\"é\n",
        ] {
            assert_eq!(ours(text, b','), theirs(text, b','), "{text:?}");
        }
        assert_eq!(ours("\u{feff}\"a\"", b','), [(1, vec!["a".to_owned()])]);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn texts_are_read_as_others_read_them(text in "[a,;\"\n\r\t é]{0,24}", separator in 0usize..4) {
            let separator = b",;\t|"[separator];
            prop_assert_eq!(ours(&text, separator), theirs(&text, separator));
        }

        #[test]
        fn rows_are_written_as_others_write_them(rows in prop::collection::vec(
            prop::collection::vec("[a,;\"\n\r\t é]{0,4}", 0..4), 0..4,
        )) {
            let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
            for row in &rows {
                writer.write_record(row).unwrap();
            }
            let theirs = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            prop_assert_eq!(rows.iter().map(row).collect::<String>(), theirs);
        }
    }
}
