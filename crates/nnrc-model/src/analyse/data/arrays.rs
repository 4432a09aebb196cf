//! Data in arrays: files of NumPy and of MNIST.

use nnrc_syntax::ast::Call;
use nnrc_syntax::{Diagnostic, Span, codes};

use super::classes;
use super::table::target_columns;
use super::{Columns, missing_tensor, path, report_resource};
use crate::analyse::block::{Entries, bind, missing_argument};
use crate::model::Targets;
use crate::resources::{Resources, Tensor};
use crate::value::{Scope, ValueKind};

/// `npz("d.npz") { inputs = "x"; target = "label"; }`
pub fn npz(
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
        return Some(Columns::nameless(1, Vec::new(), Targets::None));
    }
    Some(Columns::nameless(width, inputs.values, targets))
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
        return Some(Targets::Classes { names: classes::label_names(&labels), labels });
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
    Some(Columns::nameless(images.values.len() / rows.max(1), images.values, targets))
}
