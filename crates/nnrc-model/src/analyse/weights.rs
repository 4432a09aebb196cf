//! The `weights` block: literals, files, random initialisation.

use std::collections::{BTreeMap, BTreeSet};

use nnrc_syntax::ast::{Block, Entry, Expr, Path};
use nnrc_syntax::{Diagnostic, Span, codes};

use crate::analyse::block::{
    bind, duplicate_key, missing_argument, reject_stop, unknown_call, unknown_key, words,
};
use crate::analyse::data::{missing_tensor, report_resource};
use crate::analyse::network::{Draft, DraftKind, DraftOperation, Skeleton};
use crate::random::Random;
use crate::resources::{Resources, Tensor};
use crate::units::Dimension;
use crate::value::{Scope, Value, ValueKind};

/// Weights and biases by key, `hidden.W`, `hidden.b`.
pub type Weights = BTreeMap<String, Tensor>;

/// The `weights` item, if there is one.
pub struct Item<'a> {
    /// `from "file"`
    pub from: Option<(&'a str, Span)>,
    /// The block.
    pub block: &'a Block,
    /// The whole item.
    pub span: Span,
}

/// Finds the weights of every dense layer; `file` overrides everything the block says.
pub fn analyse(
    scope: &mut Scope,
    resources: &dyn Resources,
    skeleton: &Skeleton,
    item: Option<&Item<'_>>,
    file: Option<&str>,
    seed: Option<u64>,
) -> Option<Weights> {
    let before = scope.reported;
    let wanted = wanted(skeleton);
    let mut found = Weights::new();
    let mut draws = false;
    if let Some(path) = file {
        from_file(
            scope,
            resources,
            &wanted,
            &WeightFile { path, span: super::OVERRIDE, ..WeightFile::default() },
            &mut found,
        );
    } else if let Some(item) = item {
        let entries = entries(scope, item, &wanted);
        draws = read_block(scope, resources, &wanted, item, &entries, seed, &mut found);
    }
    if scope.reported == before {
        report_missing(scope, &wanted, item.map(|item| item.span), file, &found);
    }
    let is_complete = scope.reported == before;
    if let Some(seed) = seed
        && is_complete
        && !draws
    {
        let message = format!("`--seed {seed}` changes nothing: no weight is drawn at random");
        let finding = Diagnostic::warning(codes::UNUSED_NAME, super::OVERRIDE, message);
        scope.report(match file {
            Some(path) => finding.help(format!("all weights are those of `{path}`")),
            None => {
                finding.help("random weights are those of `weights { init = glorot_uniform(seed = 1); }`")
            }
        });
    }
    is_complete.then_some(found)
}

/// A tensor that the network needs.
struct Wanted<'a> {
    layer: &'a Draft,
    key: String,
    shape: Vec<usize>,
    /// Where the width comes from, in words.
    words: String,
}

fn wanted(skeleton: &Skeleton) -> Vec<Wanted<'_>> {
    let mut all = Vec::new();
    for layer in &skeleton.nodes {
        let DraftKind::Layer { operation: DraftOperation::Dense { bias }, sources, .. } = &layer.kind else {
            continue;
        };
        let columns: usize = sources.iter().map(|&source| skeleton.nodes[source].width()).sum();
        let from: Vec<String> = sources
            .iter()
            .map(|&source| {
                format!("`{}` of width {}", skeleton.nodes[source].name, skeleton.nodes[source].width())
            })
            .collect();
        let words = format!("`{}` has width {} and takes {}", layer.name, layer.width(), from.join(" and "));
        all.push(Wanted {
            layer,
            key: format!("{}.W", layer.name),
            shape: vec![layer.width(), columns],
            words: words.clone(),
        });
        if *bias {
            all.push(Wanted { layer, key: format!("{}.b", layer.name), shape: vec![layer.width()], words });
        }
    }
    all
}

/// How matrices are stored in a file.
#[derive(Default)]
struct Layout {
    transposed: bool,
    by_layer: BTreeMap<String, bool>,
}

/// Entries of the block by key, checked for unknown and repeated keys.
fn entries<'a>(scope: &mut Scope, item: &Item<'a>, wanted: &[Wanted<'_>]) -> BTreeMap<String, &'a Expr> {
    let mut keys: Vec<String> = wanted.iter().map(|wanted| wanted.key.clone()).collect();
    keys.extend(["init", "layout", "prune"].map(str::to_owned));
    keys.extend(wanted.iter().map(|wanted| format!("layout.{}", wanted.layer.name)));
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    let known: BTreeSet<&str> = keys.iter().copied().collect();
    let mut entries = BTreeMap::new();
    let mut places = BTreeMap::new();
    for entry in &item.block.entries {
        match entry {
            Entry::Stop { .. } => reject_stop(scope, entry, "weights"),
            Entry::Set { key, value, .. } => {
                let name = key.text();
                let layer = name.strip_suffix(".b").map(|layer| format!("{layer}.W"));
                if layer.is_some_and(|weights| known.contains(weights.as_str()))
                    && !known.contains(name.as_str())
                {
                    no_bias(scope, key);
                } else if !known.contains(name.as_str()) {
                    unknown_key(scope, key, "weights", &keys);
                } else if let Some(first) = places.insert(name.clone(), key.span) {
                    duplicate_key(scope, key, first);
                } else {
                    entries.insert(name, value);
                }
            }
        }
    }
    entries
}

/// Reports a bias for a layer that was declared without one.
fn no_bias(scope: &mut Scope, key: &Path) {
    scope.report(
        Diagnostic::error(codes::UNKNOWN_KEY, key.span, format!("there is no bias `{}`", key.text()))
            .label("this layer is declared with `bias = false`")
            .help("leave the line out, or leave `bias = false` out"),
    );
}

/// Reads the block. True if weights are drawn at random.
fn read_block(
    scope: &mut Scope,
    resources: &dyn Resources,
    wanted: &[Wanted<'_>],
    item: &Item<'_>,
    entries: &BTreeMap<String, &Expr>,
    seed: Option<u64>,
    found: &mut Weights,
) -> bool {
    let layout = layout(scope, entries);
    let mut names: BTreeMap<String, (String, Span)> = BTreeMap::new();
    for wanted in wanted {
        let Some(expr) = entries.get(&wanted.key) else { continue };
        let Some(value) = scope.evaluate(expr) else { continue };
        match (&value.kind, item.from) {
            (ValueKind::Text(name), Some(_)) => {
                names.insert(wanted.key.clone(), (name.clone(), expr.span));
            }
            (ValueKind::Text(_), None) => scope.report(
                Diagnostic::error(
                    codes::WRONG_TYPE,
                    expr.span,
                    format!("`{}` names an array, but of no file", wanted.key),
                )
                .label("expected a list of numbers")
                .help("write `weights from \"file.npz\" { … }`"),
            ),
            _ => {
                if let Some(tensor) = literal(scope, &value, wanted) {
                    found.insert(wanted.key.clone(), tensor);
                }
            }
        }
    }
    if let Some((path, span)) = item.from {
        from_file(scope, resources, wanted, &WeightFile { path, span, names, layout }, found);
    }
    let given = found.len();
    if let Some(expr) = entries.get("init") {
        initialise(scope, expr, wanted, seed, found);
    }
    let draws = found.len() > given;
    if let Some(expr) = entries.get("prune") {
        let bound = crate::analyse::chemistry::NOT_NEGATIVE;
        if let Some(limit) = scope.bounded(expr, "`prune`", Dimension::NONE, 1.0, bound) {
            for (_, tensor) in found.iter_mut().filter(|(key, _)| key.ends_with(".W")) {
                tensor.values.iter_mut().filter(|w| w.abs() < limit).for_each(|w| *w = 0.0);
            }
        }
    }
    draws
}

fn layout(scope: &mut Scope, entries: &BTreeMap<String, &Expr>) -> Layout {
    let choices = [("out_in", false), ("in_out", true)];
    let mut layout = Layout::default();
    for (key, expr) in entries {
        if key == "layout" {
            layout.transposed = scope.choice(expr, "`layout`", &choices).unwrap_or(false);
        } else if let Some(layer) = key.strip_prefix("layout.")
            && let Some(transposed) = scope.choice(expr, &format!("`{key}`"), &choices)
        {
            layout.by_layer.insert(layer.to_owned(), transposed);
        }
    }
    layout
}

/// Numbers of a literal, with their shape.
fn literal(scope: &mut Scope, value: &Value, wanted: &Wanted<'_>) -> Option<Tensor> {
    let mut tensor = Tensor::default();
    let ValueKind::List(rows) = &value.kind else {
        let example = if wanted.shape.len() == 2 { "`[[1, 0], [0, 1]]`" } else { "`[0, 1]`" };
        scope.wrong_type(
            value.span,
            &format!("`{}`", wanted.key),
            &format!("a list such as {example}"),
            &value.kind.words(),
        );
        return None;
    };
    if wanted.shape.len() == 1 {
        tensor.values = scope.numbers(value, &format!("`{}`", wanted.key))?;
        tensor.shape = vec![tensor.values.len()];
    } else {
        let mut width = None;
        for row in rows {
            let numbers = scope.numbers(row, &format!("a row of `{}`", wanted.key))?;
            if *width.get_or_insert(numbers.len()) != numbers.len() {
                scope.report(
                    Diagnostic::error(
                        codes::SHAPE_MISMATCH,
                        row.span,
                        format!(
                            "this row of `{}` has {} numbers, the first has {}",
                            wanted.key,
                            numbers.len(),
                            width.unwrap_or(0)
                        ),
                    )
                    .label("rows must have one length"),
                );
                return None;
            }
            tensor.values.extend(numbers);
        }
        tensor.shape = vec![rows.len(), width.unwrap_or(0)];
    }
    if tensor.shape != wanted.shape {
        scope.report(shape_mismatch(value.span, wanted, &tensor.shape, ""));
        return None;
    }
    Some(tensor)
}

fn shape_mismatch(span: Span, wanted: &Wanted<'_>, found: &[usize], place: &str) -> Diagnostic {
    let shape = |shape: &[usize]| {
        let sizes: Vec<String> = shape.iter().map(usize::to_string).collect();
        format!("[{}]", sizes.join(", "))
    };
    let meaning = if wanted.shape.len() == 2 { " (outputs, inputs)" } else { "" };
    let mut finding = Diagnostic::error(
        codes::SHAPE_MISMATCH,
        span,
        format!(
            "`{}`{place} has shape {}, expected {}{meaning}",
            wanted.key,
            shape(found),
            shape(&wanted.shape)
        ),
    )
    .label(format!("expected shape {}", shape(&wanted.shape)))
    .other(wanted.layer.span, wanted.words.clone());
    if found.len() == 2 && wanted.shape.iter().rev().eq(found) && wanted.shape[0] != wanted.shape[1] {
        finding = finding.help(if place.is_empty() {
            "rows are units: write one row of incoming weights for each unit".to_owned()
        } else {
            let layout = format!("layout.{} = in_out;", wanted.layer.name);
            if span == super::OVERRIDE {
                // An option names a file, and no layout.
                let block = format!("weights from \"…\" {{ {layout} }}");
                format!(
                    "the file stores it transposed: write `{block}` into the model, instead of `--weights`"
                )
            } else {
                format!("the file stores it transposed: write `{layout}`")
            }
        });
    }
    finding
}

/// A weight file and how it is read.
#[derive(Default)]
struct WeightFile<'a> {
    path: &'a str,
    span: Span,
    /// Names of arrays that differ from the keys.
    names: BTreeMap<String, (String, Span)>,
    layout: Layout,
}

fn from_file(
    scope: &mut Scope,
    resources: &dyn Resources,
    wanted: &[Wanted<'_>],
    file: &WeightFile<'_>,
    found: &mut Weights,
) {
    let WeightFile { path, span, names, layout } = file;
    let tensors = match resources.tensors(path) {
        Ok(tensors) => tensors,
        Err(error) => return report_resource(scope, *span, path, error),
    };
    for wanted in wanted {
        if found.contains_key(&wanted.key) {
            continue;
        }
        let (name, span) = names.get(&wanted.key).map_or((&wanted.key, *span), |(name, span)| (name, *span));
        let Some(tensor) = tensors.get(name) else {
            let keys: Vec<&str> = tensors.keys().map(String::as_str).collect();
            scope.report(missing_tensor(span, path, name, &keys).help(format!(
                "say which array it is: `weights from \"{path}\" {{ {} = \"name\"; }}`",
                wanted.key
            )));
            continue;
        };
        let transposed = *layout.by_layer.get(&wanted.layer.name).unwrap_or(&layout.transposed);
        let tensor = if transposed && tensor.shape.len() == 2 { transpose(tensor) } else { tensor.clone() };
        // A bias may be stored as a column or row.
        let same = tensor.shape == wanted.shape
            || (wanted.shape.len() == 1 && tensor.values.len() == wanted.shape[0]);
        if same {
            found.insert(wanted.key.clone(), Tensor { shape: wanted.shape.clone(), ..tensor });
        } else {
            scope.report(shape_mismatch(span, wanted, &tensor.shape, &format!(" in `{path}`")));
        }
    }
}

fn transpose(tensor: &Tensor) -> Tensor {
    let (rows, columns) = (tensor.shape[0], tensor.shape[1]);
    let values = (0..rows * columns).map(|at| tensor.values[at % rows * columns + at / rows]).collect();
    Tensor { shape: vec![columns, rows], values }
}

/// `uniform(-1, 1, seed = 11)` and its kin, for what is not given otherwise. Numbers are drawn layer by layer in
/// the order of the text, W row by row, then b.
fn initialise(
    scope: &mut Scope,
    expr: &Expr,
    wanted: &[Wanted<'_>],
    seed_override: Option<u64>,
    found: &mut Weights,
) -> Option<()> {
    let value = scope.evaluate(expr)?;
    let ValueKind::Call(call) = value.kind else {
        scope.wrong_type(
            expr.span,
            "`init`",
            "a call such as `glorot_uniform(seed = 1)`",
            &value.kind.words(),
        );
        return None;
    };
    let kinds: [(&str, &[&str]); 4] = [
        ("uniform", &["low", "high", "seed"]),
        ("normal", &["mean", "deviation", "seed"]),
        ("glorot_uniform", &["seed"]),
        ("he_normal", &["seed"]),
    ];
    let Some((name, parameters)) = kinds.iter().find(|(name, _)| *name == call.name.name) else {
        let names = kinds.map(|(name, _)| name);
        unknown_call(scope, &call, "initialisation", &names);
        return None;
    };
    let args = bind(scope, &call, parameters)?;
    let mut numbers = Vec::new();
    for (parameter, arg) in parameters.iter().zip(&args) {
        let Some(arg) = arg else {
            let ends = if parameters.len() == 3 { "-1, 1, " } else { "" };
            missing_argument(scope, &call, parameter, &format!("{name}({ends}seed = 1)"));
            return None;
        };
        if *parameter == "seed" {
            numbers.push(scope.whole(arg, "a seed", 0)? as f64);
        } else {
            numbers.push(scope.plain_number(arg, &format!("`{parameter}`"))?);
        }
    }
    if *name == "normal" && numbers[1] < 0.0 {
        scope.report(
            Diagnostic::error(codes::OUT_OF_RANGE, call.span, "the deviation must be at least 0")
                .label("a negative deviation"),
        );
        return None;
    }
    let seed = seed_override.unwrap_or(numbers[numbers.len() - 1] as u64);
    let mut random = Random::new(seed);
    for wanted in wanted {
        let count: usize = wanted.shape.iter().product();
        let is_bias = wanted.shape.len() == 1;
        let columns = *wanted.shape.last()? as f64;
        let mut draw = || match *name {
            "uniform" => random.uniform(numbers[0], numbers[1]),
            "normal" => random.normal(numbers[0], numbers[1]),
            _ if is_bias => 0.0,
            "glorot_uniform" => {
                let limit = (6.0 / (wanted.shape[0] as f64 + columns)).sqrt();
                random.uniform(-limit, limit)
            }
            _ => random.normal(0.0, (2.0 / columns).sqrt()),
        };
        let values = (0..count).map(|_| draw()).collect();
        found.entry(wanted.key.clone()).or_insert(Tensor { shape: wanted.shape.clone(), values });
    }
    Some(())
}

fn report_missing(
    scope: &mut Scope,
    wanted: &[Wanted<'_>],
    item: Option<Span>,
    file: Option<&str>,
    found: &Weights,
) {
    let missing: Vec<&Wanted<'_>> = wanted.iter().filter(|wanted| !found.contains_key(&wanted.key)).collect();
    let Some(first) = missing.first() else { return };
    if file.is_some() {
        return;
    }
    let keys: Vec<&str> = missing.iter().map(|wanted| wanted.key.as_str()).collect();
    let mut finding = Diagnostic::error(
        codes::MISSING_WEIGHTS,
        first.layer.span,
        format!("the network has no weights {}", words(&keys)),
    )
    .label("this layer needs weights");
    if let Some(span) = item {
        finding = finding.other(span, "not given here");
    }
    let zeros = |shape: &[usize]| {
        let row = |n: usize| format!("[{}]", vec!["0"; n.min(4)].join(", "));
        match *shape {
            [rows, columns] if rows * columns <= 8 => format!("[{}]", vec![row(columns); rows].join(", ")),
            [n] if n <= 4 => row(n),
            _ => "[…]".to_owned(),
        }
    };
    scope.report(
        finding
            .help(format!("write them: `weights {{ {} = {}; }}`", first.key, zeros(&first.shape)))
            .help("or `weights from \"file.npz\" { }`, or `weights { init = glorot_uniform(seed = 1); }`"),
    );
}
