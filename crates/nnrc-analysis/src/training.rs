//! The `train` block: checked in full, run by the constructions that learn.

use crate::train_context::Surroundings;
use crate::train_context::data;
use crate::train_context::feed;
use crate::train_context::idle_hold;
use crate::train_context::refuse_descent_keys;

use nnrc_syntax::ast::{Block, Expr};
use nnrc_syntax::{Diagnostic, Span, codes};

use crate::block::{self, Entries};
use crate::quantities::{NOT_NEGATIVE, POSITIVE, check_call};
use crate::units::Dimension;
use crate::value::{Scope, ValueKind};
use crate::{descent, flow};
use nnrc_model::Optimiser;
use nnrc_model::{Construction, Training};

const KEYS: &[&str] =
    &["data", "validation", "loss", "rule", "feed", "epochs", "batch", "decay", "schedule", "patience"];

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
    let phased = crate::sgd::training(scope, block, &entries, data.clone(), surroundings);
    Training { span, data, rule, descent: None, flow: None, phased }
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
