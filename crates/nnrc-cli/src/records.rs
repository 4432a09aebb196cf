//! Results that are tables: CSV for files and for people, one JSON object for each row where that is asked for.

use std::io::{self, Write};

pub use nnrc::numbers::json as number;
use nnrc::table::quoted;
use nnrc_sim::io::table;
use serde_json::Value;

use crate::destination::Destination;
use crate::terminal::{Stop, Terminal};

/// What stands in a table.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// A number.
    Number(f64),
    /// Words.
    Text(String),
}

impl From<f64> for Cell {
    fn from(value: f64) -> Self {
        Self::Number(value)
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl Cell {
    fn csv(&self) -> String {
        match self {
            Self::Number(value) => table::number(*value),
            Self::Text(text) => quoted(text),
        }
    }

    /// What is no number is null: JSON has neither infinities nor NaN.
    fn json(&self) -> Value {
        match self {
            Self::Number(value) => number(*value),
            Self::Text(text) => Value::from(text.as_str()),
        }
    }
}

/// Writes a table: as JSON on stdout if the terminal speaks JSON, else as CSV.
pub fn write<R>(
    terminal: &Terminal,
    destination: &Destination,
    header: &[impl AsRef<str>],
    rows: impl IntoIterator<Item = R>,
) -> Result<(), Stop>
where
    R: IntoIterator<Item: Into<Cell>>,
{
    let as_json = terminal.is_json() && *destination == Destination::Stdout;
    destination.write(terminal, |out| if as_json { json(header, rows, out) } else { csv(header, rows, out) })
}

fn csv<R>(
    header: &[impl AsRef<str>],
    rows: impl IntoIterator<Item = R>,
    out: &mut dyn Write,
) -> io::Result<()>
where
    R: IntoIterator<Item: Into<Cell>>,
{
    let names: Vec<String> = header.iter().map(|name| quoted(name.as_ref())).collect();
    writeln!(out, "{}", names.join(","))?;
    for row in rows {
        let cells: Vec<String> = row.into_iter().map(|cell| cell.into().csv()).collect();
        writeln!(out, "{}", cells.join(","))?;
    }
    Ok(())
}

/// Keys stand in the order of the columns.
fn json<R>(
    header: &[impl AsRef<str>],
    rows: impl IntoIterator<Item = R>,
    out: &mut dyn Write,
) -> io::Result<()>
where
    R: IntoIterator<Item: Into<Cell>>,
{
    let keys: Vec<Value> = header.iter().map(|name| Value::from(name.as_ref())).collect();
    for row in rows {
        let fields: Vec<String> =
            keys.iter().zip(row).map(|(key, cell)| format!("{key}:{}", cell.into().json())).collect();
        writeln!(out, "{{{}}}", fields.join(","))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(as_json: bool) -> String {
        let rows = [
            vec![Cell::Number(1.0), Cell::Text("a, \"b\"".to_owned())],
            vec![Cell::Number(f64::NAN), Cell::Text(String::new())],
            vec![Cell::Number(0.1), Cell::Text("c".to_owned())],
        ];
        let mut out = Vec::new();
        let header = ["x", "name"];
        if as_json { json(&header, rows, &mut out) } else { csv(&header, rows, &mut out) }.unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn words_are_quoted_and_what_is_no_number_is_null() {
        assert_eq!(written(false), "x,name\n1,\"a, \"\"b\"\"\"\nNaN,\n0.1,c\n");
        assert_eq!(
            written(true),
            "{\"x\":1,\"name\":\"a, \\\"b\\\"\"}\n{\"x\":null,\"name\":\"\"}\n{\"x\":0.1,\"name\":\"c\"}\n"
        );
    }
}
