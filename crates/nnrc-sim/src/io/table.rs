//! Tables of text, and time courses as CSV.

use super::error::{ReadError, ReadErrorKind};
use super::records::{Record, row};
use super::separator::Separator;
use super::separator::is_number;
use std::io::{self, Write as _};

/// How much of a file is looked at to tell text from what is none.
const START: usize = 1 << 16;

/// The text of a table, without a byte-order mark.
///
/// # Errors
///
/// [`ReadErrorKind::InvalidUtf8`] with the line or the encoding that it is in, [`ReadErrorKind::Malformed`] for what is
/// no text.
pub fn text(bytes: &[u8]) -> Result<&str, ReadError> {
    let utf_16 = "it is in UTF-16; save it as UTF-8 (in Excel: \"CSV UTF-8\")";
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(ReadError::new(ReadErrorKind::InvalidUtf8, utf_16));
    }
    if bytes.starts_with(b"PK\x03\x04") {
        let message = "it is an archive, such as a workbook of Excel; save the sheet as CSV";
        return Err(ReadError::malformed(message));
    }
    if bytes.starts_with(&[0x1f, 0x8b]) {
        return Err(ReadError::malformed("it is compressed; unpack it with gunzip first"));
    }
    let start = &bytes[..bytes.len().min(START)];
    if let Some(at) = start.iter().position(|byte| *byte == 0) {
        // Every other byte of Western text in UTF-16 is 0.
        let zeros = start.iter().filter(|byte| **byte == 0).count();
        let looks_wide = at < 2 && zeros >= start.len() / 3 && zeros <= start.len() * 2 / 3;
        return Err(if looks_wide {
            ReadError::new(ReadErrorKind::InvalidUtf8, utf_16)
        } else {
            ReadError::malformed("it is no text: it holds zero bytes")
        });
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|error| {
        let line = 1 + bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count();
        ReadError::new(ReadErrorKind::InvalidUtf8, format!("line {line} is not valid UTF-8"))
    })
}

/// The separator that a first line such as `sep=;` names, as Excel writes and reads it, and the text after that line.
pub fn named_separator(text: &str) -> Option<(char, &str)> {
    let (line, rest) = text.split_once('\n').unwrap_or((text, ""));
    let line = line.strip_suffix('\r').unwrap_or(line);
    let line = line.strip_prefix('"').and_then(|line| line.strip_suffix('"')).unwrap_or(line);
    let name = line.get(..4)?;
    let mut chars = line[4..].chars();
    match (name.eq_ignore_ascii_case("sep="), chars.next(), chars.next()) {
        (true, Some(separator), None) => Some((separator, rest)),
        _ => None,
    }
}

/// Reads the rows of a table: `each` gets the 1-based number of the line on which a row begins, and its cells without
/// white space around them. CRLF line ends and quoted cells are understood; empty lines are skipped.
///
/// # Errors
///
/// Those of `each`.
pub fn rows(
    text: &str,
    separator: Separator,
    mut each: impl FnMut(u64, &[&str]) -> Result<(), ReadError>,
) -> Result<(), ReadError> {
    for Record { line, cells } in separator.records(text) {
        let cells: Vec<&str> = cells.iter().map(|cell| plain(cell)).collect();
        each(line, &cells)?;
    }
    Ok(())
}

/// A cell without the white space around it, and without quotes that stand behind white space, which is none of what a
/// reader of CSV takes off.
fn plain(cell: &str) -> &str {
    let trimmed = cell.trim();
    let quoted = trimmed.strip_prefix('"').and_then(|cell| cell.strip_suffix('"'));
    match quoted.filter(|quoted| cell.starts_with(char::is_whitespace) && !quoted.contains('"')) {
        Some(quoted) => quoted.trim(),
        None => trimmed,
    }
}

/// Reads a comma-separated table of numbers (of tabs in a file that ends in `tsv` or `tab`) under a header row: what
/// generated programs take. The names of the columns, and the rows.
///
/// # Errors
///
/// [`ReadErrorKind::Ragged`], [`ReadErrorKind::NonFinite`] and [`ReadErrorKind::InvalidUtf8`] with the line,
/// [`ReadErrorKind::Malformed`] for a file without a header, for cells that are no numbers and for other separators.
pub fn numbers(bytes: &[u8], extension: Option<&str>) -> Result<(Vec<String>, Vec<Vec<f64>>), ReadError> {
    let text = text(bytes)?;
    let separator = Separator::of(extension, text);
    let named = named_separator(text).map(|(char, _)| char);
    let expected = if separator == Separator::Tab { '\t' } else { ',' };
    if matches!(separator, Separator::Semicolon | Separator::Bar)
        || named.is_some_and(|char| char != expected)
    {
        let words = named.and_then(Separator::from_char).unwrap_or(separator).words();
        return Err(ReadError::malformed(format!("its cells are separated by {words}; commas are expected")));
    }
    if named.is_some() {
        return Err(ReadError::malformed("its first line is `sep=`, not a header row; leave that line out"));
    }
    let mut header: Vec<String> = Vec::new();
    let mut table = Vec::new();
    rows(text, separator, |line, cells| {
        if header.is_empty() {
            header = cells.iter().map(|cell| (*cell).to_owned()).collect();
            // What is missing beside numbers is no name either.
            let is_nothing = |cell: &str| matches!(cell, "" | "?" | "NA") || cell.parse::<f64>().is_ok();
            let is_data = |cell: &&str| is_number(cell) || is_nothing(cell);
            if cells.iter().any(|cell| is_number(cell)) && cells.iter().all(is_data) {
                let message =
                    "its first row holds numbers: a header row with the names of the columns is expected";
                return Err(ReadError::malformed(message));
            }
            return Ok(());
        }
        if cells.len() != header.len() {
            return Err(ragged(line, cells.len(), "the header", header.len()));
        }
        let row = cells.iter().map(|cell| match cell.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(number),
            Ok(_) => {
                let message = format!("line {line}: `{cell}` is not a finite number");
                Err(ReadError::new(ReadErrorKind::NonFinite, message))
            }
            Err(_) => {
                let message = format!("line {line}: `{}` is not a number", shortened(cell));
                Err(ReadError::malformed(message))
            }
        });
        table.push(row.collect::<Result<_, _>>()?);
        Ok(())
    })?;
    if header.is_empty() {
        return Err(ReadError::malformed("the file is empty; a header row is expected"));
    }
    Ok((header, table))
}

/// A row of another length than the first.
pub fn ragged(line: u64, cells: usize, first: &str, expected: usize) -> ReadError {
    let cells = if cells == 1 { "1 cell".to_owned() } else { format!("{cells} cells") };
    ReadError::new(ReadErrorKind::Ragged, format!("line {line} has {cells}, {first} has {expected}"))
}

/// A cell in a message: of a long one only how it begins.
pub fn shortened(cell: &str) -> String {
    match cell.char_indices().nth(40) {
        Some((at, _)) => format!("{}…", &cell[..at]),
        None => cell.to_owned(),
    }
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
    let mut writer = io::BufWriter::new(writer);
    writer.write_all(row(header).as_bytes())?;
    for values in rows {
        let values = values.as_ref();
        if values.len() != header.len() {
            let message = format!("a row of {} numbers under {} names", values.len(), header.len());
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        writer.write_all(row(values.iter().map(|value| number(*value))).as_bytes())?;
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

    /// The rows of a text with their lines.
    fn read(text: &str, separator: Separator) -> Vec<(u64, Vec<String>)> {
        let mut found = Vec::new();
        rows(text, separator, |line, cells| {
            found.push((line, cells.iter().map(|cell| (*cell).to_owned()).collect()));
            Ok(())
        })
        .unwrap();
        found
    }

    #[test]
    fn white_space_around_quotes_does_not_count() {
        let found = read("a, \"b c\" ,\" d\"\n1,  \"2\"  ,\"\"\"3\"\"\"\n", Separator::Comma);
        let cells: Vec<&[String]> = found.iter().map(|(_, cells)| &cells[..]).collect();
        assert_eq!(cells, [["a", "b c", "d"], ["1", "2", "\"3\""]]);
    }

    #[test]
    fn rows_are_read_with_their_lines() {
        let bytes = "\u{feff}a, b ,\"c \"\"x\"\"\"\r\n1,2,3\r\n\r\n\"4\n5\", 6,7".as_bytes();
        let found = read(text(bytes).unwrap(), Separator::Comma);
        assert_eq!(found[0], (1, vec!["a".to_owned(), "b".to_owned(), "c \"x\"".to_owned()]));
        assert_eq!(found[1], (2, vec!["1".into(), "2".into(), "3".into()]));
        assert_eq!(found[2], (4, vec!["4\n5".into(), "6".into(), "7".into()]));
        assert_eq!(read("a\tb\n1\t2\n", Separator::Tab)[1].1, ["1", "2"]);
    }

    #[test]
    fn first_lines_of_excel() {
        assert_eq!(named_separator("sep=;\r\na;b\n"), Some((';', "a;b\n")));
        assert_eq!(named_separator("\"SEP=\t\"\na"), Some(('\t', "a")));
        for other in ["sep", "sepal;b\n", "sep=;;\n", "séé=;\n", ""] {
            assert_eq!(named_separator(other), None, "{other:?}");
        }
    }

    #[test]
    fn what_is_no_text_in_utf_8_is_said() {
        let kind = |bytes: &[u8]| text(bytes).unwrap_err();
        let wide: Vec<u8> = "a,b\n1,2\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(kind(&wide).message.contains("UTF-16"));
        assert!(kind(&[&b"\xff\xfe"[..], &wide].concat()).message.contains("UTF-16"));
        assert!(kind(b"PK\x03\x04").message.contains("Excel"));
        assert!(kind(&[0x1f, 0x8b, 8]).message.contains("gunzip"));
        assert_eq!(kind(&[0; 100]).kind, ReadErrorKind::Malformed);
        let error = kind(b"a,b\n1,2\n3,\xff\n");
        assert_eq!(
            (error.kind, error.message.as_str()),
            (ReadErrorKind::InvalidUtf8, "line 3 is not valid UTF-8")
        );
    }

    #[test]
    fn tables_of_numbers_for_programs() {
        let (names, rows) = numbers(b"a,b\n1,2\n\n-3e1,.5\n", None).unwrap();
        assert_eq!(
            (names, rows),
            (vec!["a".to_owned(), "b".to_owned()], vec![vec![1.0, 2.0], vec![-30.0, 0.5]])
        );
        assert_eq!(numbers(b"a\tb\n1\t2\n", Some("tsv")).unwrap().1, [[1.0, 2.0]]);
        assert!(numbers(b"a,b\n", None).unwrap().1.is_empty());
        for (bytes, kind, words) in [
            (&b"a,b\n1,2\n3\n"[..], ReadErrorKind::Ragged, "line 3 has 1 cell, the header has 2"),
            (b"1,2\n3,4\n", ReadErrorKind::Malformed, "its first row holds numbers"),
            (b"NA,2\n3,4\n", ReadErrorKind::Malformed, "its first row holds numbers"),
            (b"a;b\n1;2\n", ReadErrorKind::Malformed, "separated by semicolons"),
            (b"sep=,\na,b\n1,2\n", ReadErrorKind::Malformed, "`sep=`"),
            (b"sep=|\na|b\n1|2\n", ReadErrorKind::Malformed, "separated by bars"),
            (b"a,b\n1,x\n", ReadErrorKind::Malformed, "line 2: `x` is not a number"),
            (b"a,b\n1,nan\n", ReadErrorKind::NonFinite, "line 2: `nan`"),
            (b"", ReadErrorKind::Malformed, "empty"),
            (b"\n\n", ReadErrorKind::Malformed, "empty"),
            (b"\xef\xbb\xbf", ReadErrorKind::Malformed, "empty"),
        ] {
            let error = numbers(bytes, Some("csv")).unwrap_err();
            assert!(error.kind == kind && error.message.contains(words), "{bytes:?}: {error:?}");
        }
        let long = format!("a\n{}\n", "x".repeat(1_000_000));
        assert!(numbers(long.as_bytes(), None).unwrap_err().message.len() < 100);
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
        assert_eq!(numbers(&bytes, None).unwrap().1, rows);
        assert!(write(Vec::new(), &["time"], rows).is_err());
    }
}
