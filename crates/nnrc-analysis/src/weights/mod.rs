//! The `weights` block: literals, files, random initialisation.

mod file;
mod layout;
mod literal;
mod random;
mod wanted;

use std::collections::{BTreeMap, BTreeSet};

use nnrc_syntax::ast::{Block, Entry, Expr, Path};
use nnrc_syntax::wording::words;
use nnrc_syntax::{Diagnostic, Given, Span, codes};

use crate::block::{duplicate_key, reject_stop, unknown_key};
use crate::schema;
use crate::skeleton::{DraftKind, DraftOperation, Skeleton};
use crate::units::Dimension;
use crate::value::{Scope, Value, ValueKind};
use nnrc_model::Resources;
use wanted::Wanted;
pub use wanted::Weights;

/// The `weights` item, if there is one.
pub struct Item<'a> {
    /// `from "file"`
    pub from: Option<(&'a str, Span)>,
    /// The block.
    pub block: &'a Block,
    /// The whole item.
    pub span: Span,
}

/// Finds the weights of every dense layer. `file` takes the place of the file of the block, or of the numbers in it;
/// names of arrays, layout and `prune` stay those of the block.
pub fn analyse(
    scope: &mut Scope,
    resources: &dyn Resources,
    skeleton: &Skeleton,
    item: Option<&Item<'_>>,
    file: Option<&str>,
    seed: Option<u64>,
) -> Option<Weights> {
    let before = scope.errors;
    let wanted = wanted(skeleton);
    let mut found = Weights::new();
    let mut draws = false;
    let entries = item.map(|item| entries(scope, item, &wanted)).unwrap_or_default();
    let names_file = file.is_some() || item.is_some_and(|item| item.from.is_some());
    let given = given(scope, &wanted, &entries, names_file);
    let layout = layout::read(scope, &entries);
    if file.is_none() {
        layout::reject_without_file(scope, &entries, names_file, &given.literals);
    }
    if let Some(path) = file {
        let literals =
            if item.is_some_and(|item| item.from.is_some()) { given.literals } else { BTreeMap::new() };
        let span = Span::beside(Given::AsOption);
        let place = file::WeightFile { path, span, names: given.names, layout, literals };
        file::read(scope, resources, &wanted, &place, &mut found);
    } else {
        for wanted in &wanted {
            if let Some(value) = given.literals.get(&wanted.key)
                && let Some(tensor) = literal::literal(scope, value, wanted)
            {
                found.insert(wanted.key.clone(), tensor);
            }
        }
        if let Some((path, span)) = item.and_then(|item| item.from) {
            let place =
                file::WeightFile { path, span, names: given.names, layout, literals: BTreeMap::new() };
            file::read(scope, resources, &wanted, &place, &mut found);
        }
        let given = found.len();
        if let Some(expr) = entries.get("init") {
            random::initialise(scope, expr, &wanted, seed, &mut found);
        }
        draws = found.len() > given;
    }
    if let Some(expr) = entries.get("prune") {
        prune(scope, expr, &mut found);
    }
    if scope.errors == before {
        report_missing(scope, &wanted, item.map(|item| item.span), file, &found);
    }
    let is_complete = scope.errors == before;
    if let Some(seed) = seed
        && is_complete
        && !draws
    {
        let message = format!("{} changes nothing: no weight is drawn at random", (scope.words.seed)(seed));
        let finding = Diagnostic::warning(codes::UNUSED_NAME, Span::beside(Given::AsOption), message);
        scope.report(match file {
            Some(path) => finding.help(format!("all weights are those of `{path}`")),
            None => {
                finding.help("random weights are those of `weights { init = glorot_uniform(seed = 1); }`")
            }
        });
    }
    is_complete.then_some(found)
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

/// Entries of the block by key, checked for unknown and repeated keys.
fn entries<'a>(scope: &mut Scope, item: &Item<'a>, wanted: &[Wanted<'_>]) -> BTreeMap<String, &'a Expr> {
    let mut keys: Vec<String> = wanted.iter().map(|wanted| wanted.key.clone()).collect();
    keys.extend(schema::WEIGHTS.names().into_iter().map(str::to_owned));
    let matrices = wanted.iter().filter(|wanted| wanted.shape.len() == 2);
    keys.extend(matrices.map(|wanted| format!("layout.{}", wanted.layer.name)));
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

/// What the block says of each tensor.
#[derive(Default)]
struct Stated {
    /// Names of arrays that differ from the keys.
    names: BTreeMap<String, (String, Span)>,
    /// Lists of numbers, as they stand there.
    literals: BTreeMap<String, Value>,
}

fn given(
    scope: &mut Scope,
    wanted: &[Wanted<'_>],
    entries: &BTreeMap<String, &Expr>,
    names_file: bool,
) -> Stated {
    let mut given = Stated::default();
    for wanted in wanted {
        let Some(expr) = entries.get(&wanted.key) else { continue };
        let Some(value) = scope.evaluate(expr) else { continue };
        match value.kind {
            ValueKind::Text(name) if names_file => {
                given.names.insert(wanted.key.clone(), (name, expr.span));
            }
            ValueKind::Text(_) => scope.report(
                Diagnostic::error(
                    codes::WRONG_TYPE,
                    expr.span,
                    format!("`{}` names an array, but of no file", wanted.key),
                )
                .label("expected a list of numbers")
                .help("write `weights from \"file.npz\" { … }`"),
            ),
            _ => {
                given.literals.insert(wanted.key.clone(), value);
            }
        }
    }
    given
}

/// Makes small weights 0; biases stay.
fn prune(scope: &mut Scope, expr: &Expr, found: &mut Weights) {
    let bound = crate::quantities::NOT_NEGATIVE;
    if let Some(limit) = scope.bounded(expr, "`prune`", Dimension::NONE, 1.0, bound) {
        for (_, tensor) in found.iter_mut().filter(|(key, _)| key.ends_with(".W")) {
            tensor.values.iter_mut().filter(|w| w.abs() < limit).for_each(|w| *w = 0.0);
        }
    }
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
