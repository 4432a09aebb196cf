//! Splits into rows for training and rows for the test.

use std::collections::BTreeMap;

use nnrc_syntax::ast::Expr;
use nnrc_syntax::{Diagnostic, codes};

use crate::analyse::block::{bind, missing_argument};
use crate::model::{Dataset, Targets};
use crate::random::Random;
use crate::value::{Scope, ValueKind};

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

/// Splits rows into those that stay and a share that is held out, in each class by itself.
fn hold_out(targets: &Targets, rows: &[usize], share: f64, mut random: Random) -> (Vec<usize>, Vec<usize>) {
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for &row in rows {
        let class = if let Targets::Classes { labels, .. } = targets { labels[row] } else { 0 };
        groups.entry(class).or_default().push(row);
    }
    let (mut kept, mut held) = (Vec::new(), Vec::new());
    for mut group in groups.into_values() {
        random.shuffle(&mut group);
        let count = (group.len() as f64 * share).round() as usize;
        held.extend_from_slice(&group[..count]);
        kept.extend_from_slice(&group[count..]);
    }
    kept.sort_unstable();
    held.sort_unstable();
    (kept, held)
}

/// The same for rows of a data set.
pub fn stratified(dataset: &Dataset, rows: &[usize], share: f64, random: Random) -> (Vec<usize>, Vec<usize>) {
    hold_out(&dataset.targets, rows, share, random)
}
