//! Data in tables of text: `csv("iris.csv") { inputs = [a, b]; target = onehot(species); }`

mod cells;
mod file;
mod header;
mod settings;

use nnrc_syntax::ast::{Call, Expr};
use nnrc_syntax::{Diagnostic, Severity, Span, codes};

use super::classes::{self, Labels};
use super::columns::Columns;
use super::files::report_resource;
use super::selection;
use crate::block::{Entries, bind, missing_argument};
use crate::value::{Scope, ValueKind};
use cells::Cell;
use file::File;
use header::{Names, Used};
use nnrc_model::Targets;
use nnrc_model::{Resources, TableLayout};
use settings::{Header, Number, Settings};

/// The settings of tables, arguments of `csv` after the path.
pub const SETTINGS: [&str; 4] = ["header", "separator", "decimal", "missing"];

/// Reads a table; none if it has errors, which are reported.
pub fn read(
    scope: &mut Scope,
    resources: &dyn Resources,
    call: &Call,
    entries: &Entries<'_>,
) -> Option<Columns> {
    let settings = settings(scope, call)?;
    let layout = TableLayout { separator: settings.separator, has_header: settings.header != Header::None };
    let table = match resources.table(&settings.path, layout) {
        Ok(table) => table,
        Err(error) => {
            report_resource(scope, settings.span, &settings.path, error);
            return None;
        }
    };
    if let Some(separator) = table.recognised {
        report_separator(scope, &settings, separator, table.is_said);
    }
    if settings.header == Header::First {
        header::check(scope, &settings, &table)?;
    }
    let file = File { table: &table, settings: &settings, rows: Vec::new() };
    let names: Vec<&str> = table.names.iter().map(String::as_str).collect();
    let target = match entries.get("target") {
        Some(expr) => Some(selection::target(scope, expr, &names)?),
        None => None,
    };
    let inputs = match entries.get("inputs") {
        Some(expr) => Some((expr.span, selection::choices(scope, expr, "`inputs`", &names)?)),
        None => None,
    };
    if settings.header == Header::First {
        header::check_used(
            scope,
            &settings,
            &table,
            &Used::new(&table, inputs.as_ref().map(|(_, chosen)| &chosen[..]), target.as_ref()),
        )?;
    }
    let known = Names::new(&settings, &table);
    let target_columns = match &target {
        Some(target) => known.find(scope, &target.chosen),
        None => Some(Vec::new()),
    };
    let (place, input_columns) = match inputs {
        Some((place, chosen)) => (place, known.find(scope, &chosen)),
        None => (settings.span, known.all_but(scope, settings.span, target_columns.as_deref()?)),
    };
    let (target_columns, input_columns) = (target_columns?, input_columns?);
    file.with_rows(scope, (place, &input_columns), target.as_ref(), &target_columns)?.columns(
        scope,
        (place, &input_columns),
        target,
        &target_columns,
    )
}

fn settings(scope: &mut Scope, call: &Call) -> Option<Settings> {
    let args = bind(scope, call, &["path", SETTINGS[0], SETTINGS[1], SETTINGS[2], SETTINGS[3]])?;
    let Some(path) = args[0] else {
        missing_argument(scope, call, "path", &format!("{}(\"data.csv\")", call.name.name));
        return None;
    };
    let span = path.span;
    let path = text(scope, path, "a path", "text such as `\"data.csv\"`")?;
    let header = match args[1] {
        Some(expr) => scope.choice(expr, "`header`", &[("first", Header::Names), ("none", Header::None)])?,
        None => Header::First,
    };
    let separator = match args[2] {
        Some(expr) => Some(sign(scope, expr, "`separator`", &[',', ';', '\t', '|'])?),
        None => None,
    };
    let number = match args[3] {
        Some(expr) if sign(scope, expr, "`decimal`", &['.', ','])? == ',' => Number::Comma,
        _ => Number::Point,
    };
    let drops = match args[4] {
        Some(expr) => scope.choice(expr, "`missing`", &[("error", false), ("drop", true)])?,
        None => false,
    };
    Some(Settings { path, span, header, separator, number, drops })
}

fn text(scope: &mut Scope, expr: &Expr, what: &str, expected: &str) -> Option<String> {
    match scope.evaluate(expr)?.kind {
        ValueKind::Text(text) => Some(text),
        other => {
            scope.wrong_type(expr.span, what, expected, &other.words());
            None
        }
    }
}

/// One of a few characters, written as text.
fn sign(scope: &mut Scope, expr: &Expr, what: &str, signs: &[char]) -> Option<char> {
    let words: Vec<String> = signs.iter().map(|sign| format!("`{sign:?}`").replace('\'', "\"")).collect();
    let expected = words.join(" or ");
    let text = text(scope, expr, what, &expected)?;
    let found = signs.iter().find(|sign| text.chars().eq([**sign])).copied();
    if found.is_none() {
        scope.wrong_type(expr.span, what, &expected, &format!("`{text:?}`"));
    }
    found
}

fn report_separator(scope: &mut Scope, settings: &Settings, separator: char, is_said: bool) {
    let words = match separator {
        ';' => "semicolons",
        '\t' => "tabs",
        '|' => "bars",
        _ => "commas",
    };
    let mut finding = Diagnostic::warning(
        codes::TABLE_LAYOUT,
        settings.span,
        format!("the cells of `{}` are taken to be separated by {words}", settings.path),
    )
    .label(if is_said { "its first line, `sep=`, says so" } else { "recognised by its first rows" });
    if !is_said {
        finding = finding.help(format!("write `separator = \"{}\"` to say so", separator.escape_default()));
    }
    finding.severity = Severity::Note;
    scope.report(finding);
}

impl File<'_> {
    /// Chooses the rows: all, or those in which nothing is missing.
    fn with_rows(
        mut self,
        scope: &mut Scope,
        (place, inputs): (Span, &[usize]),
        target: Option<&selection::Target>,
        targets: &[usize],
    ) -> Option<Self> {
        // What is listed as a class is there, whatever it is called.
        let is_listed = |cell: &str| {
            let listed = target.and_then(|target| target.onehot.as_ref()).and_then(Option::as_ref);
            !cell.is_empty() && listed.is_some_and(|listed| listed.has(cell))
        };
        let missing = |row: usize| -> Option<(Span, usize)> {
            let is_missing = |column: &&usize| cells::is_missing(self.table.cell(row, **column));
            let input = inputs.iter().find(is_missing).map(|column| (place, *column));
            let target = || {
                let found = targets.iter().find(is_missing).copied();
                found
                    .filter(|column| !is_listed(self.table.cell(row, *column)))
                    .map(|column| (target.map_or(place, |target| target.span), column))
            };
            input.or_else(target)
        };
        let mut first: Option<(usize, Span, usize)> = None;
        let mut rows = Vec::with_capacity(self.table.rows());
        for row in 0..self.table.rows() {
            match missing(row) {
                None => rows.push(row),
                Some((span, column)) => {
                    first.get_or_insert((row, span, column));
                    if !self.settings.drops {
                        break;
                    }
                }
            }
        }
        self.rows = rows;
        let Some((row, span, column)) = first else { return Some(self) };
        if !self.settings.drops {
            cells::report_missing(scope, &self, row, column, span);
            return None;
        }
        let left = self.table.rows() - self.rows.len();
        let mut finding = Diagnostic::warning(
            codes::ROWS_DROPPED,
            self.settings.span,
            format!(
                "{left} of {} rows of `{}` are left out, since a value is missing",
                self.table.rows(),
                self.settings.path
            ),
        )
        .label(format!(
            "the first on line {}, in {}",
            self.table.line(row),
            self.column_name(column)
        ));
        finding.severity = Severity::Note;
        scope.report(finding);
        Some(self)
    }

    fn columns(
        &self,
        scope: &mut Scope,
        (place, inputs): (Span, &[usize]),
        target: Option<selection::Target>,
        columns: &[usize],
    ) -> Option<Columns> {
        let values = self.numbers(scope, (place, "inputs"), inputs)?;
        let targets = match target {
            None => Targets::None,
            Some(target) => match &target.onehot {
                Some(listed) => {
                    let labels = ColumnLabels { file: self, column: *columns.first()? };
                    classes::of(scope, &labels, listed.as_ref())?
                }
                None => Targets::Values {
                    width: columns.len(),
                    values: self.numbers(scope, (target.span, "target"), columns)?,
                },
            },
        };
        let names = |columns: &[usize]| {
            columns.iter().filter_map(|column| self.table.names.get(*column)).cloned().collect()
        };
        Some(Columns {
            width: inputs.len(),
            inputs: values,
            targets,
            input_names: names(inputs),
            target_names: names(columns),
        })
    }

    /// The numbers of some columns, row by row.
    fn numbers(&self, scope: &mut Scope, (span, key): (Span, &str), columns: &[usize]) -> Option<Vec<f64>> {
        let mut values = Vec::with_capacity(self.rows.len() * columns.len());
        for &row in &self.rows {
            for &column in columns {
                match self.settings.number.read(self.table.cell(row, column)) {
                    Cell::Number(value) => values.push(value),
                    Cell::Infinite | Cell::Text => {
                        cells::report_no_number(scope, self, row, column, (span, key));
                        return None;
                    }
                }
            }
        }
        Some(values)
    }

    /// How messages call a column.
    fn column_name(&self, column: usize) -> String {
        header::column_name(self.table, column)
    }

    /// Where a cell stands, for messages.
    fn place(&self, row: usize, column: usize) -> String {
        let path = &self.settings.path;
        format!("line {} of `{path}`, {},", self.table.line(row), self.column_name(column))
    }
}

/// The labels in a column.
struct ColumnLabels<'a> {
    file: &'a File<'a>,
    column: usize,
}

impl Labels for ColumnLabels<'_> {
    fn rows(&self) -> usize {
        self.file.rows.len()
    }

    fn text(&self, row: usize) -> String {
        self.file.table.cell(self.file.rows[row], self.column).to_owned()
    }

    fn value(&self, row: usize) -> Option<f64> {
        self.value_of(self.file.table.cell(self.file.rows[row], self.column))
    }

    fn value_of(&self, name: &str) -> Option<f64> {
        match self.file.settings.number.read(name) {
            Cell::Number(value) => Some(value),
            Cell::Infinite | Cell::Text => None,
        }
    }

    fn place(&self, row: usize) -> String {
        self.file.place(self.file.rows[row], self.column)
    }
}
