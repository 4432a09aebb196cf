//! `rule = sgd(rate = …)`: learning by the clock of the construction `phased`.

use nnrc_model::{ClockedSgd, Metric};
use nnrc_syntax::Severity;
use nnrc_syntax::ast::{Block, Expr};
use nnrc_syntax::{Diagnostic, codes};

use crate::block::Entries;
use crate::gradient_descent;
use crate::train_context::{Context, data, feed, refuse_in_silico_keys};
use crate::value::{Scope, ValueKind};

pub const EPOCHS: u64 = 1000;

/// Reads the `train` block of `rule = sgd(rate = …)`; none if there is no data or an error, which is reported.
pub fn analyse(
    scope: &mut Scope,
    block: &Block,
    entries: &Entries<'_>,
    context: &Context<'_>,
) -> Option<ClockedSgd> {
    let data = entries.get("data").and_then(|expr| data(scope, expr, "`data`", context.datasets));
    refuse_in_silico_keys(scope, entries);
    let data = data.or_else(|| gradient_descent::only_data(context));
    let rate = match entries.get("rule") {
        Some(expr) => match scope.evaluate(expr)?.kind {
            // The number itself is checked where every rule is.
            ValueKind::Call(call) if call.name.name == "sgd" => match call.args.first() {
                Some(arg) => scope.plain_number(&arg.value, "the learning rate").filter(|rate| *rate > 0.0),
                None => {
                    super::block::missing_argument(scope, &call, "rate", "sgd(rate = 4)");
                    None
                }
            },
            _ => None,
        },
        None => Some(1.0),
    };
    let cross_entropy =
        entries.get("loss").and_then(|expr| gradient_descent::loss(scope, expr)).unwrap_or(false);
    if let Some(expr) = entries.get("feed")
        && feed(scope, expr, context.scales).is_some_and(|feed| feed.shuffle.is_some())
    {
        shuffled(scope, expr);
    }
    for key in ["batch", "decay"] {
        if let Some(expr) = entries.get(key) {
            scope.report(
                Diagnostic::error(
                    codes::RULE_MISMATCH,
                    expr.span,
                    format!("the reactions of `phased` have no `{key}`"),
                )
                .label("every cycle is one step of one sample")
                .help("leave the line out"),
            );
        }
    }
    let epochs = match entries.get("epochs") {
        Some(expr) => scope.whole(expr, "`epochs`", 1),
        None => Some(EPOCHS),
    };
    let tolerance = tolerance(scope, block);
    let (Some(reference), Some(skeleton)) = (&data, context.skeleton) else {
        if data.is_none() && !entries.contains_key("data") {
            scope.report(
                Diagnostic::global(Severity::Error, codes::MISSING_ARGUMENT, "`train` names no data")
                    .help("write `data = name;` with the name of a data set"),
            );
        }
        return None;
    };
    let dataset = &context.datasets[&reference.dataset];
    let place = entries.get("data").map_or(dataset.span, |expr| expr.span);
    gradient_descent::check_targets(scope, place, reference, dataset, skeleton, false);
    let (epochs, rate) = (epochs? as usize, rate?);
    Some(ClockedSgd { data: data?, cross_entropy, rate, epochs, tolerance: tolerance? })
}

pub fn shuffled(scope: &mut Scope, expr: &Expr) {
    scope.report(
        Diagnostic::error(
            codes::RULE_MISMATCH,
            expr.span,
            "the order ring of `phased` presents samples in turn",
        )
        .label("no reaction draws lots")
        .help("write `feed = cycle();`"),
    );
}

/// The tolerance of `stop when error < tol`; `Some(None)` without one.
#[allow(clippy::option_option, reason = "an error, no judge, or a judge")]
pub fn tolerance(scope: &mut Scope, block: &Block) -> Option<Option<f64>> {
    let before = scope.reported;
    let stops = gradient_descent::stops(scope, block, false);
    if scope.reported > before {
        return None;
    }
    let entries: Vec<_> = super::block::stops(block).collect();
    let mut tolerance = None;
    for (stop, (path, _, bound)) in stops.iter().zip(entries) {
        let below = matches!(stop.comparison, nnrc_syntax::ast::Cmp::Less | nnrc_syntax::ast::Cmp::LessEqual);
        if stop.quantity != Metric::Error || !below || tolerance.is_some() {
            scope.report(
                Diagnostic::error(
                    codes::RULE_MISMATCH,
                    path.span,
                    "reactions judge one thing: whether the error of every sample is below a bound",
                )
                .label("no reaction judges this")
                .help("write `stop when error < 0.25;`"),
            );
            return None;
        }
        if stop.bound <= 0.0 || stop.bound > 1e3 {
            scope.report(
                Diagnostic::error(
                    codes::OUT_OF_RANGE,
                    bound.span,
                    format!("no output comes closer to its target than {}", stop.bound),
                )
                .label("expected a number greater than 0"),
            );
            return None;
        }
        tolerance = Some(stop.bound);
    }
    Some(tolerance)
}
