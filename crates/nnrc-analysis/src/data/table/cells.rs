//! Cells: numbers, what is missing, and what is neither.

use crate::data::table::settings::Number;
use nnrc_syntax::wording::shortened;
use nnrc_syntax::{Diagnostic, Span, codes};

use super::file::File;

use crate::value::Scope;

/// What a cell holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell {
    /// A finite number.
    Number(f64),
    /// A number, but none that is finite.
    Infinite,
    /// Anything else.
    Text,
}

impl Number {
    /// Reads a cell.
    pub fn read(self, cell: &str) -> Cell {
        let parsed = match self {
            Self::Point => cell.parse::<f64>(),
            // A point would separate thousands.
            Self::Comma if cell.contains('.') => return Cell::Text,
            Self::Comma => cell.replace(',', ".").parse::<f64>(),
        };
        match parsed {
            Ok(value) if value.is_finite() => Cell::Number(value),
            Ok(_) => Cell::Infinite,
            Err(_) => Cell::Text,
        }
    }
}

/// What stands in a cell without a value.
const MISSING: &[&str] =
    &["", "?", "NA", "N/A", "n/a", "#N/A", "<NA>", "nan", "NaN", "NAN", "-nan", "null", "NULL"];

/// Whether a cell says that its value is not known.
pub fn is_missing(cell: &str) -> bool {
    MISSING.contains(&cell)
}

/// A cell in a message.
pub fn shown(cell: &str) -> String {
    if cell.is_empty() { "nothing".to_owned() } else { format!("`{}`", shortened(cell)) }
}

/// Reports a missing value.
pub fn report_missing(scope: &mut Scope, file: &File<'_>, row: usize, column: usize, span: Span) {
    let cell = file.table.cell(row, column);
    scope.report(
        Diagnostic::error(
            codes::MISSING_VALUE,
            span,
            format!("{} holds {}: a value is missing", file.place(row, column), shown(cell)),
        )
        .label("expected a value in each row")
        .help(format!("leave such rows out: `csv(\"{}\", missing = drop)`", file.settings.path))
        .help("or write a value there, or name other columns: `inputs = [a, b];`"),
    );
}

/// Reports a cell of a column of numbers that holds none, or one that is not finite.
pub fn report_no_number(
    scope: &mut Scope,
    file: &File<'_>,
    row: usize,
    column: usize,
    (span, key): (Span, &str),
) {
    let cell = file.table.cell(row, column);
    let place = file.place(row, column);
    if file.settings.number.read(cell) == Cell::Infinite {
        scope.report(
            Diagnostic::error(codes::NON_FINITE_DATA, span, format!("{place} holds {}", shown(cell)))
                .label("expected finite numbers"),
        );
        return;
    }
    let other = match file.settings.number {
        Number::Point => Number::Comma,
        Number::Comma => Number::Point,
    };
    let is_other = matches!(other.read(cell), Cell::Number(_));
    if let Some(helps) = grouped(file, row, column) {
        let finding = no_number(span, &place, cell);
        scope.report(helps.into_iter().fold(finding, Diagnostic::help));
        return;
    }
    let help = match file.settings.number {
        Number::Point if is_other => {
            "numbers with a comma before their decimals are read by `decimal = \",\"`"
        }
        Number::Comma if is_other => "numbers have a point here: leave `decimal = \",\"` out",
        _ if key == "target" => "classes are read by `target = onehot(column);`",
        _ => "write a number there, leave the row out, or name other columns: `inputs = [a, b];`",
    };
    scope.report(no_number(span, &place, cell).help(help));
}

fn no_number(span: Span, place: &str, cell: &str) -> Diagnostic {
    let message = format!("{place} holds {}, expected a number", shown(cell));
    Diagnostic::error(codes::TEXT_IN_NUMBER_COLUMN, span, message).label("expected columns of numbers")
}

/// What helps where every cell of a column that is no number has signs between groups of three digits, `1,000`: they
/// are no decimals then, or not for sure.
fn grouped(file: &File<'_>, row: usize, column: usize) -> Option<Vec<String>> {
    let number = file.settings.number;
    let (sign, decimal) = match number {
        Number::Point => (',', '.'),
        Number::Comma => ('.', ','),
    };
    let cells = || (0..file.table.rows()).map(|row| file.table.cell(row, column));
    let is_strange = |cell: &&str| number.read(cell) == Cell::Text && cell.contains(sign);
    let cell = file.table.cell(row, column);
    if !cell.contains(sign) || !cells().filter(is_strange).all(|cell| is_grouped(cell, sign, decimal)) {
        return None;
    }
    let name = if sign == ',' { "commas" } else { "points" };
    let plain = cell.replace(sign, "");
    let mut helps =
        vec![format!("where {name} stand between thousands, take them out: `{}`", shortened(&plain))];
    // Beside commas between cells, a comma in quotes is one of thousands; others may be before decimals.
    let separates =
        file.settings.separator.or(file.table.recognised).is_none_or(|separator| separator == ',');
    let is_single = |cell: &str| cell.matches(sign).count() == 1;
    let has_decimals = cells().any(|cell| cell.contains(decimal));
    let is_settled = has_decimals || number == Number::Point && separates;
    let is_open = !is_settled && cells().filter(is_strange).all(is_single);
    if is_open {
        helps.push(match number {
            Number::Point => "where they stand before decimals, write `decimal = \",\"`".to_owned(),
            Number::Comma => "where they stand before decimals, leave `decimal = \",\"` out".to_owned(),
        });
    }
    Some(helps)
}

/// Whether a cell is a whole part in groups of three digits, and perhaps decimals: `-1,234,567.8`.
fn is_grouped(cell: &str, sign: char, decimal: char) -> bool {
    let cell = cell.strip_prefix(['-', '+']).unwrap_or(cell);
    let (whole, decimals) = cell.split_once(decimal).unwrap_or((cell, ""));
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let mut groups = whole.split(sign);
    let first = groups.next().unwrap_or_default();
    let mut groups = groups.peekable();
    (1..=3).contains(&first.len())
        && are_digits(first)
        && !first.starts_with('0')
        && groups.peek().is_some()
        && groups.all(|group| group.len() == 3 && are_digits(group))
        && are_digits(decimals)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_a_point_or_a_comma() {
        for (cell, point, comma) in [
            ("1", Cell::Number(1.0), Cell::Number(1.0)),
            ("-1.5e2", Cell::Number(-150.0), Cell::Text),
            ("-1,5e2", Cell::Text, Cell::Number(-150.0)),
            ("1.234,5", Cell::Text, Cell::Text),
            ("1,234,5", Cell::Text, Cell::Text),
            ("inf", Cell::Infinite, Cell::Infinite),
            ("1e999", Cell::Infinite, Cell::Infinite),
            ("", Cell::Text, Cell::Text),
            ("1 2", Cell::Text, Cell::Text),
        ] {
            assert_eq!((Number::Point.read(cell), Number::Comma.read(cell)), (point, comma), "{cell}");
        }
    }

    #[test]
    fn thousands_are_groups_of_three_digits() {
        for cell in ["1,000", "12,345", "123,456,789", "-1,000", "+2,500.75"] {
            assert!(is_grouped(cell, ',', '.'), "{cell}");
        }
        for cell in
            ["1,5", "1000", "0,125", "1,0000", "1234,567", ",125", "1,00a", "1,000,5", "1,,000", "", "1.5"]
        {
            assert!(!is_grouped(cell, ',', '.'), "{cell}");
        }
    }

    #[test]
    fn what_is_missing() {
        for cell in ["", "?", "NA", "N/A", "nan", "NaN", "null"] {
            assert!(is_missing(cell), "{cell}");
        }
        for cell in ["0", "-", "none", "nano", "Na", "x"] {
            assert!(!is_missing(cell), "{cell}");
        }
    }
}
