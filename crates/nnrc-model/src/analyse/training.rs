//! The `train` block: checked in full, run by the constructions that learn.

use std::collections::BTreeMap;

use nnrc_syntax::ast::{Block, Expr};
use nnrc_syntax::{Diagnostic, Span, codes};

use crate::analyse::block::{self, Entries, stops};
use crate::analyse::chemistry::{NOT_NEGATIVE, POSITIVE, Scales, check_call};
use crate::model::{Construction, DataReference, Dataset, Training, find_data};
use crate::units::Dimension;
use crate::value::{Scope, ValueKind};

const KEYS: &[&str] = &["data", "loss", "rule", "feed", "epochs", "batch", "decay"];

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
    construction: Construction,
    datasets: &BTreeMap<String, Dataset>,
    scales: Scales,
) -> Training {
    if let (Some(rule), Some(expr)) = (&rule, entries.get("rule")) {
        check_rule(scope, rule, expr, construction);
        rule_arguments(scope, rule, expr, scales);
    }
    let data = entries.get("data").and_then(|expr| data(scope, expr, datasets));
    if let Some(expr) = entries.get("loss") {
        scope.choice(expr, "`loss`", &[("squared_error", ()), ("cross_entropy", ())]);
    }
    if let Some(expr) = entries.get("feed") {
        check_call(scope, expr, "`feed`", &[("cycle", &["hold"]), ("shuffle", &["hold", "seed"])]);
        feed_arguments(scope, expr, scales);
    }
    for key in ["epochs", "batch"] {
        if let Some(expr) = entries.get(key) {
            scope.whole(expr, &format!("`{key}`"), 1);
        }
    }
    if let Some(expr) = entries.get("decay") {
        scope.bounded(expr, "`decay`", Dimension::NONE, 1.0, NOT_NEGATIVE);
    }
    for (quantity, _, bound) in stops(block) {
        let name = quantity.text();
        if !["loss", "mse", "error", "accuracy"].contains(&name.as_str()) {
            scope.report(
                Diagnostic::error(
                    codes::UNKNOWN_NAME,
                    quantity.span,
                    format!("training reports no `{name}`"),
                )
                .label("expected `loss`, `mse`, `error` or `accuracy`"),
            );
        }
        scope.plain_number(bound, "the bound");
    }
    Training { span, data, rule }
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

/// The learning rate, and the optimiser around it.
fn rule_arguments(scope: &mut Scope, rule: &str, expr: &Expr, scales: Scales) -> Option<()> {
    let ValueKind::Call(call) = scope.evaluate(expr)?.kind else { return None };
    let argument = &call.args.first()?.value;
    if rule != "gradient" {
        // In one pot weights move all the time, by a rate per time; by a clock once in each cycle.
        let dimension = if rule == "gradient_flow" { Dimension::FREQUENCY } else { Dimension::NONE };
        scope.bounded(argument, "the learning rate", dimension, 1.0 / scales.time, POSITIVE)?;
        return Some(());
    }
    let optimisers: [(&str, &[&str]); 2] = [("adam", &["rate"]), ("sgd", &["rate"])];
    check_call(scope, argument, "the optimiser", &optimisers)?;
    let ValueKind::Call(optimiser) = scope.evaluate(argument)?.kind else { return None };
    let rate = optimiser.args.first()?;
    scope.bounded(&rate.value, "the learning rate", Dimension::NONE, 1.0, POSITIVE).map(drop)
}

fn feed_arguments(scope: &mut Scope, expr: &Expr, scales: Scales) {
    let Some(value) = scope.evaluate(expr) else { return };
    let ValueKind::Call(call) = value.kind else { return };
    for arg in &call.args {
        let seed = arg.name.as_ref().is_some_and(|name| name.name == "seed");
        if seed {
            scope.whole(&arg.value, "a seed", 0);
        } else {
            scope.bounded(&arg.value, "`hold`", Dimension::TIME, scales.time, POSITIVE);
        }
    }
}

/// A reference to a data set or a part of one.
pub fn data(scope: &mut Scope, expr: &Expr, datasets: &BTreeMap<String, Dataset>) -> Option<DataReference> {
    let value = scope.evaluate(expr)?;
    let ValueKind::Name(name) = &value.kind else {
        scope.wrong_type(expr.span, "`data`", "the name of a data set", &value.kind.words());
        return None;
    };
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
