//! Data in the text: records of inputs and targets.

use std::collections::BTreeMap;

use nnrc_syntax::ast::Call;
use nnrc_syntax::{Diagnostic, codes};

use super::columns::Columns;
use crate::block::{Entries, bind, missing_argument};
use crate::value::{Scope, Value, ValueKind};
use nnrc_model::Targets;

/// `rows([{ x = [0, 0], t = [0] }, …])`
pub fn read(scope: &mut Scope, call: &Call, input_names: &[&str], entries: &Entries<'_>) -> Option<Columns> {
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
    Some(Columns::nameless(width, inputs, targets))
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
