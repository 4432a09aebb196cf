//! Splits into rows for training and rows for the test.

use nnrc_syntax::ast::Expr;
use nnrc_syntax::{Diagnostic, codes};

use crate::block::{bind, missing_argument};
use crate::value::{Scope, ValueKind};
use nnrc_model::random::Random;
use nnrc_model::{Targets, hold_out};

/// `holdout(test = 0.3, seed = 7)`: stratified by class, seeded.
pub fn read(
    scope: &mut Scope,
    expr: &Expr,
    rows: usize,
    targets: &Targets,
) -> Option<(Vec<usize>, Vec<usize>)> {
    let value = scope.evaluate(expr)?;
    let call = match value.kind {
        ValueKind::Call(call) if call.name.name == "holdout" => call,
        other => {
            scope.wrong_type(expr.span, "`split`", "`holdout(test = 0.3, seed = 1)`", &other.words());
            return None;
        }
    };
    let args = bind(scope, &call, &["test", "seed"])?;
    let (Some(share), Some(seed)) = (args[0], args[1]) else {
        let missing = if args[0].is_none() { "test" } else { "seed" };
        missing_argument(scope, &call, missing, "holdout(test = 0.3, seed = 1)");
        return None;
    };
    let bound: (&str, fn(f64) -> bool) = ("between 0 and 1", |x| x > 0.0 && x < 1.0);
    let share = scope.bounded(share, "the share of test rows", crate::units::Dimension::NONE, 1.0, bound)?;
    let random = Random::new(scope.whole(seed, "a seed", 0)?);
    let (train, test) = hold_out(targets, &(0..rows).collect::<Vec<_>>(), share, random);
    if train.is_empty() || test.is_empty() {
        scope.report(
            Diagnostic::error(
                codes::EMPTY_DATASET,
                expr.span,
                format!(
                    "of {rows} rows, {} are left for training and {} for the test",
                    train.len(),
                    test.len()
                ),
            )
            .label("leaves one part empty")
            .help("choose another share, or leave `split` out"),
        );
        return None;
    }
    Some((train, test))
}
