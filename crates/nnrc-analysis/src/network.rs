//! The `network` block: names, sources, order, activations, widths.

use crate::skeleton::Draft;
use crate::skeleton::DraftKind;
use crate::skeleton::DraftOperation;
use crate::skeleton::Skeleton;
use std::collections::{BTreeMap, BTreeSet};

use nnrc_syntax::ast::{Call, Ident, Layer, Member, Network};
use nnrc_syntax::wording;
use nnrc_syntax::{Applicability, Diagnostic, Span, codes, suggest};

use crate::activation::activation;
use crate::block::{bind, missing_argument};
use crate::foreign;
use crate::meaning;
use crate::value::Scope;
use nnrc_model::Construction;
use nnrc_model::activation::{Activation, find};
use nnrc_model::interval::Interval;

/// Widest layer or input: more would be a slip of the keyboard.
const WIDEST: u64 = 1_000_000;
/// Most values of inputs and layers together.
const MOST_VALUES: u64 = 4_000_000;
/// Most weights: already a hundred times what tools of SBML take.
const MOST_WEIGHTS: u64 = 50_000_000;

/// Reads the block; none if it has errors, which are reported.
pub fn analyse(scope: &mut Scope, network: &Network, construction: Construction) -> Option<Skeleton> {
    let before = scope.reported;
    let mut names: BTreeMap<&str, (usize, Span)> = BTreeMap::new();
    let mut members = Vec::new();
    let mut outputs: Vec<&Ident> = Vec::new();
    let mut means: Option<&Call> = None;
    for member in &network.members {
        let name = match member {
            Member::Input { name, .. } => name,
            Member::Layer(layer) => &layer.name,
            Member::Output { name, meaning, .. } => {
                outputs.push(name);
                means = means.or(meaning.as_ref());
                continue;
            }
        };
        if let Some((_, first)) = names.get(name.name.as_str()) {
            duplicate_name(scope, name, *first);
            continue;
        }
        names.insert(&name.name, (members.len(), name.span));
        members.push(member);
    }
    let has_input = members.iter().any(|member| matches!(member, Member::Input { .. }));
    if !has_input {
        scope.report(
            Diagnostic::error(codes::MISSING_INPUT, network.name.span, "the network has no input")
                .label("expected an `input`")
                .help("write `input x[2];` as its first line"),
        );
    }
    let output = output(scope, network, &outputs, &names);
    let sources: Vec<Vec<usize>> = members
        .iter()
        .enumerate()
        .map(|(at, member)| sources(scope, member, at, &names, has_input))
        .collect();
    if scope.reported > before {
        // Layers are still read, so that all their errors are reported at once.
        for member in &members {
            if let Member::Layer(layer) = member {
                read_layer(scope, layer, construction);
            }
        }
        return None;
    }
    let order = sort(scope, &members, &sources)?;
    let place: BTreeMap<usize, usize> = order.iter().enumerate().map(|(new, &old)| (old, new)).collect();
    let mut nodes: Vec<Draft> = Vec::new();
    let mut good = true;
    for &at in &order {
        let sources = sources[at].iter().map(|source| place[source]).collect();
        match draft(scope, members[at], sources, &nodes, construction) {
            Some(node) => nodes.push(node),
            None => {
                good = false;
                nodes.push(placeholder(members[at]));
            }
        }
    }
    good &= scope.reported == before && check_size(scope, &nodes);
    let output = place[&output.unwrap_or(0)];
    let said = match means {
        Some(call) if good => Some(meaning::output(scope, call, &nodes[output].name, nodes[output].width())?),
        _ => None,
    };
    good.then_some(Skeleton { nodes, output, said, fold: None })
}

/// Reports a name that is declared already; the later of the two places is marked.
pub fn duplicate_name(scope: &mut Scope, name: &Ident, other: Span) {
    let (first, again) = if other < name.span { (other, name.span) } else { (name.span, other) };
    scope.report(
        Diagnostic::error(codes::DUPLICATE_NAME, again, format!("`{}` is declared twice", name.name))
            .label("declared again here")
            .other(first, "first declared here")
            .help("give one of the two another name"),
    );
}

/// Refuses networks that no memory holds, before anything is made of them.
fn check_size(scope: &mut Scope, nodes: &[Draft]) -> bool {
    let (mut values, mut weights) = (0_u64, 0_u64);
    for node in nodes {
        let width = node.width() as u64;
        values += width;
        if let DraftKind::Layer { operation: DraftOperation::Dense { .. }, sources, .. } = &node.kind {
            let columns: u64 = sources.iter().map(|&source| nodes[source].width() as u64).sum();
            weights = weights.saturating_add(width.saturating_mul(columns));
        }
        let (count, most, what) = if weights > MOST_WEIGHTS {
            (weights, MOST_WEIGHTS, "weights")
        } else {
            (values, MOST_VALUES, "inputs and units")
        };
        if count > most {
            scope.report(
                Diagnostic::error(
                    codes::OUT_OF_RANGE,
                    node.span,
                    format!("the network has {count} {what} up to here, more than {most}"),
                )
                .label("too large")
                .help("make the layers narrower"),
            );
            return false;
        }
    }
    true
}

fn output(
    scope: &mut Scope,
    network: &Network,
    outputs: &[&Ident],
    names: &BTreeMap<&str, (usize, Span)>,
) -> Option<usize> {
    let Some((first, more)) = outputs.split_first() else {
        scope.report(
            Diagnostic::error(codes::MISSING_OUTPUT, network.name.span, "the network has no output")
                .label("expected an `output`")
                .help("write `output y;` as its last line, with the name of a layer"),
        );
        return None;
    };
    for again in more {
        scope.report(
            Diagnostic::error(codes::DUPLICATE_KEY, again.span, "a network has one output")
                .label("a second output")
                .other(first.span, "the first one")
                .help("join them: `layer both = concat() from a, b;` and `output both;`"),
        );
    }
    match names.get(first.name.as_str()) {
        Some((at, _)) => Some(*at),
        None => {
            unknown_node(scope, first, names);
            None
        }
    }
}

fn unknown_node(scope: &mut Scope, name: &Ident, names: &BTreeMap<&str, (usize, Span)>) {
    let names: Vec<&str> = if scope.is_full() { Vec::new() } else { names.keys().copied().collect() };
    let finding = Diagnostic::error(
        codes::UNKNOWN_NAME,
        name.span,
        format!("there is no layer or input `{}`", name.name),
    )
    .label("not declared in this network");
    scope.report(finding.did_you_mean_or(suggest(&name.name, names.iter().copied()), || {
        format!("declared are {}", wording::words(&names))
    }));
}

fn sources(
    scope: &mut Scope,
    member: &Member,
    at: usize,
    names: &BTreeMap<&str, (usize, Span)>,
    has_input: bool,
) -> Vec<usize> {
    let Member::Layer(layer) = member else { return Vec::new() };
    if layer.from.is_empty() {
        if at == 0 {
            if !has_input {
                return Vec::new();
            }
            scope.report(
                Diagnostic::error(
                    codes::MISSING_INPUT,
                    layer.name.span,
                    "the first layer has nothing before it",
                )
                .label("takes the layer or input before it")
                .help("declare the input first: `input x[2];`"),
            );
            return Vec::new();
        }
        return vec![at - 1];
    }
    let mut found = Vec::new();
    for name in &layer.from {
        match names.get(name.name.as_str()) {
            Some((source, _)) if found.contains(source) => scope.report(
                Diagnostic::error(
                    codes::DUPLICATE_NAME,
                    name.span,
                    format!("`{}` is taken twice", name.name),
                )
                .label("taken again here")
                .help("take it once, with doubled weights if that is meant"),
            ),
            Some((source, _)) => found.push(*source),
            None => unknown_node(scope, name, names),
        }
    }
    found
}

/// The members in an order in which each stands after its sources; the order of the text where that is one.
fn sort(scope: &mut Scope, members: &[&Member], sources: &[Vec<usize>]) -> Option<Vec<usize>> {
    let mut waits: Vec<usize> = sources.iter().map(Vec::len).collect();
    let mut takers: Vec<Vec<usize>> = vec![Vec::new(); members.len()];
    for (at, sources) in sources.iter().enumerate() {
        sources.iter().for_each(|&source| takers[source].push(at));
    }
    let mut ready: BTreeSet<usize> = (0..members.len()).filter(|&at| waits[at] == 0).collect();
    let mut order = Vec::new();
    while let Some(next) = ready.pop_first() {
        order.push(next);
        for &taker in &takers[next] {
            waits[taker] -= 1;
            if waits[taker] == 0 {
                ready.insert(taker);
            }
        }
    }
    if order.len() < members.len() {
        report_circle(scope, members, sources, &waits);
        return None;
    }
    Some(order)
}

/// Reports a circle among the members that wait for others.
fn report_circle(scope: &mut Scope, members: &[&Member], sources: &[Vec<usize>], waits: &[usize]) {
    // Whoever waits has a source that waits: going from source to source must come back.
    let mut at = waits.iter().position(|waits| *waits > 0).unwrap_or(0);
    let mut steps: BTreeMap<usize, usize> = BTreeMap::new();
    let mut path = Vec::new();
    while !steps.contains_key(&at) {
        steps.insert(at, path.len());
        path.push(at);
        at = sources[at].iter().copied().find(|&source| waits[source] > 0).unwrap_or(at);
    }
    let mut circle = path.split_off(steps[&at]);
    circle.reverse();
    let first = (0..circle.len()).min_by_key(|&place| circle[place]).unwrap_or(0);
    circle.rotate_left(first);
    let names: Vec<&Ident> = circle.iter().map(|&at| name_of(members[at])).collect();
    let arrows = names.iter().chain(names.first()).map(|name| format!("`{}`", name.name));
    let message = match &names[..] {
        [name] => format!("the layer `{}` takes its own result", name.name),
        [..] if names.len() <= 8 => {
            format!("these layers take each other in a circle: {}", arrows.collect::<Vec<_>>().join(" to "))
        }
        _ => format!("{} layers take each other in a circle", names.len()),
    };
    let place = names.first().map_or(Span::default(), |name| name.span);
    let mut finding = Diagnostic::error(codes::CYCLIC_NETWORK, place, message)
        .label("part of the circle")
        .help("a network is feed-forward: let every layer take inputs and earlier layers only");
    for name in names.iter().skip(1).take(7) {
        finding = finding.other(name.span, "and this one");
    }
    scope.report(finding);
}

fn name_of(member: &Member) -> &Ident {
    match member {
        Member::Input { name, .. } | Member::Output { name, .. } => name,
        Member::Layer(layer) => &layer.name,
    }
}

fn placeholder(member: &Member) -> Draft {
    let name = name_of(member);
    Draft {
        name: name.name.clone(),
        span: name.span,
        kind: DraftKind::Input { range: None },
        shape: vec![1],
        features: Vec::new(),
    }
}

fn draft(
    scope: &mut Scope,
    member: &Member,
    sources: Vec<usize>,
    nodes: &[Draft],
    construction: Construction,
) -> Option<Draft> {
    match member {
        Member::Input { name, dims, range, meaning, .. } => {
            let shape: Option<Vec<usize>> =
                dims.iter().map(|dim| width(scope, dim, "a size of an input")).collect();
            let range = match range {
                Some(expr) => Some((self::range(scope, expr)?, expr.span)),
                None => None,
            };
            let shape = shape?;
            let total: u64 = shape.iter().fold(1, |total, size| total.saturating_mul(*size as u64));
            if total > WIDEST {
                too_wide(scope, name.span, total);
                return None;
            }
            let features = match meaning {
                Some(call) => meaning::features(scope, call, &name.name, total as usize)?,
                None => Vec::new(),
            };
            let kind = DraftKind::Input { range };
            Some(Draft { name: name.name.clone(), span: name.span, kind, shape, features })
        }
        Member::Layer(layer) => {
            let (operation, units, activations) = read_layer(scope, layer, construction)?;
            let width = match operation {
                DraftOperation::Dense { .. } => units?,
                DraftOperation::Add => add_width(scope, layer, &sources, nodes)?,
                DraftOperation::Concat => sources.iter().map(|&source| nodes[source].width()).sum(),
            };
            // A sum of one shape keeps the shape.
            let shape = match (operation, sources.first()) {
                (DraftOperation::Add, Some(&first)) => nodes[first].shape.clone(),
                _ => vec![width],
            };
            let kind = DraftKind::Layer { operation, sources, activations };
            let features = Vec::new();
            Some(Draft { name: layer.name.name.clone(), span: layer.name.span, kind, shape, features })
        }
        Member::Output { .. } => None,
    }
}

fn add_width(scope: &mut Scope, layer: &Layer, sources: &[usize], nodes: &[Draft]) -> Option<usize> {
    let first = nodes[*sources.first()?].width();
    let different = sources.iter().find(|&&source| nodes[source].width() != first);
    if let Some(&other) = different {
        scope.report(
            Diagnostic::error(
                codes::SHAPE_MISMATCH,
                layer.span,
                format!(
                    "`{}` adds `{}` of width {first} and `{}` of width {}",
                    layer.name.name,
                    nodes[sources[0]].name,
                    nodes[other].name,
                    nodes[other].width()
                ),
            )
            .label("widths differ")
            .help("only layers of one width can be added; use `dense` with both sources, or `concat()`"),
        );
        return None;
    }
    Some(first)
}

fn width(scope: &mut Scope, expr: &nnrc_syntax::ast::Expr, what: &str) -> Option<usize> {
    let size = scope.whole(expr, what, 1)?;
    if size > WIDEST {
        too_wide(scope, expr.span, size);
        return None;
    }
    Some(size as usize)
}

fn too_wide(scope: &mut Scope, span: Span, size: u64) {
    scope.report(
        Diagnostic::error(codes::OUT_OF_RANGE, span, format!("a width of {size} is beyond {WIDEST}"))
            .label("too wide"),
    );
}

/// `[lo, hi]`
fn range(scope: &mut Scope, expr: &nnrc_syntax::ast::Expr) -> Option<Interval> {
    let value = scope.evaluate(expr)?;
    let numbers = scope.numbers(&value, "a range")?;
    match numbers[..] {
        [low, high] if low <= high => Some(Interval::new(low, high)),
        [low, high] => {
            scope.report(
                Diagnostic::error(
                    codes::OUT_OF_RANGE,
                    expr.span,
                    format!("the range [{low}, {high}] is empty"),
                )
                .label("the lower end is above the upper end")
                .replace(
                    format!("write `[{high}, {low}]`"),
                    Applicability::Automatic,
                    format!("[{high}, {low}]"),
                ),
            );
            None
        }
        _ => {
            scope.wrong_type(
                expr.span,
                "a range",
                "two numbers such as `[0, 1]`",
                &format!("{} numbers", numbers.len()),
            );
            None
        }
    }
}

type LayerParts = (DraftOperation, Option<usize>, Vec<(Activation, Span)>);

fn read_layer(scope: &mut Scope, layer: &Layer, construction: Construction) -> Option<LayerParts> {
    let (first, rest) = layer.calls.split_first()?;
    let operation = operation(scope, first);
    let activations: Vec<Option<(Activation, Span)>> =
        rest.iter().map(|call| activation(scope, call, construction).map(|a| (a, call.span))).collect();
    let (operation, units) = operation?;
    Some((operation, units, activations.into_iter().collect::<Option<_>>()?))
}

const OPERATIONS: &[&str] = &["dense", "add", "concat"];

fn operation(scope: &mut Scope, call: &Call) -> Option<(DraftOperation, Option<usize>)> {
    match call.name.name.as_str() {
        "dense" => {
            let args = bind(scope, call, &["units", "bias"])?;
            let Some(units) = args[0] else {
                missing_argument(scope, call, "units", "dense(8)");
                return None;
            };
            let bias = match args[1] {
                Some(expr) => scope.choice(expr, "`bias`", &[("true", true), ("false", false)])?,
                None => true,
            };
            let units = width(scope, units, "the width of a layer")?;
            Some((DraftOperation::Dense { bias }, Some(units)))
        }
        "add" => bind(scope, call, &[]).map(|_| (DraftOperation::Add, None)),
        "concat" => bind(scope, call, &[]).map(|_| (DraftOperation::Concat, None)),
        later @ ("conv2d" | "avg_pool2d" | "flatten") => {
            scope.report(
                Diagnostic::error(codes::NOT_SERVED, call.name.span, format!("`{later}` is not served yet"))
                    .label("planned for a later version")
                    .help(format!("layers are {}", wording::words(OPERATIONS))),
            );
            None
        }
        name => {
            let mut finding = Diagnostic::error(
                codes::UNKNOWN_OPERATION,
                call.name.span,
                format!("there is no layer `{name}`"),
            )
            .label(format!("expected one of {}", wording::words(OPERATIONS)));
            if find(name).is_some() {
                finding = finding.help(format!("`{name}` is an activation: write `dense(4) | {name}(…)`"));
            } else if let Some(advice) = foreign::advice(foreign::Kind::Layer, name) {
                finding = finding.help(advice);
            } else if let Some(advice) = foreign::advice(foreign::Kind::Activation, name) {
                finding =
                    finding.help(format!("`{name}` is an activation: write `dense(4) | …`")).help(advice);
            } else {
                finding = finding.did_you_mean(suggest(name, OPERATIONS.iter().copied()));
            }
            scope.report(finding);
            None
        }
    }
}
