//! The `train` block: checked in full, run by the constructions that learn.

use std::collections::BTreeMap;

use nnrc_syntax::ast::{Arg, Block, Expr};
use nnrc_syntax::{Diagnostic, Span, codes};

use crate::block::{self, Entries};
use crate::chemistry::{NOT_NEGATIVE, POSITIVE, Scales, check_call};
use crate::network::Skeleton;
use crate::units::Dimension;
use crate::value::{Scope, ValueKind};
use crate::{descent, flow};
use nnrc_model::Optimiser;
use nnrc_model::Teacher;
use nnrc_model::{Construction, DataReference, Dataset, Training, find_data};

const KEYS: &[&str] =
    &["data", "validation", "loss", "rule", "feed", "epochs", "batch", "decay", "schedule", "patience"];

/// Keys that only training in silico has.
const DESCENT_KEYS: &[&str] = &["validation", "schedule", "patience"];

/// What the block is checked against.
pub struct Surroundings<'a> {
    pub construction: Construction,
    pub datasets: &'a BTreeMap<String, Dataset>,
    /// None if the network has errors.
    pub skeleton: Option<&'a Skeleton>,
    pub scales: Scales,
    /// The gated teacher of the `chemistry` block.
    pub teacher: Option<Teacher>,
    /// Decay where the block says nothing.
    pub preset_decay: f64,
    /// Whether the command line chooses the construction.
    pub switched: bool,
}

/// The entries of the block, and the name of its rule, which decides the default construction.
pub fn read<'a>(scope: &mut Scope, block: &'a Block) -> (Entries<'a>, Option<String>) {
    let entries = block::read(scope, block, "train", KEYS);
    let calls: [(&str, &[&str]); 3] =
        [("gradient", &["optimiser"]), ("gradient_flow", &["rate"]), ("sgd", &["rate"])];
    let rule = entries.get("rule").and_then(|expr| check_call(scope, expr, "`rule`", &calls));
    (entries, rule)
}

/// Checks the block against construction and data.
pub fn analyse(
    scope: &mut Scope,
    block: &Block,
    span: Span,
    (entries, rule): (Entries<'_>, Option<String>),
    surroundings: &Surroundings<'_>,
) -> Training {
    let Surroundings { construction, datasets, scales, .. } = *surroundings;
    let optimiser = match (&rule, entries.get("rule")) {
        (Some(rule), Some(expr)) => {
            check_rule(scope, rule, expr, construction);
            rule_arguments(scope, rule, expr)
        }
        (_, Some(_)) => None,
        (_, None) => Some(descent::ADAM),
    };
    if let Some(expr) = entries.get("feed").filter(|_| construction == Construction::Phased)
        && !surroundings.switched
    {
        idle_hold(scope, expr);
    }
    if construction == Construction::FixedPoint {
        let before = scope.reported;
        let descent = descent::analyse(scope, block, &entries, optimiser, surroundings);
        let data = descent.as_ref().map(|descent| descent.data.clone());
        let descent = descent.filter(|_| scope.reported == before);
        return Training { span, data, rule, descent, flow: None, phased: None };
    }
    if construction == Construction::OnePot {
        let before = scope.reported;
        // The rate of another rule is another thing.
        let own = entries.get("rule").filter(|_| rule.as_deref() == Some("gradient_flow"));
        let rate = own.and_then(|expr| flow::rate(scope, expr, scales));
        let flow = flow::analyse(scope, block, span, &entries, rate, surroundings);
        let data = flow.as_ref().map(|flow| flow.data.clone());
        let flow = flow.filter(|_| scope.reported == before);
        return Training { span, data, rule, descent: None, flow, phased: None };
    }
    let data = entries.get("data").and_then(|expr| data(scope, expr, "`data`", datasets));
    if let Some(expr) = entries.get("loss") {
        descent::loss(scope, expr);
    }
    for key in ["epochs", "batch"] {
        if let Some(expr) = entries.get(key) {
            scope.whole(expr, &format!("`{key}`"), 1);
        }
    }
    if let Some(expr) = entries.get("decay") {
        scope.bounded(expr, "`decay`", Dimension::NONE, 1.0, NOT_NEGATIVE);
    }
    if let Some(expr) = entries.get("feed") {
        feed(scope, expr, scales);
    }
    refuse_descent_keys(scope, &entries);
    let data = data.or_else(|| descent::only_data(surroundings));
    let phased = super::phased::training(scope, block, &entries, data.clone(), surroundings);
    Training { span, data, rule, descent: None, flow: None, phased }
}

/// Reports keys that only training in silico has.
pub fn refuse_descent_keys(scope: &mut Scope, entries: &Entries<'_>) {
    for key in DESCENT_KEYS {
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
pub struct Feed {
    /// The seed of their order; none if they do not change it.
    pub shuffle: Option<u64>,
    /// How long each is shown, in time units.
    pub hold: Option<f64>,
}

/// Reads `cycle(hold)` or `shuffle(hold, seed)`.
pub fn feed(scope: &mut Scope, expr: &Expr, scales: Scales) -> Option<Feed> {
    let name = check_call(scope, expr, "`feed`", &[("cycle", &["hold"]), ("shuffle", &["hold", "seed"])])?;
    let ValueKind::Call(call) = scope.evaluate(expr)?.kind else { return None };
    let is_shuffled = name == "shuffle";
    let args = block::bind(scope, &call, if is_shuffled { &["hold", "seed"] } else { &["hold"] })?;
    let hold = args[0].and_then(|hold| scope.bounded(hold, "`hold`", Dimension::TIME, scales.time, POSITIVE));
    let seed = args.get(1).copied().flatten().and_then(|seed| scope.whole(seed, "a seed", 0));
    Some(Feed { shuffle: is_shuffled.then_some(seed.unwrap_or(descent::SEED)), hold })
}

/// Warns of a time that samples are shown for, where the clock decides that.
fn idle_hold(scope: &mut Scope, expr: &Expr) {
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

fn check_rule(scope: &mut Scope, rule: &str, expr: &Expr, construction: Construction) {
    let (needs, example) = match construction {
        Construction::FixedPoint => ("gradient", "rule = gradient(adam(rate = 0.01));"),
        Construction::OnePot => ("gradient_flow", "rule = gradient_flow(rate = 0.01);"),
        Construction::Phased => ("sgd", "rule = sgd(rate = 4);"),
    };
    if rule != needs {
        scope.report(
            Diagnostic::error(
                codes::RULE_MISMATCH,
                expr.span,
                format!("`{}` does not learn by `{rule}`", construction.name()),
            )
            .label(format!("expected `{needs}(…)`"))
            .help(format!("write `{example}`")),
        );
    }
}

/// Checks the learning rate, and the optimiser around it, if there is one.
fn rule_arguments(scope: &mut Scope, rule: &str, expr: &Expr) -> Option<Optimiser> {
    let ValueKind::Call(call) = scope.evaluate(expr)?.kind else { return None };
    if rule == "gradient_flow" {
        // `flow` reads it.
        return None;
    }
    let argument = &call.args.first()?.value;
    if rule != "gradient" {
        scope.bounded(argument, "the learning rate", Dimension::NONE, 1.0, POSITIVE);
        return None;
    }
    descent::optimiser(scope, argument)
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
        Err(message) => {
            scope.report(Diagnostic::error(codes::UNKNOWN_NAME, span, message).label("not found"));
            None
        }
    }
}
