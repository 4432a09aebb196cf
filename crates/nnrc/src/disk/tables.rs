//! Tables as people have them: what separates the cells, first lines of Excel, compressed files.

use nnrc_model::{ResourceError, Table, TableLayout};
use nnrc_sim::io::{ReadError, Separator, table};
use nnrc_syntax::codes;

use super::error::explain;

/// The most columns of a table.
const MAX_COLUMNS: usize = 1_000_000;
/// The most cells of a table.
const MAX_CELLS: usize = 1 << 28;

/// Reads the table in a file with this extension, which does not count `.gz`.
pub fn read(bytes: &[u8], extension: &str, layout: TableLayout) -> Result<Table, ResourceError> {
    let text = table::text(bytes).map_err(explain)?;
    let (named, text, before) = match table::named_separator(text) {
        Some((separator, rest)) => (Some(separator), rest, 1),
        None => (None, text, 0),
    };
    let separator = match layout.separator.or(named) {
        Some(char) => Separator::from_char(char).ok_or_else(|| unknown_separator(char))?,
        None => Separator::of(Some(extension), text),
    };
    let mut builder = Builder { has_header: layout.has_header, is_open: false, table: None, filled: 0 };
    table::rows(text, separator, |line, cells| builder.add(line + before, cells)).map_err(explain)?;
    let mut table = builder.finish()?;
    // A comma is what a CSV file has, and a tab what its own extension says.
    let is_expected =
        separator == Separator::Comma || separator == Separator::Tab && matches!(extension, "tsv" | "tab");
    if layout.separator.is_none() && !is_expected {
        table.recognised = Some(char::from(separator.byte()));
        table.is_said = named.is_some();
    }
    Ok(table)
}

fn unknown_separator(char: char) -> ResourceError {
    let message = format!("its first line says that {char:?} separates the cells; `,`, `;`, tab and `|` do");
    ResourceError { code: codes::MALFORMED_FILE, message }
}

/// A table as its rows come.
struct Builder {
    has_header: bool,
    /// Whether the header ends in a separator, so that its last cell names nothing.
    is_open: bool,
    table: Option<Table>,
    /// Rows up to the last one with something in it.
    filled: usize,
}

impl Builder {
    fn add(&mut self, line: u64, cells: &[&str]) -> Result<(), ReadError> {
        let Some(table) = &mut self.table else { return self.begin(line, cells) };
        let width = table.width();
        let is_blank = cells.iter().all(|cell| cell.is_empty());
        let is_longer = cells.len() == width + 1;
        if is_blank && cells.len() == 1 && width > 1 {
            return Ok(());
        }
        if cells.len() != width && !(is_longer && cells[width].is_empty()) {
            if is_longer && self.is_open {
                let message = format!("line {line} has something in column {}, which has no name", width + 1);
                return Err(ReadError { kind: nnrc_sim::io::ReadErrorKind::Ragged, message });
            }
            let first = if self.has_header { "the header" } else { "the first row" };
            return Err(table::ragged(line, cells.len(), first, width));
        }
        if (table.rows() + 1).saturating_mul(width) > MAX_CELLS {
            return Err(too_large(format!("it has more than {} million cells", MAX_CELLS >> 20)));
        }
        table.push(line, cells[..width].iter().copied());
        if !is_blank {
            self.filled = table.rows();
        }
        Ok(())
    }

    /// Takes the first row.
    fn begin(&mut self, line: u64, cells: &[&str]) -> Result<(), ReadError> {
        if cells.len() > MAX_COLUMNS {
            return Err(too_large(format!("it has {} columns, more than a million", cells.len())));
        }
        let mut names: Vec<String> = cells.iter().map(|cell| (*cell).to_owned()).collect();
        if self.has_header {
            self.is_open = names.len() > 1 && names.last().is_some_and(String::is_empty);
            if self.is_open {
                names.pop();
            }
            self.table = Some(Table::named(names));
        } else {
            let mut table = Table::nameless(cells.len());
            table.push(line, cells.iter().copied());
            self.table = Some(table);
            self.filled = 1;
        }
        Ok(())
    }

    fn finish(self) -> Result<Table, ResourceError> {
        let Some(mut table) = self.table else {
            let expected = if self.has_header { "; a header row is expected" } else { "" };
            let message = format!("the file is empty{expected}");
            return Err(ResourceError { code: codes::MALFORMED_FILE, message });
        };
        // Spreadsheets write rows of nothing at the end, and separators behind the last cells.
        table.truncate(self.filled);
        let last = table.width() - 1;
        if !self.has_header && last > 0 && (0..table.rows()).all(|row| table.cell(row, last).is_empty()) {
            table.drop_last_column();
        }
        Ok(table)
    }
}

fn too_large(message: String) -> ReadError {
    ReadError { kind: nnrc_sim::io::ReadErrorKind::Malformed, message }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, has_header: bool) -> Result<Table, String> {
        let layout = TableLayout { separator: None, has_header };
        super::read(text.as_bytes(), "csv", layout).map_err(|error| error.message)
    }

    fn cells(table: &Table) -> Vec<Vec<&str>> {
        (0..table.rows()).map(|row| (0..table.width()).map(|at| table.cell(row, at)).collect()).collect()
    }

    #[test]
    fn what_spreadsheets_leave_at_the_ends_is_nothing() {
        for text in [
            "a;b\n1;2\n3;4\n",
            "sep=;\r\na;b\r\n1;2\r\n3;4\r\n",
            "a;b;\n1;2;\n3;4;\n",
            "a;b\n1;2;\n3;4;\n",
            "a;b;\n1;2\n3;4\n",
            "a;b\n1;2\n3;4\n;\n;\n  \n\n",
        ] {
            let table = read(text, true).unwrap();
            assert_eq!(table.names, ["a", "b"], "{text:?}");
            assert_eq!(cells(&table), [["1", "2"], ["3", "4"]], "{text:?}");
            assert_eq!((table.recognised, table.is_said), (Some(';'), text.starts_with("sep=")));
        }
        let table = read("1,5;2;\n3;4;\n", false).unwrap();
        assert_eq!((cells(&table), table.names.len()), (vec![vec!["1,5", "2"], vec!["3", "4"]], 0));
        // A row of nothing between others is a row whose values are missing.
        assert_eq!(cells(&read("a,b\n,\n3,4\n", true).unwrap()), [["", ""], ["3", "4"]]);
        assert_eq!(read("a,b\n1,2\n", true).unwrap().recognised, None);
    }

    #[test]
    fn lines_are_those_of_the_file() {
        let table = read("sep=,\na,b\n\n1,2\n\"3\n3\",4\n5,6\n", true).unwrap();
        assert_eq!([table.line(0), table.line(1), table.line(2)], [4, 5, 7]);
    }

    #[test]
    fn any_text_is_a_table_or_refused() {
        let letters: Vec<char> = ",;|\t\"\r\n 1a=é".chars().collect();
        let mut random = nnrc_model::random::Random::new(1);
        let mut read_well = 0;
        for _ in 0..20_000 {
            let mut order: Vec<usize> = (0..24).collect();
            random.shuffle(&mut order);
            let text: String = order.iter().take(order[0]).map(|at| letters[at % letters.len()]).collect();
            for has_header in [true, false] {
                let Ok(table) = read(&text, has_header) else { continue };
                read_well += 1;
                let names = if has_header { table.width() } else { 0 };
                assert!(table.width() > 0 && table.names.len() == names, "{text:?}");
                assert!(cells(&table).iter().flatten().all(|cell| cell.trim() == *cell), "{text:?}");
            }
        }
        assert!(read_well > 1000, "{read_well}");
    }

    #[test]
    fn rows_of_another_length_are_refused() {
        for (text, has_header, words) in [
            ("a,b\n1,2\n3\n", true, "line 3 has 1 cell, the header has 2"),
            ("1,2\n3,4,5\n", false, "line 2 has 3 cells, the first row has 2"),
            ("a,b,\n1,2,3\n", true, "line 2 has something in column 3, which has no name"),
            ("sep=:\na:b\n", true, "its first line says that ':' separates the cells"),
            ("sep=;\n", true, "the file is empty; a header row is expected"),
            ("", false, "the file is empty"),
        ] {
            let found = read(text, has_header).unwrap_err();
            assert!(found.starts_with(words), "{text:?}: {found}");
        }
        let wide = ",".repeat(MAX_COLUMNS);
        assert_eq!(read(&wide, true).unwrap_err(), "it has 1000001 columns, more than a million");
    }
}
