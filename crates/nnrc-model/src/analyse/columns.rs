//! Inputs and targets out of rows, tables and arrays.

use std::collections::BTreeMap;

use nnrc_syntax::ast::Call;
use nnrc_syntax::{Diagnostic, Span, codes};

use crate::analyse::block::{self, Entries, bind, missing_argument};
use crate::analyse::dataset::classes;
use crate::model::Targets;
use crate::resources::{ResourceError, Resources, Table, Tensor};
use crate::value::{Scope, Value, ValueKind};

/// Unscaled inputs, a row after another, and targets.
pub struct Columns {
    pub width: usize,
    pub inputs: Vec<f64>,
    pub targets: Targets,
}

/// Reports a file that gave nothing.
pub fn report_resource(scope: &mut Scope, span: Span, path: &str, error: ResourceError) {
    let mut finding = Diagnostic::error(error.code, span, format!("cannot read `{path}`: {}", error.message))
        .label("this file");
    if error.code == codes::UNREADABLE_FILE {
        finding = finding.help(if span == super::OVERRIDE {
            "a path on the command line is relative to the current folder"
        } else {
            "paths are relative to the `.nnr` file"
        });
    }
    scope.report(finding);
}

/// The text argument of `csv("…")`.
fn path(scope: &mut Scope, call: &Call) -> Option<(String, Span)> {
    let args = bind(scope, call, &["path"])?;
    let Some(expr) = args[0] else {
        missing_argument(scope, call, "path", &format!("{}(\"data.csv\")", call.name.name));
        return None;
    };
    let value = scope.evaluate(expr)?;
    match value.kind {
        ValueKind::Text(path) => Some((path, expr.span)),
        other => {
            scope.wrong_type(expr.span, "a path", "text such as `\"data.csv\"`", &other.words());
            None
        }
    }
}

/// `rows([{ x = [0, 0], t = [0] }, …])`
pub fn rows(scope: &mut Scope, call: &Call, input_names: &[&str], entries: &Entries<'_>) -> Option<Columns> {
    for key in ["inputs", "target"] {
        if let Some(expr) = entries.get(key) {
            scope.report(
                Diagnostic::error(
                    codes::UNKNOWN_KEY,
                    expr.span,
                    format!("`{key}` has no meaning for `rows`"),
                )
                .label("rows name their inputs and targets themselves")
                .help("leave the line out"),
            );
            return None;
        }
    }
    let args = bind(scope, call, &["rows"])?;
    let Some(expr) = args[0] else {
        missing_argument(scope, call, "rows", "rows([{ x = [0, 1], t = [1] }])");
        return None;
    };
    let value = scope.evaluate(expr)?;
    let ValueKind::List(items) = &value.kind else {
        scope.wrong_type(expr.span, "`rows`", "a list of records", &value.kind.words());
        return None;
    };
    let (mut inputs, mut targets) = (Vec::new(), Vec::new());
    let mut widths: Option<(usize, usize)> = None;
    for item in items {
        let (input, target) = record(scope, item, input_names)?;
        let (width, target_width) = *widths.get_or_insert((input.len(), target.len()));
        if (input.len(), target.len()) != (width, target_width) {
            scope.report(
                Diagnostic::error(
                    codes::SHAPE_MISMATCH,
                    item.span,
                    format!(
                        "this row has {} inputs and {} targets, the first has {width} and {target_width}",
                        input.len(),
                        target.len()
                    ),
                )
                .label("differs from the first row"),
            );
            return None;
        }
        inputs.extend(input);
        targets.extend(target);
    }
    let (width, target_width) = widths.unwrap_or((1, 0));
    let targets = if target_width == 0 {
        Targets::None
    } else {
        Targets::Values { width: target_width, values: targets }
    };
    Some(Columns { width, inputs, targets })
}

fn record(scope: &mut Scope, item: &Value, input_names: &[&str]) -> Option<(Vec<f64>, Vec<f64>)> {
    let ValueKind::Record(fields) = &item.kind else {
        scope.wrong_type(
            item.span,
            "a row",
            "a record such as `{ x = [0, 1], t = [1] }`",
            &item.kind.words(),
        );
        return None;
    };
    let mut parts: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for (name, span, value) in fields {
        if name != "t" && name != "x" && !input_names.contains(&name.as_str()) {
            scope.report(
                Diagnostic::error(codes::UNKNOWN_KEY, *span, format!("a row has no `{name}`"))
                    .label("unknown key")
                    .help("rows have inputs, by name or as `x`, and targets `t`"),
            );
            return None;
        }
        let numbers = scope.numbers(value, &format!("`{name}`"))?;
        parts.insert(name, numbers);
    }
    let target = parts.remove("t").unwrap_or_default();
    let mut input = Vec::new();
    for name in input_names {
        input.extend(parts.remove(name).unwrap_or_default());
    }
    input.extend(parts.remove("x").unwrap_or_default());
    if input.is_empty() {
        scope.report(
            Diagnostic::error(codes::MISSING_ARGUMENT, item.span, "this row has no inputs")
                .label("expected `x = […]`")
                .help("write `{ x = [0, 1], t = [1] }`"),
        );
        return None;
    }
    Some((input, target))
}

/// `csv("iris.csv") { inputs = [a, b]; target = onehot(species); }`
pub fn table(
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
                Some(numbers) => number_classes(&numbers),
                None => classes(&words),
            }
        }
        _ => Targets::Values {
            width: target_columns.len(),
            values: numbers(scope, &table, &path, (target, "target"), &target_columns)?,
        },
    };
    Some(Columns { width: input_columns.len(), inputs, targets })
}

/// Place, whether one-hot, and columns of a target.
fn target_columns(scope: &mut Scope, value: &Value) -> Option<(Span, bool, Vec<String>)> {
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

/// `npz("d.npz") { inputs = "x"; target = "label"; }`
pub fn arrays(
    scope: &mut Scope,
    resources: &dyn Resources,
    call: &Call,
    entries: &Entries<'_>,
) -> Option<Columns> {
    let (path, span) = path(scope, call)?;
    let tensors = match resources.tensors(&path) {
        Ok(tensors) => tensors,
        Err(error) => {
            report_resource(scope, span, &path, error);
            return None;
        }
    };
    let take = |scope: &mut Scope, key: &str, default: &str| -> Option<Option<(Span, bool, Tensor)>> {
        let (place, onehot, name) = match entries.get(key) {
            Some(expr) => {
                let value = scope.evaluate(expr)?;
                let (place, onehot, names) = target_columns(scope, &value)?;
                let [name] = &names[..] else {
                    let found = format!("{} names", names.len());
                    scope.wrong_type(place, &format!("`{key}`"), "the name of one array", &found);
                    return None;
                };
                (place, onehot, name.clone())
            }
            None if tensors.contains_key(default) => (span, false, default.to_owned()),
            None => return Some(None),
        };
        match tensors.get(&name).cloned() {
            Some(tensor) => Some(Some((place, onehot, tensor))),
            None => {
                let names: Vec<&str> = tensors.keys().map(String::as_str).collect();
                scope.report(missing_tensor(place, &path, &name, &names));
                None
            }
        }
    };
    let inputs = take(scope, "inputs", "x")?;
    let targets = take(scope, "target", "t")?;
    let Some((_, _, inputs)) = inputs else {
        scope.report(
            Diagnostic::error(
                codes::MISSING_TENSOR,
                span,
                format!("which array of `{path}` holds the inputs?"),
            )
            .label("it has none called `x`")
            .help("write `inputs = \"name\";`"),
        );
        return None;
    };
    let rows = inputs.shape.first().copied().unwrap_or(0);
    let width = inputs.values.len() / rows.max(1);
    let targets = match targets {
        None => Targets::None,
        Some((place, onehot, tensor)) => {
            if tensor.shape.first().copied().unwrap_or(0) != rows {
                scope.report(shape_of_targets(place, rows, &tensor.shape));
                return None;
            }
            tensor_targets(scope, place, onehot, tensor, rows)?
        }
    };
    if inputs.values.is_empty() {
        return Some(Columns { width: 1, inputs: Vec::new(), targets: Targets::None });
    }
    Some(Columns { width, inputs: inputs.values, targets })
}

/// Whole numbers in one column are classes; anything else is values.
fn tensor_targets(
    scope: &mut Scope,
    place: Span,
    onehot: bool,
    tensor: Tensor,
    rows: usize,
) -> Option<Targets> {
    let whole = tensor.values.iter().all(|value| value.fract() == 0.0 && (0.0..1e9).contains(value));
    if tensor.shape.len() == 1 && whole {
        let labels: Vec<usize> = tensor.values.iter().map(|value| *value as usize).collect();
        return Some(Targets::Classes { names: label_names(&labels), labels });
    }
    if tensor.shape.len() == 1 && onehot {
        scope.report(
            Diagnostic::error(
                codes::WRONG_TYPE,
                place,
                "`onehot` needs an array of class numbers 0, 1, 2, …",
            )
            .label("holds other values"),
        );
        return None;
    }
    Some(Targets::Values { width: tensor.values.len() / rows.max(1), values: tensor.values })
}

/// Classes from numbers, sorted by value.
fn number_classes(numbers: &[usize]) -> Targets {
    let mut distinct = numbers.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    let labels = numbers.iter().map(|number| distinct.binary_search(number).unwrap_or(0)).collect();
    Targets::Classes { labels, names: distinct.iter().map(usize::to_string).collect() }
}

fn label_names(labels: &[usize]) -> Vec<String> {
    (0..=labels.iter().copied().max().unwrap_or(0).min(1_000_000)).map(|label| label.to_string()).collect()
}

/// A tensor that the file does not have.
pub fn missing_tensor(span: Span, path: &str, name: &str, names: &[&str]) -> Diagnostic {
    let finding = Diagnostic::error(codes::MISSING_TENSOR, span, format!("`{path}` has no array `{name}`"))
        .label("not in this file");
    // A matrix is no bias, however near its name.
    let kind = |name: &str| name.ends_with(".b");
    finding.did_you_mean_or(
        nnrc_syntax::suggest(name, names.iter().copied().filter(|other| kind(other) == kind(name))),
        || format!("it holds {}", block::words(names)),
    )
}

fn shape_of_targets(span: Span, rows: usize, shape: &[usize]) -> Diagnostic {
    Diagnostic::error(
        codes::SHAPE_MISMATCH,
        span,
        format!("the inputs have {rows} rows, the targets the shape {shape:?}"),
    )
    .label("one target for each row is needed")
}

/// `idx("images", "labels")`
pub fn idx(
    scope: &mut Scope,
    resources: &dyn Resources,
    call: &Call,
    entries: &Entries<'_>,
) -> Option<Columns> {
    if let Some(expr) = entries.get("inputs").or(entries.get("target")) {
        scope.report(
            Diagnostic::error(
                codes::UNKNOWN_KEY,
                expr.span,
                "`idx` files hold one array each: nothing to choose",
            )
            .label("has no meaning here")
            .help("leave the line out"),
        );
        return None;
    }
    let args = bind(scope, call, &["images", "labels"])?;
    let mut arrays = Vec::new();
    for (name, arg) in ["images", "labels"].iter().zip(args) {
        let Some(expr) = arg else {
            missing_argument(scope, call, name, "idx(\"images.idx3\", \"labels.idx1\")");
            return None;
        };
        let value = scope.evaluate(expr)?;
        let ValueKind::Text(path) = value.kind else {
            scope.wrong_type(expr.span, "a path", "text such as `\"images.idx3\"`", &value.kind.words());
            return None;
        };
        match resources.idx(&path) {
            Ok(tensor) => arrays.push((expr.span, tensor)),
            Err(error) => {
                report_resource(scope, expr.span, &path, error);
                return None;
            }
        }
    }
    let (span, labels) = arrays.pop()?;
    let (_, images) = arrays.pop()?;
    let rows = images.shape.first().copied().unwrap_or(0);
    if labels.shape != [rows] {
        scope.report(shape_of_targets(span, rows, &labels.shape));
        return None;
    }
    let targets = tensor_targets(scope, span, true, labels, rows)?;
    Some(Columns { width: images.values.len() / rows.max(1), inputs: images.values, targets })
}
