//! Tables of text cells, as CSV.

use nnrc_sim::io::{Separator, table};

/// Rows of cells under the names of their columns.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    /// Names of the columns.
    pub header: Vec<String>,
    /// Rows of as many cells.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// Rows of at most as many cells as the header has; what they lack is empty.
    pub(crate) fn filled(header: Vec<String>, mut rows: Vec<Vec<String>>) -> Self {
        rows.iter_mut().for_each(|row| row.resize(header.len(), String::new()));
        Self { header, rows }
    }

    /// As CSV, with LF line ends.
    pub fn csv(&self) -> String {
        let mut text = line(&self.header);
        self.rows.iter().for_each(|row| text.push_str(&line(row)));
        text
    }

    /// Reads what [`Table::csv`] wrote.
    ///
    /// # Errors
    ///
    /// What is no such table, in words: no header, or a row of another length.
    pub fn read(text: &str) -> Result<Self, String> {
        let mut found = Self::default();
        let read = table::rows(text, Separator::Comma, |number, cells| {
            let cells: Vec<String> = cells.iter().map(|cell| (*cell).to_owned()).collect();
            if found.header.is_empty() {
                found.header = cells;
            } else if cells.len() == found.header.len() {
                found.rows.push(cells);
            } else {
                return Err(table::ragged(number, cells.len(), "the header", found.header.len()));
            }
            Ok(())
        });
        read.map_err(|error| error.message)?;
        if found.header.is_empty() {
            return Err("it is empty; a header row is expected".to_owned());
        }
        Ok(found)
    }
}

/// A number that may not be there: then the cell is empty.
pub(crate) fn finite(value: f64) -> String {
    if value.is_finite() { table::number(value) } else { String::new() }
}

/// A row with its end of line.
pub(crate) fn line(cells: &[String]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
    cells.join(",") + "\n"
}

/// A cell as CSV has it: between quotation marks where it must be.
pub fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let row = |cells: [&str; 2]| cells.map(str::to_owned).to_vec();
        let table = Table {
            header: row(["network", "a, \"b\""]),
            rows: vec![row(["relu(h = 1, slope = 2)", ""]), row(["", "1e-7"])],
        };
        assert_eq!(table.csv(), "network,\"a, \"\"b\"\"\"\n\"relu(h = 1, slope = 2)\",\n,1e-7\n");
        assert_eq!(Table::read(&table.csv()), Ok(table));
        assert_eq!(Table::read("a,b\n1\n"), Err("line 2 has 1 cell, the header has 2".to_owned()));
        assert!(Table::read("").unwrap_err().contains("empty"));
    }
}
