//! Data in arrays: files of NumPy and of MNIST.

use nnrc_syntax::ast::{Call, Expr};
use nnrc_syntax::{Diagnostic, Span, codes};

use super::classes::{self, Labels, Listed};
use super::selection::{self, Choice};
use super::{Columns, missing_tensor, path, report_resource};
use crate::analyse::block::{Entries, bind, missing_argument};
use crate::model::Targets;
use crate::resources::{Resources, Tensor};
use crate::value::{Scope, ValueKind, shown};

/// Where targets come from, for messages.
struct Origin {
    /// Where the file or array is named.
    span: Span,
    /// The name of the array in the language, such as `"t"`; of IDX files `labels`.
    name: String,
}

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
    let names: Vec<&str> = tensors.keys().map(String::as_str).collect();
    let take = |scope: &mut Scope, place: Span, name: &str| {
        let found = tensors.get(name).cloned();
        if found.is_none() {
            scope.report(missing_tensor(place, &path, name, &names));
        }
        found
    };
    let inputs = match entries.get("inputs") {
        Some(expr) => {
            let chosen = selection::choices(scope, expr, "`inputs`", &names)?;
            let name = one(scope, "`inputs`", expr.span, &chosen)?;
            take(scope, expr.span, &name)?
        }
        None => match tensors.get("x") {
            Some(tensor) => tensor.clone(),
            None => {
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
            }
        },
    };
    let targets = match entries.get("target") {
        Some(expr) => {
            let target = selection::target(scope, expr, &names)?;
            let name = one(scope, "`target`", target.span, &target.chosen)?;
            let tensor = take(scope, target.span, &name)?;
            Some((Origin { span: target.span, name: format!("\"{name}\"") }, target.onehot, tensor))
        }
        None => {
            let default = tensors.get("t").cloned();
            default.map(|tensor| (Origin { span, name: "\"t\"".to_owned() }, None, tensor))
        }
    };
    let rows = inputs.shape.first().copied().unwrap_or(0);
    let width = inputs.values.len() / rows.max(1);
    let targets = match targets {
        None => Targets::None,
        Some((origin, onehot, tensor)) => {
            if tensor.shape.first().copied().unwrap_or(0) != rows {
                scope.report(shape_of_targets(origin.span, rows, &tensor.shape));
                return None;
            }
            match onehot {
                Some(listed) => labels(scope, &origin, &tensor, rows, listed.as_ref())?,
                None => plain(tensor, rows),
            }
        }
    };
    if inputs.values.is_empty() {
        return Some(Columns::nameless(1, Vec::new(), Targets::None));
    }
    Some(Columns::nameless(width, inputs.values, targets))
}

/// The name of the one array that is chosen.
fn one(scope: &mut Scope, key: &str, span: Span, chosen: &[Choice]) -> Option<String> {
    let found = match chosen {
        [Choice::Name(name)] => return Some(name.clone()),
        [Choice::Number(number)] => format!("the number {number}"),
        _ => format!("{} names", chosen.len()),
    };
    scope.wrong_type(span, key, "the name of one array", &found);
    None
}

/// Whole numbers in a one-dimensional array are classes; anything else is values.
fn plain(tensor: Tensor, rows: usize) -> Targets {
    let classes = (tensor.shape.len() == 1).then(|| classes::of_class_numbers(&tensor.values)).flatten();
    classes.unwrap_or(Targets::Values { width: tensor.values.len() / rows.max(1), values: tensor.values })
}

/// The labels in an array of one column.
struct ArrayLabels<'a> {
    origin: &'a Origin,
    values: &'a [f64],
}

impl Labels for ArrayLabels<'_> {
    fn rows(&self) -> usize {
        self.values.len()
    }

    fn text(&self, row: usize) -> String {
        shown(self.values[row] + 0.0)
    }

    fn value(&self, row: usize) -> Option<f64> {
        Some(self.values[row])
    }

    fn value_of(&self, name: &str) -> Option<f64> {
        name.parse().ok().filter(|value: &f64| value.is_finite())
    }

    fn place(&self, row: usize) -> String {
        format!("row {} of {}", row + 1, self.origin.name)
    }
}

/// Classes out of the labels that are there, or out of those listed.
fn labels(
    scope: &mut Scope,
    origin: &Origin,
    tensor: &Tensor,
    rows: usize,
    listed: Option<&Listed>,
) -> Option<Targets> {
    if tensor.values.len() != rows {
        scope.report(
            Diagnostic::error(
                codes::WRONG_TYPE,
                origin.span,
                format!(
                    "`onehot` takes one label for each row, {} has the shape {:?}",
                    origin.name, tensor.shape
                ),
            )
            .label("holds several values in each row")
            .help(format!("rows that are one-hot already are values: `target = {};`", origin.name)),
        );
        return None;
    }
    classes::of(scope, &ArrayLabels { origin, values: &tensor.values }, listed)
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
    if let Some(expr) = entries.get("inputs") {
        nothing_to_choose(scope, expr);
        return None;
    }
    let onehot = match entries.get("target") {
        Some(expr) => {
            let target = selection::target(scope, expr, &["labels"])?;
            let is_labels = target.chosen == [Choice::Name("labels".to_owned())];
            let Some(listed) = target.onehot.filter(|_| is_labels) else {
                nothing_to_choose(scope, expr);
                return None;
            };
            Some(listed)
        }
        None => None,
    };
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
    let (span, tensor) = arrays.pop()?;
    let (_, images) = arrays.pop()?;
    let rows = images.shape.first().copied().unwrap_or(0);
    if tensor.shape != [rows] {
        scope.report(shape_of_targets(span, rows, &tensor.shape));
        return None;
    }
    let origin = Origin { span, name: "labels".to_owned() };
    let targets = match onehot {
        Some(listed) => labels(scope, &origin, &tensor, rows, listed.as_ref())?,
        None => class_numbers(scope, &origin, &tensor)?,
    };
    Some(Columns::nameless(images.values.len() / rows.max(1), images.values, targets))
}

fn class_numbers(scope: &mut Scope, origin: &Origin, tensor: &Tensor) -> Option<Targets> {
    let classes = classes::of_class_numbers(&tensor.values);
    if classes.is_none() {
        scope.report(
            Diagnostic::error(
                codes::WRONG_TYPE,
                origin.span,
                "labels of `idx` are class numbers 0, 1, 2, …, these are others",
            )
            .label("holds other values")
            .help("write `target = onehot(labels);` for the classes that are there"),
        );
    }
    classes
}

fn nothing_to_choose(scope: &mut Scope, expr: &Expr) {
    scope.report(
        Diagnostic::error(
            codes::UNKNOWN_KEY,
            expr.span,
            "`idx` files hold one array each: nothing to choose",
        )
        .label("has no meaning here")
        .help("leave the line out, or write `target = onehot(labels);` for the classes that are there"),
    );
}
