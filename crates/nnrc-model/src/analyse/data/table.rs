//! Data in tables of text.

use nnrc_syntax::ast::Call;
use nnrc_syntax::{Diagnostic, Span, codes};

use super::classes;
use super::{Columns, path, report_resource};
use crate::analyse::block::{self, Entries, bind, missing_argument};
use crate::model::Targets;
use crate::resources::{Resources, Table};
use crate::value::{Scope, Value, ValueKind};

/// `csv("iris.csv") { inputs = [a, b]; target = onehot(species); }`
pub fn read(
    scope: &mut Scope,
    resources: &dyn Resources,
    call: &Call,
    entries: &Entries<'_>,
) -> Option<Columns> {
    let (path, span) = path(scope, call)?;
    let table = match resources.table(&path) {
        Ok(table) => table,
        Err(error) => {
            report_resource(scope, span, &path, error);
            return None;
        }
    };
    let (target, onehot, target_names) = match entries.get("target") {
        Some(expr) => {
            let value = scope.evaluate(expr)?;
            target_columns(scope, &value)?
        }
        None => (span, false, Vec::new()),
    };
    let (place, names) = match entries.get("inputs") {
        Some(expr) => {
            let value = scope.evaluate(expr)?;
            (expr.span, column_names(scope, &value, "`inputs`")?)
        }
        None => (span, table.columns.iter().filter(|c| !target_names.contains(c)).cloned().collect()),
    };
    let input_columns = find_columns(scope, &table, &path, place, &names)?;
    let target_columns = find_columns(scope, &table, &path, target, &target_names)?;
    let inputs = numbers(scope, &table, &path, (place, "inputs"), &input_columns)?;
    let targets = match target_columns[..] {
        [] => Targets::None,
        [column] if onehot => {
            let words: Vec<String> = table.rows.iter().map(|row| row[column].clone()).collect();
            // Whole numbers sort by value, words by letters.
            let whole: Option<Vec<usize>> = words.iter().map(|word| word.trim().parse().ok()).collect();
            match whole {
                Some(numbers) => classes::of_numbers(&numbers),
                None => classes::of_words(&words),
            }
        }
        _ => Targets::Values {
            width: target_columns.len(),
            values: numbers(scope, &table, &path, (target, "target"), &target_columns)?,
        },
    };
    Some(Columns { width: input_columns.len(), inputs, targets, input_names: names, target_names })
}

/// Place, whether one-hot, and columns of a target.
pub fn target_columns(scope: &mut Scope, value: &Value) -> Option<(Span, bool, Vec<String>)> {
    let ValueKind::Call(call) = &value.kind else {
        return column_names(scope, value, "`target`").map(|names| (value.span, false, names));
    };
    if call.name.name != "onehot" {
        scope.report(
            Diagnostic::error(
                codes::UNKNOWN_OPERATION,
                call.name.span,
                format!("there is no target `{}`", call.name.name),
            )
            .label("expected a column or `onehot(column)`"),
        );
        return None;
    }
    let args = bind(scope, call, &["column"])?;
    let Some(expr) = args[0] else {
        missing_argument(scope, call, "column", "onehot(species)");
        return None;
    };
    let value = scope.evaluate(expr)?;
    let names = column_names(scope, &value, "`onehot`")?;
    if names.len() != 1 {
        scope.wrong_type(expr.span, "`onehot`", "one column", &format!("{} columns", names.len()));
        return None;
    }
    Some((expr.span, true, names))
}

/// One or several names of columns.
fn column_names(scope: &mut Scope, value: &Value, what: &str) -> Option<Vec<String>> {
    match &value.kind {
        ValueKind::Name(name) | ValueKind::Text(name) => Some(vec![name.clone()]),
        ValueKind::List(items) => {
            let names: Option<Vec<Vec<String>>> =
                items.iter().map(|item| column_names(scope, item, what)).collect();
            let names = names?.concat();
            if names.is_empty() {
                scope.report(
                    Diagnostic::error(codes::MISSING_ARGUMENT, value.span, format!("{what} names nothing"))
                        .label("an empty list")
                        .help("name at least one column, or leave the line out"),
                );
                return None;
            }
            Some(names)
        }
        other => {
            scope.wrong_type(value.span, what, "a column or a list of columns", &other.words());
            None
        }
    }
}

fn find_columns(
    scope: &mut Scope,
    table: &Table,
    path: &str,
    span: Span,
    names: &[String],
) -> Option<Vec<usize>> {
    let mut found = Vec::new();
    let mut good = true;
    for name in names {
        match table.columns.iter().position(|column| column == name) {
            Some(at) => found.push(at),
            None => {
                let mut finding = Diagnostic::error(
                    codes::MISSING_COLUMN,
                    span,
                    format!("`{path}` has no column `{name}`"),
                )
                .label("not in the header row");
                let columns: Vec<&str> = table.columns.iter().map(String::as_str).collect();
                finding = finding.did_you_mean_or(scope.near(name, columns.iter().copied()), || {
                    format!("its columns are {}", block::words(&columns))
                });
                scope.report(finding);
                good = false;
            }
        }
    }
    good.then_some(found)
}

fn numbers(
    scope: &mut Scope,
    table: &Table,
    path: &str,
    (span, key): (Span, &str),
    columns: &[usize],
) -> Option<Vec<f64>> {
    let mut values = Vec::with_capacity(table.rows.len() * columns.len());
    for (row, cells) in table.rows.iter().enumerate() {
        for &column in columns {
            let cell = cells[column].trim();
            let place = format!("row {}, column `{}` of `{path}`", row + 1, table.columns[column]);
            match cell.parse::<f64>() {
                Ok(value) if value.is_finite() => values.push(value),
                Ok(value) => {
                    scope.report(
                        Diagnostic::error(codes::NON_FINITE_DATA, span, format!("{place} holds {value}"))
                            .label("expected finite numbers"),
                    );
                    return None;
                }
                Err(_) => {
                    let help = if key == "target" {
                        "classes are read by `target = onehot(column);`"
                    } else {
                        "write a number there, leave the row out, or name other columns: `inputs = [a, b];`"
                    };
                    let found = if cell.is_empty() { "nothing".to_owned() } else { format!("`{cell}`") };
                    scope.report(
                        Diagnostic::error(
                            codes::TEXT_IN_NUMBER_COLUMN,
                            span,
                            format!("{place} holds {found}, expected a number"),
                        )
                        .label("expected columns of numbers")
                        .help(help),
                    );
                    return None;
                }
            }
        }
    }
    Some(values)
}
