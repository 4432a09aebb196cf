//! Data in arrays: files of NumPy and of MNIST.

use nnrc_syntax::ast::{Call, Expr, Ident};
use nnrc_syntax::wording::shown;
use nnrc_syntax::{Diagnostic, Span, codes};

use super::check::wrong_width;
use super::classes::{self, Labels, Listed};
use super::columns::Columns;
use super::files::{missing_tensor, path, report_resource};
use super::selection::{self, Choice};
use crate::block::{Entries, bind, missing_argument};
use crate::skeleton::Draft;
use crate::value::{Scope, ValueKind};
use nnrc_model::Targets;
use nnrc_model::{ResourceError, Resources, Tensor};

/// Where targets come from, for messages.
struct Origin {
    /// Where the file or array is named.
    span: Span,
    /// The name of the array in the language, such as `"t"`; of IDX files `labels`.
    name: String,
}

/// `npz("d.npz") { inputs = "x"; target = "label"; }`. Shapes are judged before values are decoded: `network_inputs`
/// are those of the network, where it is known.
pub fn npz(
    scope: &mut Scope,
    resources: &dyn Resources,
    call: &Call,
    entries: &Entries<'_>,
    dataset: &Ident,
    network_inputs: Option<&[&Draft]>,
) -> Option<Columns> {
    let (path, span) = path(scope, call)?;
    let file = from_array(scope, span, &path, resources.tensors(&path))?;
    let names = file.names();
    let known = |scope: &mut Scope, place: Span, name: &str| {
        if !file.holds(name) {
            scope.report(missing_tensor(place, &path, name, &names, true));
        }
        file.holds(name).then_some(())
    };
    let (place, inputs) = match entries.get("inputs") {
        Some(expr) => {
            let chosen = selection::choices(scope, expr, "`inputs`", &names)?;
            (expr.span, one(scope, "`inputs`", expr.span, &chosen)?)
        }
        None if file.holds("x") => (span, "x".to_owned()),
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
    };
    known(scope, place, &inputs)?;
    let targets = match entries.get("target") {
        Some(expr) => {
            let target = selection::target(scope, expr, &names)?;
            let name = one(scope, "`target`", target.span, &target.chosen)?;
            known(scope, target.span, &name)?;
            Some((Origin { span: target.span, name: format!("\"{name}\"") }, target.onehot, name))
        }
        None => {
            let origin = Origin { span, name: "\"t\"".to_owned() };
            file.holds("t").then(|| (origin, None, "t".to_owned()))
        }
    };
    let shape = from_array(scope, place, &path, file.shape(&inputs))?;
    let wanted = network_inputs.map(|inputs| inputs.iter().map(|input| input.width()).sum());
    let (rows, width) = rows_of(&shape, wanted);
    if let Some(inputs) = network_inputs.filter(|_| rows > 0 && wanted != Some(width)) {
        scope.report(wrong_width(&dataset.name, dataset.span, width, inputs));
        return None;
    }
    let targets = match targets {
        None => Targets::None,
        Some((origin, onehot, name)) => {
            let mut found = from_array(scope, origin.span, &path, file.shape(&name))?;
            // The targets of a single sample, written as its inputs are.
            if let ([_], &[count]) = (&shape[..], &found[..])
                && rows == 1
                && count > 1
            {
                found = vec![1, count];
            }
            if found.first().copied().unwrap_or(0) != rows {
                scope.report(shape_of_targets(origin.span, rows, &found));
                return None;
            }
            match (file.texts(&name), onehot) {
                (Some(texts), Some(listed)) => {
                    let texts = from_array(scope, origin.span, &path, texts)?;
                    require_labels(scope, &origin, (texts.len(), &found), rows)?;
                    classes::of(scope, &TextLabels { origin: &origin, texts: &texts }, listed.as_ref())?
                }
                (Some(_), None) => {
                    scope.report(words_as_values(&origin));
                    return None;
                }
                (None, onehot) => {
                    let values = from_array(scope, origin.span, &path, file.read(&name))?.values;
                    let tensor = Tensor { shape: found, values };
                    match onehot {
                        Some(listed) => labels(scope, &origin, &tensor, rows, listed.as_ref())?,
                        None => plain(tensor, rows),
                    }
                }
            }
        }
    };
    let inputs = from_array(scope, place, &path, file.read(&inputs))?;
    if inputs.values.is_empty() {
        return Some(Columns::nameless(1, Vec::new(), Targets::None));
    }
    Some(Columns::nameless(width, inputs.values, targets))
}

/// What a file gave; reported if that is nothing.
pub fn from_array<T>(
    scope: &mut Scope,
    span: Span,
    path: &str,
    result: Result<T, ResourceError>,
) -> Option<T> {
    result.map_err(|error| report_resource(scope, span, path, error)).ok()
}

/// Number of rows and numbers in each row of an array. A vector as long as the `wanted` rows is one row, as whoever
/// saves a single sample writes it; any other vector has rows of one number.
pub fn rows_of(shape: &[usize], wanted: Option<usize>) -> (usize, usize) {
    match *shape {
        [length] if length > 1 && Some(length) == wanted => (1, length),
        [] => (0, 0),
        [rows, ref rest @ ..] => {
            (rows, rest.iter().fold(1, |product: usize, &size| product.saturating_mul(size)))
        }
    }
}

/// The name of the one array that is chosen.
fn one(scope: &mut Scope, key: &str, span: Span, chosen: &[Choice]) -> Option<String> {
    let found = match chosen {
        [Choice::Name(name, _)] => return Some(name.clone()),
        [Choice::Number(number, _)] => format!("the number {number}"),
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

/// The labels in an array of strings.
struct TextLabels<'a> {
    origin: &'a Origin,
    texts: &'a [String],
}

impl Labels for TextLabels<'_> {
    fn rows(&self) -> usize {
        self.texts.len()
    }

    fn text(&self, row: usize) -> String {
        self.texts[row].trim().to_owned()
    }

    fn value(&self, row: usize) -> Option<f64> {
        self.value_of(&self.text(row))
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
    require_labels(scope, origin, (tensor.values.len(), &tensor.shape), rows)?;
    classes::of(scope, &ArrayLabels { origin, values: &tensor.values }, listed)
}

/// Refuses an array that does not hold one label for each row.
fn require_labels(
    scope: &mut Scope,
    origin: &Origin,
    (count, shape): (usize, &[usize]),
    rows: usize,
) -> Option<()> {
    if count == rows {
        return Some(());
    }
    scope.report(
        Diagnostic::error(
            codes::WRONG_TYPE,
            origin.span,
            format!("`onehot` takes one label for each row, {} has the shape {shape:?}", origin.name),
        )
        .label("holds several values in each row")
        .help(format!("rows that are one-hot already are values: `target = {};`", origin.name)),
    );
    None
}

fn words_as_values(origin: &Origin) -> Diagnostic {
    Diagnostic::error(codes::WRONG_TYPE, origin.span, format!("{} holds words, not numbers", origin.name))
        .label("words name classes")
        .help(format!(
            "write `target = onehot({});`; the classes are in the order of their names, another is \
             `onehot({}, classes = [\"b\", \"a\"])`",
            origin.name, origin.name
        ))
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
            let is_labels = matches!(&target.chosen[..], [Choice::Name(name, _)] if name == "labels");
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
