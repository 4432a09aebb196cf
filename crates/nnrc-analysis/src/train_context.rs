//! What every rule of a `train` block is checked against, and reads in one way: the data, and how they are presented.

use nnrc_syntax::Span;
use std::collections::BTreeMap;

use nnrc_model::{Construction, DataReference, Dataset, find_data};
use nnrc_syntax::ast::{Arg, Expr};
use nnrc_syntax::{Diagnostic, codes};

use crate::block::{self, Entries};
use crate::quantities::{POSITIVE, Scales, check_call};
use crate::skeleton::Skeleton;
use crate::units::Dimension;
use crate::value::{Scope, ValueKind};

/// Keys that only training in silico has.
pub const IN_SILICO_KEYS: &[&str] = &["validation", "schedule", "patience", "precision"];

/// What the block is checked against.
pub struct Context<'a> {
    pub construction: Construction,
    pub datasets: &'a BTreeMap<String, Dataset>,
    /// None if the network has errors.
    pub skeleton: Option<&'a Skeleton>,
    pub scales: Scales,
    /// Whether the command line chooses the construction.
    pub switched: bool,
}

/// Reports keys that only training in silico has.
pub fn refuse_in_silico_keys(scope: &mut Scope, entries: &Entries<'_>) {
    for key in IN_SILICO_KEYS {
        if let Some(expr) = entries.get(*key) {
            let help = "leave the line out, or train by `rule = gradient(adam(rate = 0.01));`";
            scope.report(
                Diagnostic::error(
                    codes::UNKNOWN_KEY,
                    expr.span,
                    format!("`{key}` has no meaning for learning in the pot"),
                )
                .label("only training in silico has it")
                .help(help),
            );
        }
    }
}

/// How samples follow each other.
pub struct FeedArgs {
    /// The seed of their order; none if they do not change it.
    pub shuffle: Option<u64>,
    /// How long each is shown, in time units.
    pub hold: Option<f64>,
}

/// Reads `cycle(hold)` or `shuffle(hold, seed)`.
pub fn feed(scope: &mut Scope, expr: &Expr, scales: Scales) -> Option<FeedArgs> {
    let name = check_call(scope, expr, "`feed`", &[("cycle", &["hold"]), ("shuffle", &["hold", "seed"])])?;
    let ValueKind::Call(call) = scope.evaluate(expr)?.kind else { return None };
    let is_shuffled = name == "shuffle";
    let args = block::bind(scope, &call, if is_shuffled { &["hold", "seed"] } else { &["hold"] })?;
    let hold = args[0].and_then(|hold| scope.bounded(hold, "`hold`", Dimension::TIME, scales.time, POSITIVE));
    let seed = args.get(1).copied().flatten().and_then(|seed| scope.whole(seed, "a seed", 0));
    Some(FeedArgs { shuffle: is_shuffled.then_some(seed.unwrap_or(SEED)), hold })
}

/// Warns of a time that samples are shown for, where the clock decides that.
pub fn idle_hold(scope: &mut Scope, expr: &Expr) {
    let Some(ValueKind::Call(call)) = scope.evaluate(expr).map(|value| value.kind) else { return };
    let is_hold = |arg: &&Arg| arg.name.as_ref().is_none_or(|name| name.name == "hold");
    let Some(hold) = call.args.iter().find(is_hold) else { return };
    scope.report(
        Diagnostic::warning(
            codes::UNUSED_NAME,
            hold.value.span,
            "`hold` has no meaning for `phased`: the clock decides how long a sample is shown",
        )
        .label("changes nothing")
        .help("write `feed = cycle();`, and set the `rate` or the `phase` of the clock"),
    );
}

/// A reference to a data set or a part of one.
pub fn data(
    scope: &mut Scope,
    expr: &Expr,
    what: &str,
    datasets: &BTreeMap<String, Dataset>,
) -> Option<DataReference> {
    let value = scope.evaluate(expr)?;
    // A file in quotes is told what a file without them is.
    let (ValueKind::Name(name) | ValueKind::Text(name)) = &value.kind else {
        scope.wrong_type(expr.span, what, "the name of a data set", &value.kind.words());
        return None;
    };
    if matches!(value.kind, ValueKind::Text(_)) && find_data(datasets, name).is_ok() {
        scope.wrong_type(expr.span, what, "the name of a data set", "text: leave the quotes out");
        return None;
    }
    reference(scope, name, expr.span, datasets)
}

/// The same for a name.
pub fn reference(
    scope: &mut Scope,
    name: &str,
    span: Span,
    datasets: &BTreeMap<String, Dataset>,
) -> Option<DataReference> {
    match find_data(datasets, name) {
        Ok(reference) => Some(reference),
        Err(unknown) => {
            scope
                .report(Diagnostic::error(codes::UNKNOWN_NAME, span, unknown.to_string()).label("not found"));
            None
        }
    }
}

/// Seed of what is random and has none.
pub const SEED: u64 = 1;
