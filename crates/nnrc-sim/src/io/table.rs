//! Tables of text, comma- or tab-separated, and time courses as CSV.

use super::{ReadError, ReadErrorKind};
use std::io;

/// What separates the cells of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Separator {
    /// CSV.
    Comma,
    /// TSV.
    Tab,
}

impl Separator {
    /// The separator for a file: tab for the extension `tsv` or `tab`, comma for `csv`, and for any other
    /// the one that is more frequent in the header row.
    pub fn of(extension: Option<&str>, bytes: &[u8]) -> Self {
        match extension.map(str::to_ascii_lowercase).as_deref() {
            Some("tsv" | "tab") => return Separator::Tab,
            Some("csv") => return Separator::Comma,
            _ => {}
        }
        let header = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let count = |separator| header.iter().filter(|byte| **byte == separator).count();
        if count(b'\t') > count(b',') { Separator::Tab } else { Separator::Comma }
    }
}

/// A table with a header row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    /// Names of the columns, without white space around them.
    pub header: Vec<String>,
    /// Rows of as many cells as the header, without white space around them.
    pub rows: Vec<Row>,
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Row {
    /// 1-based number of the line on which the row begins.
    pub line: u64,
    /// The cells.
    pub cells: Vec<String>,
}

/// Reads a table. A byte-order mark, CRLF line ends and quoted cells are understood; empty lines are
/// skipped.
///
/// # Errors
///
/// [`ReadErrorKind::Ragged`] and [`ReadErrorKind::InvalidUtf8`] with the line,
/// [`ReadErrorKind::Malformed`] for a file without a header.
pub fn read(bytes: &[u8], separator: Separator) -> Result<Table, ReadError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if let Err(error) = std::str::from_utf8(bytes) {
        let line = 1 + bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count();
        return Err(ReadError::new(ReadErrorKind::InvalidUtf8, format!("line {line} is not valid UTF-8")));
    }
    let delimiter = match separator {
        Separator::Comma => b',',
        Separator::Tab => b'\t',
    };
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(bytes);
    let mut table = Table::default();
    let (mut line, mut counted) = (1, 0);
    for record in reader.records() {
        let record = record.map_err(|error| ReadError::malformed(error.to_string()))?;
        // The reader places a record before the rest of the line end (and the empty lines) that precede
        // it, so lines are counted here.
        let start = record.position().and_then(|position| usize::try_from(position.byte()).ok());
        let start = start.map_or(counted, |start| start.min(bytes.len()));
        let ends = bytes[start..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        line += bytes[counted..start + ends].iter().filter(|byte| **byte == b'\n').count() as u64;
        counted = start + ends;
        let cells: Vec<String> = record.iter().map(str::to_owned).collect();
        if table.header.is_empty() {
            table.header = cells;
        } else if cells.len() == table.header.len() {
            table.rows.push(Row { line, cells });
        } else {
            let cells = if cells.len() == 1 { "1 cell".to_owned() } else { format!("{} cells", cells.len()) };
            let message = format!("line {line} has {cells}, the header has {}", table.header.len());
            return Err(ReadError::new(ReadErrorKind::Ragged, message));
        }
    }
    if table.header.is_empty() {
        return Err(ReadError::malformed("the file is empty; a header row is expected"));
    }
    Ok(table)
}

/// Writes rows of numbers under a header as CSV with LF line ends. Numbers have the fewest digits that
/// read back as the same f64.
///
/// # Errors
///
/// Those of `writer`, and [`io::ErrorKind::InvalidInput`] for a row whose length is not that of the header.
pub fn write<W, R>(writer: W, header: &[impl AsRef<str>], rows: impl IntoIterator<Item = R>) -> io::Result<()>
where
    W: io::Write,
    R: AsRef<[f64]>,
{
    let mut writer = csv::WriterBuilder::new().from_writer(writer);
    writer.write_record(header.iter().map(AsRef::as_ref).map(str::as_bytes))?;
    for row in rows {
        writer.write_record(row.as_ref().iter().map(|value| number(*value)))?;
    }
    writer.flush()
}

/// The shortest text that reads back as `value`; very large and very small ones in exponent form.
pub fn number(value: f64) -> String {
    let size = value.abs();
    if size == 0.0 || (1e-5..1e16).contains(&size) { format!("{value}") } else { format!("{value:e}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_with_their_lines() {
        let text = "\u{feff}a, b ,\"c \"\"x\"\"\"\r\n1,2,3\r\n\r\n\"4\n5\", 6,7";
        let table = read(text.as_bytes(), Separator::Comma).unwrap();
        assert_eq!(table.header, ["a", "b", "c \"x\""]);
        assert_eq!(table.rows[0], Row { line: 2, cells: vec!["1".into(), "2".into(), "3".into()] });
        assert_eq!(table.rows[1], Row { line: 4, cells: vec!["4\n5".into(), "6".into(), "7".into()] });
    }

    #[test]
    fn separators() {
        assert_eq!(Separator::of(Some("TSV"), b"a,b"), Separator::Tab);
        assert_eq!(Separator::of(Some("csv"), b"a\tb"), Separator::Comma);
        assert_eq!(Separator::of(Some("txt"), b"a\tb\n1,2,3"), Separator::Tab);
        assert_eq!(Separator::of(None, b"a\n"), Separator::Comma);
        let table = read(b"a\tb\n1\t2\n", Separator::Tab).unwrap();
        assert_eq!(table.rows[0].cells, ["1", "2"]);
    }

    #[test]
    fn faults_have_their_kinds() {
        let error = read(b"a,b\n1,2\n3\n", Separator::Comma).unwrap_err();
        assert_eq!(error.kind, ReadErrorKind::Ragged);
        assert_eq!(error.message, "line 3 has 1 cell, the header has 2");
        let error = read(b"a,b\n1,2\n3,\xff\n", Separator::Comma).unwrap_err();
        assert_eq!(
            (error.kind, error.message.as_str()),
            (ReadErrorKind::InvalidUtf8, "line 3 is not valid UTF-8")
        );
        for empty in [&b""[..], b"\n\n", b"\xef\xbb\xbf"] {
            assert_eq!(read(empty, Separator::Comma).unwrap_err().kind, ReadErrorKind::Malformed);
        }
        assert!(read(b"a,b\n", Separator::Comma).unwrap().rows.is_empty());
    }

    #[test]
    fn numbers_are_written_to_be_read_back() {
        let rows = [[0.0, 0.1 + 0.2], [1e-300, -1.5e22], [1.0, 123456.789]];
        let mut bytes = Vec::new();
        write(&mut bytes, &["time", "y, first"], rows).unwrap();
        assert_eq!(
            String::from_utf8(bytes.clone()).unwrap(),
            "time,\"y, first\"\n0,0.30000000000000004\n1e-300,-1.5e22\n1,123456.789\n"
        );
        let table = read(&bytes, Separator::Comma).unwrap();
        for (row, expected) in table.rows.iter().zip(rows) {
            let values: Vec<f64> = row.cells.iter().map(|cell| cell.parse().unwrap()).collect();
            assert_eq!(values, expected);
        }
        assert!(write(Vec::new(), &["time"], rows).is_err());
    }
}
