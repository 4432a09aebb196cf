//! The `dataset` items: rows, tables, arrays; targets, scaling, splits.

use std::collections::{BTreeMap, BTreeSet};

use nnrc_syntax::ast::{Block, Call, Expr, Ident};
use nnrc_syntax::{Diagnostic, Span, codes};

use crate::analyse::block::{self, bind, missing_argument};
use crate::analyse::columns::{self, Columns};
use crate::model::{Dataset, Targets};
use crate::random::Random;
use crate::resources::Resources;
use crate::value::{Scope, ValueKind};

/// Reads a data set; none if it has errors, which are reported. `input_names` are the inputs of the network.
pub fn analyse(
    scope: &mut Scope,
    resources: &dyn Resources,
    name: &Ident,
    source: &Call,
    block: Option<&Block>,
    input_names: &[&str],
) -> Option<Dataset> {
    let keys = ["inputs", "target", "scale", "split"];
    let entries = block.map(|block| block::read(scope, block, "dataset", &keys)).unwrap_or_default();
    let columns = match source.name.name.as_str() {
        "rows" => columns::rows(scope, source, input_names, &entries),
        "csv" | "tsv" => columns::table(scope, resources, source, &entries),
        "npz" => columns::arrays(scope, resources, source, &entries),
        "idx" => columns::idx(scope, resources, source, &entries),
        _ => {
            let sources = ["rows", "csv", "npz", "idx"];
            block::unknown_call(scope, source, "data source", &sources);
            None
        }
    }?;
    let Columns { width, mut inputs, targets } = columns;
    let rows = inputs.len() / width.max(1);
    if rows == 0 {
        scope.report(
            Diagnostic::error(
                codes::EMPTY_DATASET,
                name.span,
                format!("the data set `{}` has no rows", name.name),
            )
            .label("no rows")
            .help("give it at least one row"),
        );
        return None;
    }
    let (train, test) = match entries.get("split") {
        Some(expr) => split(scope, expr, rows, &targets)?,
        None => ((0..rows).collect(), Vec::new()),
    };
    if let Some(expr) = entries.get("scale") {
        scale(scope, expr, width, &mut inputs, &train)?;
        if let Some(at) = inputs.iter().position(|value| !value.is_finite()) {
            scope.report(
                Diagnostic::error(
                    codes::NOT_FINITE,
                    expr.span,
                    format!(
                        "scaling takes column {} of row {} beyond all numbers",
                        at % width + 1,
                        at / width + 1
                    ),
                )
                .label("numbers end at about 1.8e308")
                .help("choose another scale, or scale the data beforehand"),
            );
            return None;
        }
    }
    Some(Dataset { width, inputs: inputs.into(), targets, train, test, span: name.span })
}

/// `holdout(test = 0.3, seed = 7)`: stratified by class, seeded.
fn split(scope: &mut Scope, expr: &Expr, rows: usize, targets: &Targets) -> Option<(Vec<usize>, Vec<usize>)> {
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

/// `minmax(0, 1)`, `standard()`, `divide(16)`; fitted on the training rows only.
fn scale(scope: &mut Scope, expr: &Expr, width: usize, inputs: &mut [f64], train: &[usize]) -> Option<()> {
    let value = scope.evaluate(expr)?;
    let ValueKind::Call(call) = value.kind else {
        scope.wrong_type(
            expr.span,
            "`scale`",
            "`minmax(0, 1)`, `standard()` or `divide(16)`",
            &value.kind.words(),
        );
        return None;
    };
    // Each column becomes (x − shift) · factor + start.
    let mut column_maps: Vec<(f64, f64, f64)> = Vec::with_capacity(width);
    let column = |inputs: &[f64], at: usize| -> Vec<f64> {
        train.iter().map(|row| inputs[row * width + at]).collect()
    };
    match call.name.name.as_str() {
        "minmax" => {
            let args = bind(scope, &call, &["low", "high"])?;
            let mut ends = [0.0, 1.0];
            for (end, arg) in ends.iter_mut().zip(args) {
                if let Some(arg) = arg {
                    *end = scope.plain_number(arg, "an end of the range")?;
                }
            }
            if ends[0] >= ends[1] {
                empty_range(scope, call.span, ends);
                return None;
            }
            for at in 0..width {
                let values = column(inputs, at);
                let low = values.iter().copied().fold(f64::INFINITY, f64::min);
                let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                let factor = if high > low { (ends[1] - ends[0]) / (high - low) } else { 0.0 };
                column_maps.push((low, factor, ends[0]));
            }
        }
        "standard" => {
            bind(scope, &call, &[])?;
            for at in 0..width {
                let values = column(inputs, at);
                let mean = values.iter().sum::<f64>() / values.len() as f64;
                let variance =
                    values.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / values.len() as f64;
                column_maps.push((mean, if variance > 0.0 { 1.0 / variance.sqrt() } else { 0.0 }, 0.0));
            }
        }
        "divide" => {
            let args = bind(scope, &call, &["by"])?;
            let Some(by) = args[0] else {
                missing_argument(scope, &call, "by", "divide(16)");
                return None;
            };
            let bound: (&str, fn(f64) -> bool) = ("other than 0", |x| x != 0.0);
            let by = scope.bounded(by, "the divisor", crate::units::Dimension::NONE, 1.0, bound)?;
            inputs.iter_mut().for_each(|value| *value /= by);
            return Some(());
        }
        _ => {
            let scales = ["minmax", "standard", "divide"];
            block::unknown_call(scope, &call, "scaling", &scales);
            return None;
        }
    }
    for (at, value) in inputs.iter_mut().enumerate() {
        let (shift, factor, start) = column_maps[at % width];
        *value = (*value - shift) * factor + start;
    }
    Some(())
}

fn empty_range(scope: &mut Scope, span: Span, ends: [f64; 2]) {
    scope.report(
        Diagnostic::error(
            codes::OUT_OF_RANGE,
            span,
            format!("the range [{}, {}] is empty", ends[0], ends[1]),
        )
        .label("the lower end must be below the upper end"),
    );
}

/// Classes from words: sorted names, and the class of each row.
pub fn classes(words: &[String]) -> Targets {
    let names: Vec<String> = words.iter().cloned().collect::<BTreeSet<_>>().into_iter().collect();
    let labels = words.iter().map(|word| names.binary_search(word).unwrap_or(0)).collect();
    Targets::Classes { labels, names }
}
