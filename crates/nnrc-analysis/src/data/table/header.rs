//! The header row: names of columns, and tables that have none.

use crate::data::table::settings::Header;
use std::collections::BTreeMap;

use nnrc_syntax::wording;
use nnrc_syntax::wording::shortened;
use nnrc_syntax::{Applicability, Diagnostic, Span, codes};

use super::cells::{self, Cell};
use super::settings::Settings;
use crate::data::selection::{Choice, Target};
use crate::value::Scope;
use nnrc_model::Table;

/// How messages call a column.
pub fn column_name(table: &Table, column: usize) -> String {
    match table.names.get(column) {
        Some(name) if !name.is_empty() => format!("column `{}`", shortened(name)),
        _ => format!("column {}", column + 1),
    }
}

/// Reports a first row that looks like all others: its sample must not vanish.
pub fn check(scope: &mut Scope, settings: &Settings, table: &Table) -> Option<()> {
    let is_number = |cell: &str| matches!(settings.number.read(cell), Cell::Number(_));
    let numbers: Vec<&str> = table.names.iter().map(String::as_str).filter(|name| is_number(name)).collect();
    if numbers.is_empty() {
        return Some(());
    }
    // Words beside numbers are data if they stand below as well: `5.1,3.5,setosa`.
    let recurs = |(column, name): (usize, &String)| {
        is_number(name) || (0..table.rows()).any(|row| table.cell(row, column) == name)
    };
    if !table.names.iter().enumerate().all(recurs) {
        return Some(());
    }
    let shown: Vec<&str> = numbers.iter().take(3).copied().collect();
    let more = if numbers.len() > shown.len() { ", …" } else { "" };
    let message = format!(
        "the first row of `{}` holds numbers, where the names of the columns are expected: {}{more}",
        settings.path,
        wording::words(&shown)
    );
    scope.report(missing_header(settings, message));
    None
}

/// The columns that are read as numbers, and whether a name of the first row chooses any column.
pub struct Used {
    columns: Vec<usize>,
    has_names: bool,
}

impl Used {
    /// What `inputs` and `target` choose; without `inputs` it is every column but the targets.
    pub fn new(table: &Table, inputs: Option<&[Choice]>, target: Option<&Target>) -> Self {
        let targets = target.map_or(&[][..], |target| &target.chosen);
        let place = |choice: &Choice| match choice {
            Choice::Name(name, _) => table.names.iter().position(|own| own == name),
            Choice::Number(number, _) => Some(number - 1).filter(|at| *at < table.width()),
        };
        let is_name = |choice: &Choice| matches!(choice, Choice::Name(..)) && place(choice).is_some();
        let target_columns: Vec<usize> = targets.iter().filter_map(place).collect();
        let mut columns: Vec<usize> = match inputs {
            Some(chosen) => chosen.iter().filter_map(place).collect(),
            None => (0..table.width()).filter(|at| !target_columns.contains(at)).collect(),
        };
        if target.is_some_and(|target| target.onehot.is_none()) {
            columns.extend(target_columns);
        }
        let has_names = targets.iter().chain(inputs.unwrap_or_default()).any(is_name);
        Self { columns, has_names }
    }
}

/// Reports a first row that holds a number over a column of numbers, or nothing beside numbers, unless one of its words
/// is used as a name: words beside numbers may stand in one row alone, as dates and keys do.
pub fn check_used(scope: &mut Scope, settings: &Settings, table: &Table, used: &Used) -> Option<()> {
    if used.has_names {
        return Some(());
    }
    let is_number = |at: &usize| settings.number.read(&table.names[*at]) != Cell::Text;
    let beside_numbers = (0..table.names.len()).any(|at| is_number(&at));
    let is_data = |at: &&usize| is_number(at) || beside_numbers && cells::is_missing(&table.names[**at]);
    let Some(&at) = used.columns.iter().find(is_data) else { return Some(()) };
    let message = format!(
        "the first row of `{}` holds {} in column {}, which is read as numbers: it is no name",
        settings.path,
        cells::shown(&table.names[at]),
        at + 1
    );
    scope.report(missing_header(settings, message));
    None
}

fn missing_header(settings: &Settings, message: String) -> Diagnostic {
    let path = &settings.path;
    Diagnostic::error(codes::MISSING_HEADER, settings.span, message)
        .label("seems to have no header row")
        .help(format!(
            "if it has none, write `csv(\"{path}\", header = none)` and choose columns by number: `inputs = [1, 2]; target = 3;`"
        ))
        .help(format!("if these are names, write `csv(\"{path}\", header = first)`"))
}

/// The columns of a table by name and number.
pub struct Names<'a> {
    settings: &'a Settings,
    table: &'a Table,
    /// The first column of each name, and another one called alike.
    by_name: BTreeMap<&'a str, (usize, Option<usize>)>,
}

impl<'a> Names<'a> {
    /// The columns of a table.
    pub fn new(settings: &'a Settings, table: &'a Table) -> Self {
        let mut by_name: BTreeMap<&str, (usize, Option<usize>)> = BTreeMap::new();
        for (at, name) in table.names.iter().enumerate() {
            by_name.entry(name).and_modify(|found| found.1 = found.1.or(Some(at))).or_insert((at, None));
        }
        Self { settings, table, by_name }
    }

    /// The positions of the chosen columns; none if one is not there or not the only one, which is reported.
    pub fn find(&self, scope: &mut Scope, chosen: &[Choice]) -> Option<Vec<usize>> {
        let found: Vec<Option<usize>> = chosen
            .iter()
            .map(|choice| match choice {
                Choice::Name(name, span) => self.by_name(scope, *span, name),
                Choice::Number(number, span) => self.by_number(scope, *span, *number),
            })
            .collect();
        found.into_iter().collect()
    }

    fn by_name(&self, scope: &mut Scope, span: Span, name: &str) -> Option<usize> {
        match self.by_name.get(name) {
            Some((at, None)) => Some(*at),
            Some((first, Some(second))) => {
                self.report_twice(scope, span, (*first, *second));
                None
            }
            None => {
                let path = &self.settings.path;
                let finding = Diagnostic::error(
                    codes::MISSING_COLUMN,
                    span,
                    format!("`{path}` has no column `{name}`"),
                );
                scope.report(if self.settings.header == Header::None {
                    finding
                        .label("without a header row, columns have numbers")
                        .help(format!("choose from 1 to {}: `inputs = [1, 2];`", self.table.width()))
                } else {
                    let names: Vec<&str> = self.table.names.iter().map(String::as_str).collect();
                    let near = scope.near(name, names.iter().copied());
                    let finding = finding.label("not in the header row");
                    match near {
                        Some(near) => finding.replace(
                            format!("did you mean `{near}`?"),
                            Applicability::Automatic,
                            wording::text(&near),
                        ),
                        None => finding.help(format!("its columns are {}", wording::words(&names))),
                    }
                });
                None
            }
        }
    }

    fn by_number(&self, scope: &mut Scope, span: Span, number: usize) -> Option<usize> {
        let path = &self.settings.path;
        if self.by_name.contains_key(number.to_string().as_str()) {
            scope.report(
                Diagnostic::error(
                    codes::MISSING_COLUMN,
                    span,
                    format!("is {number} the column of this name in `{path}`, or the one in this place?"),
                )
                .label("a number says the place")
                .help(format!("write `\"{number}\"` for the name")),
            );
            return None;
        }
        if number > self.table.width() {
            scope.report(
                Diagnostic::error(
                    codes::MISSING_COLUMN,
                    span,
                    format!("`{path}` has no column {number}, but {}", self.table.width()),
                )
                .label("beyond the last one"),
            );
            return None;
        }
        Some(number - 1)
    }

    /// All columns but the targets; none if they have no names of their own, which is reported.
    pub fn all_but(&self, scope: &mut Scope, span: Span, targets: &[usize]) -> Option<Vec<usize>> {
        let mut is_input = vec![true; self.table.width()];
        targets.iter().for_each(|target| is_input[*target] = false);
        if self.settings.header != Header::None {
            let nameless = |at: &usize| is_input[*at] && self.table.names[*at].is_empty();
            if let Some(at) = (0..is_input.len()).find(nameless) {
                let path = &self.settings.path;
                scope.report(
                    Diagnostic::error(
                        codes::MISSING_COLUMN,
                        span,
                        format!("column {} of `{path}` has no name: is it an input?", at + 1),
                    )
                    .label("which columns are inputs?")
                    .help("name them: `inputs = [a, b];`")
                    .help("pandas writes the numbers of rows into such a column, and leaves it out with `index = False`"),
                );
                return None;
            }
            let twice = self.by_name.values().find_map(|(first, second)| Some((*first, (*second)?)));
            if let Some(twice) = twice {
                self.report_twice(scope, span, twice);
                return None;
            }
        }
        Some((0..is_input.len()).filter(|at| is_input[*at]).collect())
    }

    fn report_twice(&self, scope: &mut Scope, span: Span, (first, second): (usize, usize)) {
        let name = shortened(&self.table.names[first]);
        scope.report(
            Diagnostic::error(
                codes::DUPLICATE_NAME,
                span,
                format!(
                    "columns {} and {} of `{}` are both called `{name}`",
                    first + 1,
                    second + 1,
                    self.settings.path
                ),
            )
            .label("the name does not say which one")
            .help(format!("call one of them otherwise, or choose by number: `inputs = [{}];`", first + 1)),
        );
    }
}
