//! What follows `as`: what inputs and outputs mean to people.

use crate::said::Said;
use std::collections::BTreeMap;

use nnrc_syntax::ast::{Block, Call};
use nnrc_syntax::wording;
use nnrc_syntax::wording::shown;
use nnrc_syntax::{Diagnostic, Span, codes};

use crate::block::{self, bind};
use crate::skeleton::{DraftKind, Skeleton};
use crate::value::{Scope, ValueKind};
use nnrc_model::activation::Activation;
use nnrc_model::interval::Interval;
use nnrc_model::output::{OutputKind, border, is_counted, judging};
use nnrc_model::{Dataset, Targets};

/// `features(["width", "length"])` of an input of `width` values.
pub fn features(scope: &mut Scope, call: &Call, name: &str, width: usize) -> Option<Vec<String>> {
    if call.name.name != "features" {
        let mut finding = Diagnostic::error(
            codes::UNKNOWN_OPERATION,
            call.name.span,
            format!("an input cannot be `{}`", call.name.name),
        )
        .label("expected `features([…])`");
        if matches!(call.name.name.as_str(), "classes" | "binary" | "values") {
            finding = finding.help("this is said of the output: `output y as classes([…]);`");
        }
        scope.report(finding.help("write `input x[2] as features([\"width\", \"length\"]);`"));
        return None;
    }
    let args = bind(scope, call, &["names"])?;
    let Some(expr) = args[0] else {
        block::missing_argument(scope, call, "names", "features([\"width\", \"length\"])");
        return None;
    };
    names(scope, expr, (&values_of(name, width), "value"), width)
}

/// `classes([…])`, `binary(threshold, names)` or `values()` of an output of `width` values.
pub fn output(scope: &mut Scope, call: &Call, name: &str, width: usize) -> Option<Said> {
    let kind = match call.name.name.as_str() {
        "values" => {
            bind(scope, call, &[])?;
            OutputKind::Values
        }
        "classes" => {
            let args = bind(scope, call, &["names"])?;
            if width == 1 {
                scope.report(
                    Diagnostic::error(
                        codes::SHAPE_MISMATCH,
                        call.span,
                        format!("`{name}` is one value, and one value names no class by being the largest"),
                    )
                    .label("needs a value for each class")
                    .help("write `binary(threshold = 0.5)`, or `values()`"),
                );
                return None;
            }
            let names = match args[0] {
                Some(expr) => names(scope, expr, (&values_of(name, width), "class"), width)?,
                None => Vec::new(),
            };
            OutputKind::Classes { names }
        }
        "binary" => {
            let args = bind(scope, call, &["threshold", "names"])?;
            if width != 1 {
                scope.report(
                    Diagnostic::error(
                        codes::SHAPE_MISMATCH,
                        call.span,
                        format!("`{name}` has {width} values, and a border divides one"),
                    )
                    .label("needs one value")
                    .help("write `classes([…])`, or `values()`"),
                );
                return None;
            }
            let threshold = match args[0] {
                Some(expr) => Some(scope.plain_number(expr, "`threshold`")?),
                None => None,
            };
            let names = match args[1] {
                Some(expr) => names(scope, expr, ("2 sides of a border", "side"), 2)?,
                None => Vec::new(),
            };
            OutputKind::Binary { threshold, names }
        }
        _ => {
            let known = ["classes", "binary", "values"];
            let mut finding = Diagnostic::error(
                codes::UNKNOWN_OPERATION,
                call.name.span,
                format!("an output cannot be `{}`", call.name.name),
            )
            .label(format!("expected one of {}", wording::words(&known)));
            if call.name.name == "features" {
                finding = finding.help("this is said of an input: `input x[2] as features([…]);`");
            }
            scope.report(finding.did_you_mean(scope.near(&call.name.name, known)));
            return None;
        }
    };
    Some(Said { kind, span: call.span })
}

/// `1 value of `x``, `3 values of `x``
fn values_of(name: &str, width: usize) -> String {
    if width == 1 { format!("1 value of `{name}`") } else { format!("{width} values of `{name}`") }
}

/// A list of `count` different names for `whose`, one for each `what`.
fn names(
    scope: &mut Scope,
    expr: &nnrc_syntax::ast::Expr,
    (whose, what): (&str, &str),
    count: usize,
) -> Option<Vec<String>> {
    let value = scope.evaluate(expr)?;
    let ValueKind::List(items) = value.kind else {
        scope.wrong_type(expr.span, "names", "a list such as `[\"a\", \"b\"]`", &value.kind.words());
        return None;
    };
    let mut found: Vec<String> = Vec::new();
    let mut places: BTreeMap<String, Span> = BTreeMap::new();
    for item in &items {
        let name = match &item.kind {
            ValueKind::Text(name) | ValueKind::Name(name) => name.clone(),
            ValueKind::Number(number, crate::units::Dimension::NONE) => shown(*number),
            other => {
                scope.wrong_type(item.span, "a name", "text such as `\"setosa\"`", &other.words());
                return None;
            }
        };
        if name.trim().is_empty() || name.chars().any(char::is_control) {
            scope.report(
                Diagnostic::error(codes::OUT_OF_RANGE, item.span, "a name needs letters that can be seen")
                    .label("empty, or with signs that cannot be printed")
                    .help("write a name such as `\"setosa\"`"),
            );
            return None;
        }
        if let Some(first) = places.insert(name.clone(), item.span) {
            scope.report(
                Diagnostic::error(codes::DUPLICATE_NAME, item.span, format!("`{name}` is named twice"))
                    .label("named again here")
                    .other(first, "first named here")
                    .help("give each its own name"),
            );
            return None;
        }
        found.push(name);
    }
    if found.len() != count {
        let names = if found.len() == 1 { "1 name".to_owned() } else { format!("{} names", found.len()) };
        scope.report(
            Diagnostic::error(codes::SHAPE_MISMATCH, expr.span, format!("{names} for {whose}"))
                .label(format!("expected a name for each {what}")),
        );
        return None;
    }
    Some(found)
}

/// Brings the targets of all data sets in line with what the output was said to be: labels are put into the order of
/// its names. Reports data that are something else.
pub fn apply(scope: &mut Scope, said: &Said, width: usize, datasets: &mut BTreeMap<String, Dataset>) {
    for (name, dataset) in datasets.iter_mut() {
        match &said.kind {
            OutputKind::Values => {}
            OutputKind::Classes { names } => classes(scope, (name, said.span), width, names, dataset),
            OutputKind::Binary { names, .. } => binary(scope, (name, said.span), names, dataset),
        }
    }
    let bordered = datasets.values().any(|dataset| border(&dataset.targets).is_some());
    if let (OutputKind::Binary { threshold: None, .. }, false) = (&said.kind, bordered) {
        scope.report(
            Diagnostic::error(codes::MISSING_ARGUMENT, said.span, "on which side of what?")
                .label("no data set has two targets whose middle could be the border")
                .help("write `binary(threshold = 0.5)`, of logits `binary(threshold = 0)`"),
        );
    }
}

fn classes(
    scope: &mut Scope,
    (name, said): (&str, Span),
    width: usize,
    names: &[String],
    dataset: &mut Dataset,
) {
    let span = dataset.span;
    match &mut dataset.targets {
        Targets::Values { width: own, values } if *own == width => {
            let is_tied = |row: &[f64]| {
                let most = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                row.iter().filter(|t| **t == most).count() != 1
            };
            if let Some(row) = values.chunks(width).position(is_tied) {
                scope.report(
                    Diagnostic::error(
                        codes::SHAPE_MISMATCH,
                        said,
                        format!(
                            "the targets of row {} of `{name}` name no class: none is the largest",
                            row + 1
                        ),
                    )
                    .label("said to be classes")
                    .other(span, "the data set")
                    .help("write `values()` if the outputs are independent of each other"),
                );
            }
        }
        Targets::Classes { .. } if !names.is_empty() => rename(scope, (name, said), names, dataset),
        Targets::None | Targets::Classes { .. } | Targets::Values { .. } => {}
    }
}

fn binary(scope: &mut Scope, (name, said): (&str, Span), names: &[String], dataset: &mut Dataset) {
    let span = dataset.span;
    let complaint = match &dataset.targets {
        Targets::Values { width: 1, values } if border(&dataset.targets).is_none() => {
            let first = values.first().copied().unwrap_or(0.0);
            Some(if values.iter().all(|value| *value == first) {
                format!(
                    "the targets of `{name}` are all {}: nothing says on which side that is",
                    shown(first)
                )
            } else {
                format!("the targets of `{name}` hold more than two values")
            })
        }
        _ => None,
    };
    if let Some(complaint) = complaint {
        scope.report(
            Diagnostic::error(codes::SHAPE_MISMATCH, said, complaint)
                .label("said to be one of two")
                .other(span, "the data set")
                .help("write `values()`, or give the data set targets of two values"),
        );
    } else if !names.is_empty() {
        rename(scope, (name, said), names, dataset);
    }
}

/// Puts the labels of a data set into the order of the names of the output. Numbers as names are positions, where
/// there is one for each.
fn rename(scope: &mut Scope, (name, said): (&str, Span), names: &[String], dataset: &mut Dataset) {
    let span = dataset.span;
    let Targets::Classes { labels, names: own, .. } = &mut dataset.targets else { return };
    let places: Vec<Option<usize>> =
        own.iter().map(|own| names.iter().position(|name| name == own)).collect();
    let counted = is_counted(own) && own.len() <= names.len();
    let numbered = own.len() == names.len() && own.iter().all(|own| own.trim().parse::<f64>().is_ok());
    if places.iter().all(Option::is_some) {
        let places: Vec<usize> = places.into_iter().flatten().collect();
        labels.iter_mut().for_each(|label| *label = places.get(*label).copied().unwrap_or(*label));
    } else if !counted && !numbered {
        let strange: Vec<&str> = own
            .iter()
            .zip(&places)
            .filter(|(_, place)| place.is_none())
            .map(|(own, _)| own.as_str())
            .collect();
        let known: Vec<&str> = names.iter().map(String::as_str).collect();
        scope.report(
            Diagnostic::error(
                codes::UNKNOWN_NAME,
                said,
                format!("`{name}` has classes that the output does not name: {}", wording::words(&strange)),
            )
            .label(format!("names {}", wording::words(&known)))
            .other(span, "the data set")
            .help("write the names as they stand in the data, in the order of the outputs"),
        );
        return;
    }
    *own = names.to_vec();
}

/// Warns of a border that nobody chose: the middle of the targets of one output that is not between them by nature.
/// What this file trains is fitted to its targets, and so is their middle.
pub fn warn_border(scope: &mut Scope, skeleton: &Skeleton, datasets: &BTreeMap<String, Dataset>) {
    let output = &skeleton.nodes[skeleton.output];
    let DraftKind::Layer { activations, .. } = &output.kind else { return };
    if output.width() != 1 {
        return;
    }
    let activation = activations.last().map(|(activation, _)| *activation);
    let Some((own, what)) = natural(activation) else {
        return warn_one_sided(scope, skeleton, activation, datasets);
    };
    let differing = datasets.iter().find_map(|(name, dataset)| {
        let judged = judging(None, 1, Some((&dataset.targets, None)), std::iter::empty());
        let border = border(&dataset.targets).filter(|_| judged.reading().has_classes())?;
        (border != own).then_some((name, dataset, border))
    });
    let Some((name, dataset, border)) = differing else { return };
    scope.report(
        Diagnostic::warning(
            codes::UNDECLARED_BORDER,
            output.span,
            format!(
                "`{}` is {what}, and is judged at {}, the middle of the targets of `{name}`",
                output.name,
                shown(border)
            ),
        )
        .label("on which side of what?")
        .other(dataset.span, "the targets")
        .help(format!(
            "write `output {} as binary(threshold = {});` where its border is {}",
            output.name,
            shown(own),
            shown(own)
        ))
        .help(format!(
            "write `output {} as binary(threshold = {});` where it was fitted to these targets",
            output.name,
            shown(border)
        )),
    );
}

/// Warns of a border that an output never falls below: it names one class, whatever its input.
fn warn_one_sided(
    scope: &mut Scope,
    skeleton: &Skeleton,
    activation: Option<Activation>,
    datasets: &BTreeMap<String, Dataset>,
) {
    let output = &skeleton.nodes[skeleton.output];
    let anything = Interval::new(-1000.0, 1000.0);
    let is_positive = activation.is_some_and(|one| one.range(anything, 1000.0).low >= 0.0);
    let is_low = |border: &f64| *border <= 0.0 && is_positive;
    let found = datasets.iter().find_map(|(name, dataset)| {
        let judged = judging(None, 1, Some((&dataset.targets, None)), std::iter::empty());
        let border = border(&dataset.targets).filter(|_| judged.reading().has_classes())?;
        is_low(&border).then_some((name, dataset, border))
    });
    let Some((name, dataset, border)) = found else { return };
    scope.report(
        Diagnostic::warning(
            codes::UNDECLARED_BORDER,
            output.span,
            format!(
                "`{}` is never negative, and is judged at {}, the middle of the targets of `{name}`: it names one class \
                 only",
                output.name,
                shown(border)
            ),
        )
        .label("on which side of what?")
        .other(dataset.span, "the targets")
        .help(format!("write `output {} as binary(threshold = 0.5);` with its border", output.name)),
    );
}

/// The middle of the range of an activation, and what is said of its values; none where there is no such middle.
fn natural(activation: Option<Activation>) -> Option<(f64, &'static str)> {
    activation.unwrap_or(Activation::Identity).facts().middle
}

/// Refuses ends of training by a metric that its data do not have.
pub fn check_stops(
    scope: &mut Scope,
    block: &Block,
    said: Option<&Said>,
    skeleton: &Skeleton,
    dataset: &Dataset,
) {
    let output = &skeleton.nodes[skeleton.output];
    let judged = judging(
        said.map(|said| &said.kind),
        output.width(),
        Some((&dataset.targets, None)),
        std::iter::empty(),
    );
    for (path, _, _) in block::stops(block) {
        let name = path.text();
        match name.strip_prefix("validation.").unwrap_or(&name) {
            "accuracy" if !judged.reading().has_classes() => {
                scope.report(
                    no_classes(path.span, &output.name, output.width()).other(dataset.span, "the data"),
                );
            }
            "r2" if is_constant(dataset) => scope.report(constant_targets(path.span, dataset)),
            _ => {}
        }
    }
}

/// Accuracy of an output of `width` values that names no class.
pub fn no_classes(span: Span, output: &str, width: usize) -> Diagnostic {
    let meaning = if width == 1 { "binary(threshold = 0.5)" } else { "classes()" };
    Diagnostic::error(
        codes::WRONG_TYPE,
        span,
        format!("accuracy is the share of right classes, and `{output}` gives values"),
    )
    .label("expected an output that names classes")
    .help("write `mse`, `mae` or `r2` instead")
    .help(format!("or say what it is, if it is that: `output {output} as {meaning};`"))
}

/// r² of targets that never change.
pub fn constant_targets(span: Span, dataset: &Dataset) -> Diagnostic {
    Diagnostic::error(codes::WRONG_TYPE, span, "r2 of targets that never change says nothing")
        .label("expected targets that differ")
        .other(dataset.span, "the data")
        .help("write `mse` or `mae` instead")
}

/// Whether all rows have one target.
pub fn is_constant(dataset: &Dataset) -> bool {
    match &dataset.targets {
        Targets::None => true,
        Targets::Classes { labels, .. } => labels.windows(2).all(|pair| pair[0] == pair[1]),
        Targets::Values { width, values } => {
            values.iter().zip(values.iter().skip(*width)).all(|(value, next)| value == next)
        }
    }
}
