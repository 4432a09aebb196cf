//! The `expect` block.

use std::collections::BTreeMap;

use nnrc_syntax::ast::{self, Call, Cmp, Expr, ExprKind};
use nnrc_syntax::wording;
use nnrc_syntax::{Applicability, Diagnostic, Span, codes};

use crate::block::{bind, missing_argument};
use crate::data::files::missing_tensor;
use crate::data::{from_array, misfit, rows_of};
use crate::foreign;
use crate::meaning;
use crate::simulation;
use crate::skeleton::Skeleton;
use crate::train_context::reference;
use crate::value::{Scope, ValueKind};
use nnrc_model::Metric;
use nnrc_model::Resources;
use nnrc_model::output::judging;
use nnrc_model::{Dataset, Expectation, ExpectationKind};

/// What expectations refer to.
pub struct Context<'a> {
    pub network: &'a str,
    pub skeleton: &'a Skeleton,
    pub datasets: &'a BTreeMap<String, Dataset>,
    /// What the network learns from.
    pub trained: Option<&'a Dataset>,
    pub resources: &'a dyn Resources,
}

/// Reads one expectation; none if it has errors, which are reported.
pub fn analyse(
    scope: &mut Scope,
    expectation: &ast::Expectation,
    context: &Context<'_>,
) -> Option<Expectation> {
    match expectation {
        ast::Expectation::ForInput { input, place, cmp, value, within, span } => {
            let input = scope.evaluate(input).and_then(|v| simulation::input(scope, &v, context.skeleton));
            let node = simulation::node(scope, &place.name.name, place.name.span, context.skeleton);
            let component = match (node, place.index) {
                (Some(node), Some((index, index_span))) => {
                    Some(component(scope, context.skeleton, node, index, index_span)?)
                }
                _ => None,
            };
            let bound = bound(scope, *cmp, value, within.as_ref(), *span)?;
            let kind = ExpectationKind::Value { input: input?, node: node?, component };
            Some(Expectation { kind, comparison: *cmp, value: bound.0, within: bound.1, span: *span })
        }
        ast::Expectation::Measure { call, on, cmp, value, within, span } => {
            let kind = match call.name.name.as_str() {
                "max_error" => max_error(scope, call, context),
                "accuracy" => quality(scope, call, Metric::Accuracy, on.as_ref(), context),
                "mse" => quality(scope, call, Metric::Mse, on.as_ref(), context),
                "mae" => quality(scope, call, Metric::Mae, on.as_ref(), context),
                "r2" => quality(scope, call, Metric::R2, on.as_ref(), context),
                other => {
                    let names = ["accuracy", "mse", "mae", "r2", "max_error"];
                    let finding = Diagnostic::error(
                        codes::UNKNOWN_OPERATION,
                        call.name.span,
                        format!("there is no measure `{other}`"),
                    )
                    .label(format!("expected one of {}", wording::words(&names)));
                    scope.report(match foreign::advice(foreign::Kind::Measure, other) {
                        Some(advice) => foreign::advised(finding, advice),
                        None => finding.did_you_mean(nnrc_syntax::suggest(other, names)),
                    });
                    None
                }
            };
            let bound = bound(scope, *cmp, value, within.as_ref(), *span)?;
            Some(Expectation { kind: kind?, comparison: *cmp, value: bound.0, within: bound.1, span: *span })
        }
    }
}

fn component(scope: &mut Scope, skeleton: &Skeleton, node: usize, index: u64, span: Span) -> Option<usize> {
    let node = &skeleton.nodes[node];
    if index == 0 || index as usize > node.width() {
        scope.report(
            Diagnostic::error(
                codes::OUT_OF_RANGE,
                span,
                format!("`{}` has the components 1 to {}, not {index}", node.name, node.width()),
            )
            .label("counting starts at 1"),
        );
        return None;
    }
    Some(index as usize - 1)
}

/// Value and tolerance of a comparison.
fn bound(scope: &mut Scope, cmp: Cmp, value: &Expr, within: Option<&Expr>, span: Span) -> Option<(f64, f64)> {
    let value = scope.plain_number(value, "the expected value");
    let within = match within {
        None if cmp == Cmp::Near => {
            scope.report(
                Diagnostic::error(codes::MISSING_ARGUMENT, span, "`~` needs a tolerance")
                    .label("how near?")
                    .help("write `~ 1 within 0.05`"),
            );
            None
        }
        None => Some(0.0),
        Some(expr) => {
            let what = "the tolerance";
            scope.bounded(expr, what, crate::units::Dimension::NONE, 1.0, crate::quantities::NOT_NEGATIVE)
        }
    };
    Some((value?, within?))
}

/// Checks that a call names the network of the file.
fn check_network(scope: &mut Scope, expr: &Expr, context: &Context<'_>) -> Option<()> {
    if let ExprKind::Path(path) = &expr.kind {
        if path.text() == context.network {
            return Some(());
        }
        scope.report(
            Diagnostic::error(
                codes::UNKNOWN_NAME,
                expr.span,
                format!("there is no network `{}`", path.text()),
            )
            .label("not declared")
            .replace(
                format!("the network is called `{}`", context.network),
                Applicability::Automatic,
                context.network,
            ),
        );
    } else {
        scope.wrong_type(expr.span, "the first argument", "the name of the network", "something else");
    }
    None
}

/// A measure of a network on some rows.
fn quality(
    scope: &mut Scope,
    call: &Call,
    quantity: Metric,
    on: Option<&ast::Path>,
    context: &Context<'_>,
) -> Option<ExpectationKind> {
    let args = bind(scope, call, &["network"])?;
    if let Some(expr) = args[0] {
        check_network(scope, expr, context)?;
    }
    let name = quantity.name();
    let Some(on) = on else {
        let bound = if quantity == Metric::Mse || quantity == Metric::Mae { "<= 0.1" } else { ">= 0.9" };
        scope.report(
            Diagnostic::error(codes::MISSING_ARGUMENT, call.span, format!("{name} on which data?"))
                .label("needs data")
                .help(format!("write `{name}(net) on data {bound};`")),
        );
        return None;
    };
    let data = reference(scope, &on.text(), on.span, context.datasets)?;
    let dataset = &context.datasets[&data.dataset];
    let output = &context.skeleton.nodes[context.skeleton.output];
    let width = output.width();
    if let Some((complaint, helps)) = misfit(dataset, width) {
        let mut finding = Diagnostic::error(
            codes::SHAPE_MISMATCH,
            on.span,
            format!("the data set `{}` {complaint}", data.dataset),
        )
        .label("does not fit the network")
        .other(dataset.span, "declared here");
        finding.help = helps;
        scope.report(finding);
        return None;
    }
    let said = context.skeleton.said.as_ref().map(|said| &said.kind);
    let judged = judging(said, width, Some((&dataset.targets, None)), context.trained.into_iter());
    if quantity == Metric::Accuracy && !judged.reading().has_classes() {
        scope.report(meaning::no_classes(call.span, &output.name, width).other(dataset.span, "the data"));
        return None;
    }
    if quantity == Metric::R2 && meaning::is_constant(dataset) {
        scope.report(meaning::constant_targets(call.span, dataset));
        return None;
    }
    Some(ExpectationKind::Quality { quantity, data })
}

fn max_error(scope: &mut Scope, call: &Call, context: &Context<'_>) -> Option<ExpectationKind> {
    let parameters: &[&str] = if call.args.len() == 1 { &["path"] } else { &["network", "path"] };
    let args = bind(scope, call, parameters)?;
    if let (2, Some(expr)) = (args.len(), args[0]) {
        check_network(scope, expr, context)?;
    }
    let Some(expr) = args[args.len() - 1] else {
        missing_argument(scope, call, "path", "max_error(net, \"ref.npz\")");
        return None;
    };
    let value = scope.evaluate(expr)?;
    let ValueKind::Text(path) = value.kind else {
        scope.wrong_type(expr.span, "a path", "text such as `\"ref.npz\"`", &value.kind.words());
        return None;
    };
    let file = from_array(scope, expr.span, &path, context.resources.tensors(&path))?;
    let skeleton = context.skeleton;
    let inputs: usize = skeleton.inputs().iter().map(|node| node.width()).sum();
    let mut parts = Vec::new();
    for (key, width) in [("x", inputs), ("y", skeleton.nodes[skeleton.output].width())] {
        if !file.holds(key) {
            scope.report(missing_tensor(expr.span, &path, key, &file.names(), false));
            return None;
        }
        let shape = from_array(scope, expr.span, &path, file.shape(key))?;
        if !matches!(rows_of(&shape, Some(width)), (1.., columns) if columns == width) {
            scope.report(
                Diagnostic::error(
                    codes::SHAPE_MISMATCH,
                    expr.span,
                    format!("`{key}` of `{path}` has shape {shape:?}, expected [rows, {width}]"),
                )
                .label("does not fit the network"),
            );
            return None;
        }
        let tensor = from_array(scope, expr.span, &path, file.read(key))?;
        parts.push(tensor.values.chunks(width).map(<[f64]>::to_vec).collect::<Vec<_>>());
    }
    let outputs = parts.pop()?;
    let inputs = parts.pop()?;
    if inputs.len() != outputs.len() {
        scope.report(
            Diagnostic::error(
                codes::SHAPE_MISMATCH,
                expr.span,
                format!("`{path}` has {} rows in `x` and {} in `y`", inputs.len(), outputs.len()),
            )
            .label(format!("{} differ", wording::words(&["x", "y"]))),
        );
        return None;
    }
    let outside = inputs.iter().enumerate().find_map(|(row, values)| {
        let finding = simulation::leaves_range(context.skeleton, values, expr.span)?;
        Some(finding.label(format!("row {} of `x` in `{path}`", row + 1)))
    });
    if let Some(finding) = outside {
        scope.report(finding);
        return None;
    }
    Some(ExpectationKind::MaxError { inputs, outputs })
}
