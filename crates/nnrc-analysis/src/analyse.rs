//! From the syntax tree to the checked model. Reports every error it can.

use std::collections::BTreeMap;

use nnrc_syntax::ast::{self, File, Ident, Item};
use nnrc_syntax::{Applicability, Diagnostic, Edit, Severity, Span, codes};

use crate::overrides::{self, Overrides};
use crate::skeleton::{DraftKind, DraftOperation, Skeleton};
use crate::train_context::Context;
use crate::value::Scope;
use crate::{
    chemistry, data, expect, fold, gradient_flow, meaning, network, noise, phased, simulation, sweep,
    training, weights,
};
use nnrc_model::Resources;
use nnrc_model::activation::Domain;
use nnrc_model::ranges;
use nnrc_model::{
    Chemistry, Construction, Dataset, Expectation, ExpectationKind, Model, Node, NodeKind, Operation,
    Training,
};

/// What came out of an analysis.
#[derive(Debug, Clone)]
pub struct Analysis {
    /// The model, if there is no error.
    pub model: Option<Model>,
    /// All findings.
    pub diagnostics: Vec<Diagnostic>,
}

/// Checks a file. `text` is its source, for line numbers.
pub fn analyse(file: &File, text: &str, overrides: &Overrides, resources: &dyn Resources) -> Analysis {
    let mut scope = Scope::default();
    scope.words = overrides.words;
    let file = overrides::apply(file, overrides, &mut scope.diagnostics);
    let model = analyse_file(&mut scope, &file, text, overrides, resources);
    let mut diagnostics = scope.diagnostics;
    for finding in &mut diagnostics {
        overrides::name_setting(finding, overrides);
    }
    let failed = diagnostics.iter().any(|finding| finding.severity == Severity::Error);
    Analysis { model: model.filter(|_| !failed), diagnostics }
}

/// The data set that a `train` block names; what is wrong with the name is reported where it is read.
fn learned(expr: &ast::Expr) -> Option<&str> {
    match &expr.kind {
        ast::ExprKind::Path(path) => path.segments.first().map(|segment| segment.name.as_str()),
        _ => None,
    }
}

/// Whether the `train` block has done its work: the weights that were learned in the pot are given, and the file is
/// compiled to the network alone.
fn set_aside(
    scope: &mut Scope,
    overrides: &Overrides,
    construction: Construction,
    span: Span,
    rule: Option<&str>,
) -> bool {
    let learned = matches!(rule, Some("gradient_flow" | "sgd"));
    if !learned || !construction.is_fixed_point() || overrides.weights.is_none() {
        return false;
    }
    let mut finding = Diagnostic::error(
        codes::RULE_MISMATCH,
        span,
        "the `train` block is set aside: the weights are those that were learned",
    )
    .label("has no part in the network alone");
    finding.severity = Severity::Note;
    scope.report(finding);
    true
}

/// The items of a file, each kind by itself.
#[derive(Default)]
struct Items<'a> {
    datasets: Vec<(&'a Ident, &'a ast::Call, Option<&'a ast::Block>)>,
    network: Option<&'a ast::Network>,
    weights: Option<weights::Item<'a>>,
    chemistry: Option<(&'a ast::Block, Span)>,
    train: Option<(Option<&'a Ident>, &'a ast::Block, Span)>,
    simulate: Option<(&'a ast::Block, Span)>,
    noise: Option<(&'a ast::Block, Span)>,
    sweep: Option<(&'a ast::Block, Span)>,
    expectations: Vec<&'a ast::Expectation>,
}

fn analyse_file(
    scope: &mut Scope,
    file: &File,
    text: &str,
    overrides: &Overrides,
    resources: &dyn Resources,
) -> Option<Model> {
    let items = collect(scope, file);
    let Some(network) = items.network else {
        scope.report(
            Diagnostic::global(Severity::Error, codes::MISSING_NETWORK, "the file declares no network")
                .help("write `network name { input x[2]; layer y = dense(1) | smooth_relu(); output y; }`"),
        );
        return None;
    };
    let train = items.train.as_ref().map(|(name, block, span)| {
        check_train_name(scope, *name, &network.name);
        (*block, *span, training::read(scope, block))
    });
    let rule = train
        .as_ref()
        .and_then(|(_, _, (entries, rule))| Some((rule.as_deref()?, entries.get("rule")?.span)));
    let (chemistry, scales) = chemistry::analyse(scope, items.chemistry, rule, overrides);
    let fold = chemistry.fold_scale;
    let frozen = overrides.freeze(chemistry.construction);
    let mut skeleton = network::analyse(scope, network, chemistry.construction);
    let input_names: Vec<&str> = network
        .members
        .iter()
        .filter_map(|member| match member {
            ast::Member::Input { name, .. } => Some(name.name.as_str()),
            _ => None,
        })
        .collect();
    let inputs = skeleton.as_ref().map(Skeleton::inputs);
    let mut datasets = BTreeMap::new();
    for (name, source, block) in &items.datasets {
        let context = data::Context {
            input_names: &input_names,
            inputs: inputs.as_deref(),
            raw: fold.is_some(),
            before: &datasets,
        };
        if let Some(dataset) = data::analyse(scope, resources, name, source, *block, context) {
            datasets.insert(name.name.clone(), dataset);
        }
    }
    check_names(scope, file, network);
    if items.datasets.len() != datasets.len() {
        // References to a data set with errors would only repeat them.
        return None;
    }
    if let (Some(span), Some(skeleton)) = (fold, &mut skeleton) {
        skeleton.fold = Some(fold::scale(scope, span, chemistry.construction, skeleton, &datasets)?);
    }
    let said = skeleton.as_ref().and_then(|skeleton| skeleton.said.clone());
    if let (Some(said), Some(skeleton)) = (&said, &skeleton) {
        meaning::apply(scope, said, skeleton.nodes[skeleton.output].width(), &mut datasets);
    }
    let learned = train.as_ref().and_then(|(_, _, (entries, _))| learned(entries.get("data")?));
    if !said.as_ref().is_some_and(|said| said.kind.has_names()) {
        data::align_classes(scope, learned, &mut datasets);
    }
    data::warn_of_scales(scope, learned, &datasets);
    let before = scope.reported;
    let training = train
        .filter(|(_, span, read)| {
            !set_aside(scope, overrides, chemistry.construction, *span, read.1.as_deref())
        })
        .map(|(block, span, read)| {
            let context = Context {
                construction: chemistry.construction,
                datasets: &datasets,
                skeleton: skeleton.as_ref(),
                scales,
                switched: overrides.choose_construction(),
            };
            let training = training::analyse(scope, block, span, read, &context);
            let data = training.data().and_then(|data| datasets.get(&data.dataset));
            if let (Some(skeleton), Some(data)) = (&skeleton, data) {
                meaning::check_stops(scope, block, said.as_ref(), skeleton, data);
            }
            training
        });
    let trains_well = scope.reported == before;
    let noise = items.noise.map(|(block, span)| {
        let context = noise::Context {
            construction: chemistry.construction,
            datasets: &datasets,
            skeleton: skeleton.as_ref(),
            scales,
            forward: chemistry.forward,
        };
        noise::analyse(scope, block, span, &context)
    });
    let sweep = items.sweep.map(|(block, span)| sweep::analyse(scope, block, span));
    let skeleton = skeleton?;
    let weights = weights::analyse(
        scope,
        resources,
        &skeleton,
        items.weights.as_ref(),
        overrides.weights.as_deref(),
        overrides.seed,
    );
    let block = items.simulate.map(|(block, _)| block);
    let around = (chemistry.construction, frozen);
    let simulation = simulation::analyse(scope, block, &skeleton, around, scales);
    if said.is_none() && items.train.is_none() {
        meaning::warn_border(scope, &skeleton, &datasets);
    }
    let trained = training.as_ref().and_then(Training::data);
    let context = expect::Context {
        network: &network.name.name,
        skeleton: &skeleton,
        datasets: &datasets,
        trained: trained.and_then(|data| datasets.get(&data.dataset)),
        resources,
    };
    let expectations: Vec<Option<Expectation>> =
        items.expectations.iter().map(|expectation| expect::analyse(scope, expectation, &context)).collect();
    data::check(scope, &skeleton, &datasets);
    let weights = weights?;
    let expectations: Vec<Expectation> = expectations.into_iter().collect::<Option<_>>()?;
    let mut nodes = nodes(&skeleton, weights, text);
    if let Some(scaling) = &skeleton.fold {
        fold::fold(&mut nodes, scaling);
    }
    let rows = expectations.iter().filter_map(|expectation| match &expectation.kind {
        ExpectationKind::Value { input, .. } => Some(input.as_slice()),
        _ => None,
    });
    set_input_ranges(&mut nodes, &skeleton, &datasets, rows.chain(simulation.input.as_deref()));
    let applied = ranges::propagate(&mut nodes);
    let before = scope.reported;
    check_domains(scope, &nodes, &applied, &skeleton);
    if scope.reported == before {
        check_finite(scope, &nodes);
    }
    check_learns(scope, &chemistry, training.as_ref());
    if let Some(settings) = chemistry.phased() {
        let context = phased::Context {
            nodes: &nodes,
            applied: &applied,
            skeleton: &skeleton,
            settings,
            span: chemistry.span,
            training: training.as_ref(),
            datasets: &datasets,
            simulation: &simulation,
        };
        phased::check(scope, &context);
    }
    // Beside an error, what seems unused may be used by what the error hides.
    if !scope.diagnostics.iter().any(Diagnostic::is_error) {
        warn_unused(scope, &nodes, skeleton.output, file);
    }
    let model = Model {
        name: network.name.name.clone(),
        nodes,
        output: skeleton.output,
        output_kind: said.map(|said| said.kind),
        chemistry,
        datasets,
        training,
        simulation,
        noise: noise.flatten(),
        sweep: sweep.flatten(),
        expectations,
    };
    if trains_well {
        gradient_flow::warn(scope, &model);
    }
    Some(model)
}

fn collect<'a>(scope: &mut Scope, file: &'a File) -> Items<'a> {
    let mut items = Items::default();
    let mut names: BTreeMap<&str, Span> = BTreeMap::new();
    for item in &file.items {
        let name = match item {
            Item::Const { name, .. } | Item::Dataset { name, .. } => Some(name),
            Item::Network(network) => Some(&network.name),
            _ => None,
        };
        if let Some(name) = name
            && let Some(first) = names.insert(&name.name, name.span)
        {
            network::duplicate_name(scope, name, first);
        }
        match item {
            Item::Version { .. } => {}
            Item::Const { name, value, .. } => match scope.evaluate(value) {
                Some(value) => {
                    scope.constants.insert(name.name.clone(), value);
                }
                None => {
                    scope.broken.insert(name.name.clone());
                }
            },
            Item::Dataset { name, source, block, .. } => items.datasets.push((name, source, block.as_ref())),
            Item::Network(network) => {
                if let Some(first) = items.network {
                    scope.report(
                        Diagnostic::error(
                            codes::DUPLICATE_BLOCK,
                            network.name.span,
                            "a file has one network",
                        )
                        .label("a second network")
                        .other(first.name.span, "the first one")
                        .help("put it into a file of its own"),
                    );
                } else {
                    items.network = Some(network);
                }
            }
            Item::Weights { from, block, span } => {
                let first = items.weights.as_ref().map(|item| item.span);
                if once(scope, "weights", *span, first) {
                    let from = from.as_ref().map(|(path, span)| (path.as_str(), *span));
                    items.weights = Some(weights::Item { from, block, span: *span });
                }
            }
            Item::Chemistry { block, span } => {
                if once(scope, "chemistry", *span, items.chemistry.map(|(_, span)| span)) {
                    items.chemistry = Some((block, *span));
                }
            }
            Item::Train { name, block, span } => {
                let first = items.train.as_ref().map(|(_, _, span)| *span);
                if once(scope, "train", *span, first) {
                    items.train = Some((name.as_ref(), block, *span));
                }
            }
            Item::Simulate { block, span } => {
                if once(scope, "simulate", *span, items.simulate.map(|(_, span)| span)) {
                    items.simulate = Some((block, *span));
                }
            }
            Item::Noise { block, span } => {
                if once(scope, "noise", *span, items.noise.map(|(_, span)| span)) {
                    items.noise = Some((block, *span));
                }
            }
            Item::Sweep { block, span } => {
                if once(scope, "sweep", *span, items.sweep.map(|(_, span)| span)) {
                    items.sweep = Some((block, *span));
                }
            }
            Item::Expect { expectations, .. } => items.expectations.extend(expectations),
        }
    }
    items
}

/// Reports inputs and layers that are called like a constant or a data set.
fn check_names(scope: &mut Scope, file: &File, network: &ast::Network) {
    let declared: BTreeMap<&str, Span> = file
        .items
        .iter()
        .filter_map(|item| match item {
            Item::Const { name, .. } | Item::Dataset { name, .. } => Some((name.name.as_str(), name.span)),
            _ => None,
        })
        .collect();
    for member in &network.members {
        let name = match member {
            ast::Member::Input { name, .. } => name,
            ast::Member::Layer(layer) => &layer.name,
            ast::Member::Output { .. } => continue,
        };
        if let Some(other) = declared.get(name.name.as_str()) {
            network::duplicate_name(scope, name, *other);
        }
    }
}

/// Reports a second block of one kind.
fn once(scope: &mut Scope, what: &str, span: Span, first: Option<Span>) -> bool {
    if let Some(first) = first {
        scope.report(
            Diagnostic::error(codes::DUPLICATE_BLOCK, span, format!("a file has one `{what}` block"))
                .label("a second one")
                .other(first, "the first one")
                .help("join the two"),
        );
    }
    first.is_none()
}

fn check_train_name(scope: &mut Scope, name: Option<&Ident>, network: &Ident) {
    if let Some(name) = name
        && name.name != network.name
    {
        scope.report(
            Diagnostic::error(codes::UNKNOWN_NAME, name.span, format!("there is no network `{}`", name.name))
                .label("not declared")
                .replace(
                    format!("the network is called `{}`", network.name),
                    Applicability::Automatic,
                    network.name.as_str(),
                ),
        );
    }
}

fn nodes(skeleton: &Skeleton, mut weights: weights::Weights, text: &str) -> Vec<Node> {
    let mut nodes = Vec::new();
    let ends: Vec<usize> = text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(at, _)| at).collect();
    for draft in &skeleton.nodes {
        let kind = match &draft.kind {
            DraftKind::Input { .. } => NodeKind::Input,
            DraftKind::Layer { operation, sources, activations } => NodeKind::Layer {
                operation: match operation {
                    DraftOperation::Dense { bias } => Operation::Dense {
                        weights: weights.remove(&format!("{}.W", draft.name)).unwrap_or_default(),
                        bias: bias.then(|| weights.remove(&format!("{}.b", draft.name)).unwrap_or_default()),
                    },
                    DraftOperation::Add => Operation::Add,
                    DraftOperation::Concat => Operation::Concat,
                },
                sources: sources.clone(),
                activations: activations.iter().map(|(activation, _)| *activation).collect(),
            },
        };
        let line = ends.partition_point(|end| *end < draft.span.start as usize) as u32 + 1;
        nodes.push(Node {
            name: draft.name.clone(),
            span: draft.span,
            line,
            kind,
            shape: draft.shape.clone(),
            ranges: Vec::new(),
            features: draft.features.clone(),
        });
    }
    nodes
}

fn set_input_ranges<'a>(
    nodes: &mut [Node],
    skeleton: &Skeleton,
    datasets: &'a BTreeMap<String, Dataset>,
    rows: impl Iterator<Item = &'a [f64]>,
) {
    let declared: Vec<_> = skeleton
        .nodes
        .iter()
        .filter_map(|draft| match &draft.kind {
            DraftKind::Input { range } => Some((draft.width(), range.map(|(range, _)| range))),
            DraftKind::Layer { .. } => None,
        })
        .collect();
    let mut ranges = ranges::input_ranges(&declared, datasets.values(), rows);
    if let Some(scaling) = &skeleton.fold {
        let declared = declared.iter().map(|(_, range)| *range);
        let mut columns = scaling.columns.iter().enumerate();
        for (ranges, declared) in ranges.iter_mut().zip(declared) {
            for (range, (at, column)) in ranges.iter_mut().zip(&mut columns) {
                let seen =
                    datasets.values().flat_map(|data| (0..data.rows()).map(move |row| data.input(row)[at]));
                *range = declared.map_or(*range, |declared| fold::measured(declared, *column, seen));
            }
        }
    }
    for (node, ranges) in nodes.iter_mut().filter(|node| node.kind == NodeKind::Input).zip(ranges) {
        node.ranges = ranges;
    }
}

/// Values that no number can hold: reported where they first arise.
fn check_finite(scope: &mut Scope, nodes: &[Node]) {
    let overflows = |node: &&Node| node.ranges.iter().any(|r| !(r.low.is_finite() && r.high.is_finite()));
    if let Some(node) = nodes.iter().find(overflows) {
        scope.report(
            Diagnostic::error(
                codes::NOT_FINITE,
                node.span,
                format!("the values of `{}` can leave the range of numbers", node.name),
            )
            .label("can grow beyond 1.8e308")
            .help("use smaller weights, or a narrower range of the inputs"),
        );
    }
}

/// Activations that are not defined everywhere, and what each is applied to.
fn check_domains(
    scope: &mut Scope,
    nodes: &[Node],
    applied: &[Vec<ranges::PreActivation>],
    skeleton: &Skeleton,
) {
    for ((node, draft), applied) in nodes.iter().zip(&skeleton.nodes).zip(applied) {
        let DraftKind::Layer { activations, .. } = &draft.kind else { continue };
        for ((activation, span), pre) in activations.iter().zip(applied) {
            let lowest = pre.z.iter().enumerate().min_by(|(_, a), (_, b)| a.low.total_cmp(&b.low));
            let needed = match activation.facts().domain {
                Domain::Everywhere => None,
                Domain::NotNegative => Some(0.0),
            };
            if let (Some(needed), Some((unit, range))) = (needed, lowest)
                && range.low < needed
            {
                scope.report(
                    Diagnostic::error(
                        codes::OUTSIDE_DOMAIN,
                        *span,
                        format!(
                            "`{}` is defined for pre-activations of at least {needed}",
                            activation.name()
                        ),
                    )
                    .label(format!("{}[{}] can fall to {:.4}", node.name, unit + 1, range.low))
                    .help("use weights and biases that keep it positive, or `algebraic_sigmoid(h = 1)`"),
                );
            }
        }
    }
}

/// Constants that nothing names, layers and inputs that do not reach the output.
fn warn_unused(scope: &mut Scope, nodes: &[Node], output: usize, file: &File) {
    for item in &file.items {
        if let Item::Const { name, span, .. } = item
            && !scope.used.contains(&name.name)
        {
            scope.report(
                Diagnostic::warning(
                    codes::UNUSED_NAME,
                    name.span,
                    format!("nothing uses the constant `{}`", name.name),
                )
                .label("declared here")
                .fix(
                    "leave it out, or check the spelling where it should be used",
                    Applicability::Suggestion,
                    vec![Edit::remove(*span)],
                ),
            );
        }
    }
    let mut reached = vec![false; nodes.len()];
    reached[output] = true;
    for at in (0..nodes.len()).rev().filter(|at| *at <= output) {
        if let (true, NodeKind::Layer { sources, .. }) = (reached[at], &nodes[at].kind) {
            sources.iter().for_each(|source| reached[*source] = true);
        }
    }
    for (at, node) in nodes.iter().enumerate().filter(|(at, _)| !reached[*at]) {
        let what = if node.kind == NodeKind::Input { "input" } else { "layer" };
        scope.report(
            Diagnostic::warning(
                codes::UNUSED_NAME,
                node.span,
                format!("the {what} `{}` does not reach the output `{}`", node.name, nodes[output].name),
            )
            .label("compiled, but not read")
            .help(match taker(nodes, &reached, at) {
                Some((layer, from)) => {
                    format!("let `{layer}` take it too, by `from {from}`, or leave it out")
                }
                None => "leave it out, or let a layer take it, by `from`".to_owned(),
            }),
        );
    }
}

/// The first layer on the way to the output that could take the node `unread` as well, and its sources with it.
fn taker<'a>(nodes: &'a [Node], reached: &[bool], unread: usize) -> Option<(&'a str, String)> {
    // Nodes stand after their sources: what comes later can take it.
    let mut later = (unread + 1..nodes.len()).filter(|at| reached[*at]);
    let (layer, sources) = later.find_map(|at| match &nodes[at].kind {
        NodeKind::Layer { sources, .. } => Some((&nodes[at], sources)),
        NodeKind::Input => None,
    })?;
    let mut all: Vec<usize> = sources.iter().copied().chain([unread]).collect();
    all.sort_unstable();
    let names: Vec<&str> = all.iter().map(|at| nodes[*at].name.as_str()).collect();
    Some((&layer.name, names.join(", ")))
}

/// One pot without anything to learn has no reactions that a fixed point would not compute better.
fn check_learns(scope: &mut Scope, chemistry: &Chemistry, training: Option<&Training>) {
    if !chemistry.construction.is_one_pot() || training.is_some() {
        return;
    }
    let mut finding = Diagnostic::global(
        Severity::Error,
        codes::MISSING_ARGUMENT,
        "`one_pot` is a pot that learns, and the file has no `train` block",
    )
    .label("needs something to learn")
    .help("write `train { data = d; rule = gradient_flow(rate = 0.01); feed = cycle(hold = 20); }`")
    .help("or, for a network that only computes, `construction = fixed_point;`");
    finding.span = chemistry.span;
    scope.report(finding);
}
