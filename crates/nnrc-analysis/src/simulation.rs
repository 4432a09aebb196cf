//! The `simulate` block.

use nnrc_syntax::ast::{Block, Expr};
use nnrc_syntax::wording;
use nnrc_syntax::{Diagnostic, Span, codes};

use crate::block::{self, bind};
use crate::quantities::{POSITIVE, Scales};
use crate::schema;
use crate::skeleton::{DraftKind, Skeleton};
use crate::units::Dimension;
use crate::value::{Scope, Value, ValueKind};
use nnrc_model::{Construction, Method, Simulation};

/// Reads the block.
pub fn analyse(
    scope: &mut Scope,
    block: Option<&Block>,
    skeleton: &Skeleton,
    (construction, frozen): (Construction, bool),
    scales: Scales,
) -> Simulation {
    // A pot that learns is followed for long, and forgets errors of its neurons within one presentation.
    let (relative, absolute) = if construction.is_one_pot() { (1e-5, 1e-8) } else { (1e-7, 1e-10) };
    let mut simulation = Simulation {
        until: None,
        record: None,
        every: None,
        points: None,
        input: None,
        method: Method::Auto,
        relative,
        absolute,
        settled: false,
        method_span: None,
    };
    let Some(block) = block else { return simulation };
    let entries = block::read(scope, block, "simulate", &schema::SIMULATE.names());
    let mut time = |key: &str| {
        let expr = entries.get(key)?;
        scope.bounded(expr, &format!("`{key}`"), Dimension::TIME, scales.time, POSITIVE)
    };
    simulation.until = time("until");
    simulation.every = time("every");
    if let Some(expr) = entries.get("points") {
        simulation.points = scope.whole(expr, "`points`", 2).map(|points| points as usize);
        if entries.contains_key("every") {
            scope.report(
                Diagnostic::error(
                    codes::DUPLICATE_KEY,
                    expr.span,
                    "`every` and `points` both set the rows of the output",
                )
                .label("the second of the two")
                .help("keep one of them"),
            );
        }
    }
    // What training reports is recorded by the constructions that learn.
    let reports = frozen || !construction.is_fixed_point();
    simulation.record = entries.get("record").and_then(|expr| record(scope, expr, skeleton, reports));
    simulation.input = entries.get("input").and_then(|expr| {
        let value = scope.evaluate(expr)?;
        input(scope, &value, skeleton)
    });
    if let Some(expr) = entries.get("method") {
        simulation.method_span = Some(expr.span);
        method(scope, expr, &mut simulation);
    }
    if let Some(expr) = entries.get("start") {
        simulation.settled = scope.choice(expr, "`start`", &[("settled", true)]).unwrap_or(false);
        if construction.is_one_pot() && simulation.settled {
            scope.report(
                Diagnostic::error(codes::RULE_MISMATCH, expr.span, "a pot that learns does not settle")
                    .label("has no fixed point to start from")
                    .help("leave the line out"),
            );
        }
    }
    simulation
}

/// Values for all inputs, in their order.
pub fn input(scope: &mut Scope, value: &Value, skeleton: &Skeleton) -> Option<Vec<f64>> {
    let numbers = scope.numbers(value, "the input")?;
    let inputs = || skeleton.nodes.iter().filter(|node| matches!(node.kind, DraftKind::Input { .. }));
    let width: usize = inputs().map(|node| node.width()).sum();
    if numbers.len() != width {
        let mut finding = Diagnostic::error(
            codes::SHAPE_MISMATCH,
            value.span,
            format!("{} values for {width} inputs", numbers.len()),
        )
        .label(format!("expected {width} numbers"));
        for node in inputs() {
            finding = finding.other(node.span, format!("`{}` has width {}", node.name, node.width()));
        }
        scope.report(finding);
        return None;
    }
    if let Some(finding) = leaves_range(skeleton, &numbers, value.span) {
        scope.report(finding);
        return None;
    }
    Some(numbers)
}

/// The first of the values for all inputs that leaves its declared range, as an error.
pub fn leaves_range(skeleton: &Skeleton, values: &[f64], span: Span) -> Option<Diagnostic> {
    let scaled = skeleton.scaled(values);
    let mut rest = &*scaled;
    for node in skeleton.nodes.iter().filter(|node| matches!(node.kind, DraftKind::Input { .. })) {
        let (own, others) = rest.split_at_checked(node.width())?;
        rest = others;
        if let DraftKind::Input { range: Some((range, declared)) } = &node.kind
            && let Some(outside) = own.iter().find(|value| !range.holds(**value))
        {
            let range = (range.low, range.high);
            let mut finding = outside_range(span, &node.name, *outside, range, Some(*declared));
            if skeleton.fold.is_some() {
                finding.label = "leaves the range, after scaling".to_owned();
                finding.help =
                    vec![format!("widen the range of `{}`, which is one of scaled values", node.name)];
            }
            return Some(finding);
        }
    }
    None
}

/// An input value that leaves the declared range.
pub fn outside_range(
    span: Span,
    name: &str,
    value: f64,
    range: (f64, f64),
    declared: Option<Span>,
) -> Diagnostic {
    let finding = Diagnostic::error(
        codes::INPUT_OUT_OF_RANGE,
        span,
        format!("the input `{name}` gets {value}, outside its range [{}, {}]", range.0, range.1),
    )
    .label("leaves the range")
    .help(format!("widen the range of `{name}`, or scale the data"));
    match declared {
        Some(declared) => finding.other(declared, "the range is declared here"),
        None => finding,
    }
}

fn record(scope: &mut Scope, expr: &Expr, skeleton: &Skeleton, reports: bool) -> Option<Vec<usize>> {
    let value = scope.evaluate(expr)?;
    let items = match value.kind {
        ValueKind::List(items) => items,
        _ => vec![value],
    };
    let mut nodes = Vec::new();
    for item in &items {
        let ValueKind::Name(name) = &item.kind else {
            scope.wrong_type(item.span, "`record`", "names of layers", &item.kind.words());
            return None;
        };
        if name == "error" && reports {
            continue;
        }
        nodes.push(node(scope, name, item.span, skeleton)?);
    }
    Some(nodes)
}

/// The position of a layer or input.
pub fn node(scope: &mut Scope, name: &str, span: Span, skeleton: &Skeleton) -> Option<usize> {
    let found = skeleton.nodes.iter().position(|node| node.name == name);
    if found.is_none() {
        let mut finding =
            Diagnostic::error(codes::UNKNOWN_NAME, span, format!("there is no layer or input `{name}`"))
                .label("not declared in the network");
        let names: Vec<&str> = skeleton.nodes.iter().map(|node| node.name.as_str()).collect();
        finding = finding.did_you_mean_or(scope.near(name, names.iter().copied()), || {
            format!("declared are {}", wording::words(&names))
        });
        scope.report(finding);
    }
    found
}

fn method(scope: &mut Scope, expr: &Expr, simulation: &mut Simulation) -> Option<()> {
    let methods = [
        ("auto", Method::Auto),
        ("explicit", Method::Explicit),
        ("plain", Method::Explicit),
        ("rosenbrock", Method::Rosenbrock),
        ("multirate", Method::Multirate),
    ];
    let value = scope.evaluate(expr)?;
    let ValueKind::Call(call) = value.kind else {
        simulation.method = scope.choice(expr, "`method`", &methods)?;
        return Some(());
    };
    let Some((_, method)) = methods.iter().find(|(name, _)| *name == call.name.name) else {
        scope.report(
            Diagnostic::error(
                codes::UNKNOWN_NAME,
                call.name.span,
                format!("there is no method `{}`", call.name.name),
            )
            .label("expected `auto`, `plain`, `explicit`, `rosenbrock` or `multirate`"),
        );
        return None;
    };
    simulation.method = *method;
    let args = bind(scope, &call, &["rtol", "atol"])?;
    let bound: (&str, fn(f64) -> bool) = ("between 1e-14 and 0.1", |x| (1e-14..=0.1).contains(&x));
    if let Some(expr) = args[0] {
        simulation.relative = scope.bounded(expr, "`rtol`", Dimension::NONE, 1.0, bound)?;
    }
    if let Some(expr) = args[1] {
        simulation.absolute = scope.bounded(expr, "`atol`", Dimension::NONE, 1.0, POSITIVE)?;
    }
    Some(())
}
