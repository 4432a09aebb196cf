//! The `train` block: checked in full, run by the constructions that learn.

use crate::schema;
use crate::train_context::{Context, idle_hold};

use nnrc_syntax::ast::{Block, Expr};
use nnrc_syntax::{Diagnostic, Span, codes};

use crate::block::{self, Entries};
use crate::quantities::{POSITIVE, check_call};
use crate::units::Dimension;
use crate::value::{Scope, ValueKind};
use crate::{clocked_sgd, gradient_descent, gradient_flow};
use nnrc_model::Optimiser;
use nnrc_model::{Construction, Rule, Training};

/// The entries of the block, and the name of its rule, which decides the default construction.
pub fn read<'a>(scope: &mut Scope, block: &'a Block) -> (Entries<'a>, Option<String>) {
    let entries = block::read(scope, block, "train", &schema::TRAIN.names());
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
    context: &Context<'_>,
) -> Training {
    let Context { construction, scales, .. } = *context;
    let optimiser = match (&rule, entries.get("rule")) {
        (Some(rule), Some(expr)) => {
            check_rule(scope, rule, expr, construction);
            rule_arguments(scope, rule, expr)
        }
        (_, Some(_)) => None,
        (_, None) => Some(gradient_descent::ADAM),
    };
    if let Some(expr) = entries.get("feed").filter(|_| construction.is_phased())
        && !context.switched
    {
        idle_hold(scope, expr);
    }
    let rule = match construction {
        Construction::FixedPoint(_) => {
            gradient_descent::analyse(scope, block, &entries, optimiser, context).map(Rule::GradientDescent)
        }
        Construction::OnePot(settings) => {
            // The rate of another rule is another thing.
            let own = entries.get("rule").filter(|_| rule.as_deref() == Some("gradient_flow"));
            let rate = own.and_then(|expr| gradient_flow::rate(scope, expr, scales));
            gradient_flow::analyse(scope, block, span, &entries, (rate, &settings), context)
                .map(Rule::GradientFlow)
        }
        Construction::Phased(_) => {
            clocked_sgd::analyse(scope, block, &entries, context).map(Rule::ClockedSgd)
        }
    };
    Training { span, rule }
}

fn check_rule(scope: &mut Scope, rule: &str, expr: &Expr, construction: Construction) {
    let (needs, example) = match construction {
        Construction::FixedPoint(_) => ("gradient", "rule = gradient(adam(rate = 0.01));"),
        Construction::OnePot(_) => ("gradient_flow", "rule = gradient_flow(rate = 0.01);"),
        Construction::Phased(_) => ("sgd", "rule = sgd(rate = 4);"),
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
        // `gradient_flow` reads it.
        return None;
    }
    let argument = &call.args.first()?.value;
    if rule != "gradient" {
        scope.bounded(argument, "the learning rate", Dimension::NONE, 1.0, POSITIVE);
        return None;
    }
    gradient_descent::optimiser(scope, argument)
}
