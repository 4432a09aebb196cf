//! Tables of text cells, as the analysis gets them.

/// What the file says about the layout of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableLayout {
    /// What separates the cells; none: what the table itself shows.
    pub separator: Option<char>,
    /// Whether its first row names the columns.
    pub has_header: bool,
}

/// A table of text cells.
///
/// The cells lie one after another in one text: a table of many small cells takes little more memory than its file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    /// Names of the columns; empty for a table without a header row.
    pub names: Vec<String>,
    /// What separated the cells, where that had to be found out.
    pub recognised: Option<char>,
    /// Whether a line of the file, `sep=;`, said so.
    pub is_said: bool,
    width: usize,
    text: String,
    /// Where each cell ends in the text.
    ends: Vec<usize>,
    /// The 1-based line on which each row begins.
    lines: Vec<u64>,
}

impl Table {
    /// A table without rows, of as many columns as there are names.
    pub fn named(names: Vec<String>) -> Self {
        Self { width: names.len(), names, ..Self::default() }
    }

    /// A table without rows and names.
    pub fn nameless(width: usize) -> Self {
        Self { width, ..Self::default() }
    }

    /// Number of columns.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.lines.len()
    }

    /// Adds a row, which begins on a line of the file.
    ///
    /// # Panics
    ///
    /// If it has another number of cells than the table has columns.
    pub fn push<'a>(&mut self, line: u64, cells: impl IntoIterator<Item = &'a str>) {
        for cell in cells {
            self.text.push_str(cell);
            self.ends.push(self.text.len());
        }
        self.lines.push(line);
        assert_eq!(self.ends.len(), self.lines.len() * self.width, "a row of another width");
    }

    /// Keeps the first rows only.
    pub fn truncate(&mut self, rows: usize) {
        self.lines.truncate(rows);
        self.ends.truncate(rows * self.width);
        self.text.truncate(self.ends.last().copied().unwrap_or(0));
    }

    /// Takes out the last column, all of whose cells are empty.
    ///
    /// # Panics
    ///
    /// If there is something in it.
    pub fn drop_last_column(&mut self) {
        assert!((0..self.rows()).all(|row| self.cell(row, self.width - 1).is_empty()), "the column is empty");
        let mut at = 0;
        self.ends.retain(|_| {
            at += 1;
            at % self.width != 0
        });
        self.width -= 1;
        self.names.truncate(self.width);
    }

    /// The text of a cell.
    pub fn cell(&self, row: usize, column: usize) -> &str {
        let at = row * self.width + column;
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.text[start..self.ends[at]]
    }

    /// The 1-based line of the file on which a row begins.
    pub fn line(&self, row: usize) -> u64 {
        self.lines[row]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_lie_where_they_were_put() {
        let mut table = Table::nameless(3);
        for (line, row) in [(1, ["a", "", ""]), (3, ["", "bc", ""]), (4, ["", "", ""])] {
            table.push(line, row);
        }
        table.truncate(2);
        table.drop_last_column();
        assert_eq!((table.width(), table.rows(), table.line(1)), (2, 2, 3));
        let cells: Vec<&str> = (0..4).map(|at| table.cell(at / 2, at % 2)).collect();
        assert_eq!(cells, ["a", "", "", "bc"]);
        table.push(9, ["d", "e"]);
        assert_eq!((table.cell(2, 0), table.cell(2, 1)), ("d", "e"));
    }
}
