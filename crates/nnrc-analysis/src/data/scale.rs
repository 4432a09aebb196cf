//! Scaling: `minmax(0, 1)`, `standard()`, `divide(16)`, fitted on the training rows only.

use std::collections::BTreeMap;

use nnrc_syntax::ast::{Call, Expr};
use nnrc_syntax::{Diagnostic, Span, codes};

use crate::block::{self, bind, missing_argument};
use crate::units::Dimension;
use crate::value::{Scope, ValueKind};
use nnrc_model::Dataset;
use nnrc_model::interval::Interval;
use nnrc_sim::scaling::{ColumnScale, Scaling};

/// What a `scale` asks for.
#[derive(Debug, Clone, Copy)]
enum Kind {
    /// From the smallest and largest of the training rows to the ends of a range.
    MinMax { ends: [f64; 2], clip: bool },
    /// To mean 0 and deviation 1 (of the population) over the training rows.
    Standard,
    /// All by one number.
    Divide(f64),
}

/// Values that are scaled together: the inputs or the targets of a data set.
pub struct Scaled<'a> {
    /// The key that asks for it.
    pub key: &'a str,
    /// Number of columns.
    pub width: usize,
    /// Their names; empty if they have none.
    pub names: &'a [String],
    /// All rows, one after another.
    pub values: &'a mut [f64],
    /// The rows that the constants are fitted on.
    pub train: &'a [usize],
}

/// A column varies by less than this share of its values if it holds little more than rounding.
const ROUNDING: f64 = 1e-10;

/// Scales values in place and returns how.
/// `before` are the data sets whose constants it may take.
pub fn scale(
    scope: &mut Scope,
    expr: &Expr,
    scaled: Scaled<'_>,
    before: &BTreeMap<String, Dataset>,
) -> Option<Scaling> {
    let call = call(scope, expr, scaled.key)?;
    if call.name.name == "like" {
        let like = like(scope, &call, &scaled, before)?;
        apply(scope, expr.span, scaled, &like)?;
        return Some(like);
    }
    let kind = read(scope, &call, scaled.key)?;
    let Scaled { key, width, train, .. } = scaled;
    let values = &*scaled.values;
    let mut columns = Vec::with_capacity(width);
    for at in 0..width {
        let column: Vec<f64> = train.iter().map(|row| values[row * width + at]).collect();
        let bounds = Interval::hull(column.iter().copied());
        columns.push(fit(kind, &column, bounds));
        let spread = bounds.high - bounds.low;
        let rounding = ROUNDING * bounds.low.abs().max(bounds.high.abs());
        if !matches!(kind, Kind::Divide(_)) {
            let name = column_name(scaled.names, at);
            if spread > 0.0 && spread < rounding {
                warn_of_rounding(scope, expr.span, &name, bounds);
            } else if spread == 0.0 && key == "target_scale" {
                scope.report(constant_target(expr.span, &name, bounds.low));
                return None;
            } else if spread == 0.0 {
                let other = (0..values.len() / width).find(|row| values[row * width + at] != bounds.low);
                if let Some(row) = other {
                    warn_of_constant(scope, expr.span, &name, bounds.low, (row, values[row * width + at]));
                }
            }
        }
    }
    let ends = match kind {
        Kind::MinMax { ends, .. } => Some(ends),
        Kind::Standard | Kind::Divide(_) => None,
    };
    let scaling = Scaling { columns, ends };
    apply(scope, expr.span, scaled, &scaling)?;
    Some(scaling)
}

/// Scales in place, and reports what goes beyond all numbers.
fn apply(scope: &mut Scope, span: Span, scaled: Scaled<'_>, scaling: &Scaling) -> Option<()> {
    let Scaled { width, names, values, .. } = scaled;
    for row in values.chunks_exact_mut(width) {
        row.iter_mut().zip(&scaling.columns).for_each(|(value, column)| *value = column.apply(*value));
    }
    if let Some(at) = values.iter().position(|value| !value.is_finite()) {
        let (name, row) = (column_name(names, at % width), at / width + 1);
        scope.report(
            Diagnostic::error(
                codes::NOT_FINITE,
                span,
                format!("scaling takes {name} of row {row} beyond all numbers"),
            )
            .label("numbers end at about 1.8e308")
            .help("choose another scale, or scale the data beforehand"),
        );
        return None;
    }
    Some(())
}

/// `like(train)`: the constants of a data set above.
fn like(
    scope: &mut Scope,
    call: &Call,
    scaled: &Scaled<'_>,
    before: &BTreeMap<String, Dataset>,
) -> Option<Scaling> {
    let args = bind(scope, call, &["data"])?;
    let Some(expr) = args[0] else {
        missing_argument(scope, call, "data", "like(train)");
        return None;
    };
    let value = scope.evaluate(expr)?;
    let ValueKind::Name(name) = &value.kind else {
        scope.wrong_type(expr.span, "`like`", "the name of a data set", &value.kind.words());
        return None;
    };
    let Some(other) = before.get(name) else {
        let names = before.keys().map(String::as_str);
        let finding = Diagnostic::error(
            codes::UNKNOWN_NAME,
            expr.span,
            format!("there is no data set `{name}` above this one"),
        )
        .label("whose constants?")
        .did_you_mean(scope.near(name, names));
        scope.report(finding);
        return None;
    };
    let own = if scaled.key == "scale" { &other.scale } else { &other.target_scale };
    let complaint = match own {
        Some(own) if own.columns.len() == scaled.width => return Some(own.clone()),
        Some(own) => format!("`{name}` scales {} columns, here are {}", own.columns.len(), scaled.width),
        None => format!("`{name}` has no `{}`", scaled.key),
    };
    scope.report(
        Diagnostic::error(codes::WRONG_TYPE, expr.span, complaint)
            .label("no constants to take")
            .other(other.span, "declared here"),
    );
    None
}

/// A target without a scale: outputs could not be compared with it.
fn constant_target(span: Span, name: &str, constant: f64) -> Diagnostic {
    Diagnostic::error(
        codes::WRONG_TYPE,
        span,
        format!("{name} is {constant:?} on all training rows, and a target that never changes has no scale"),
    )
    .label("nothing to scale")
    .help("leave the line out, or choose another split")
}

/// How messages call a column.
pub fn column_name(names: &[String], at: usize) -> String {
    names.get(at).map_or_else(|| format!("column {}", at + 1), |name| format!("column `{name}`"))
}

fn warn_of_rounding(scope: &mut Scope, span: Span, name: &str, bounds: Interval) {
    scope.report(
        Diagnostic::warning(
            codes::CONSTANT_COLUMN,
            span,
            format!(
                "{name} hardly changes: on the training rows it lies between {:?} and {:?}",
                bounds.low, bounds.high
            ),
        )
        .label("makes differences of the size of rounding as large as those of other columns")
        .help("leave the column out, unless its last digits mean something"),
    );
}

fn warn_of_constant(scope: &mut Scope, span: Span, name: &str, constant: f64, (row, other): (usize, f64)) {
    scope.report(
        Diagnostic::warning(
            codes::CONSTANT_COLUMN,
            span,
            format!(
                "{name} is {constant:?} on all training rows, and {other:?} in row {}: such values are not seen",
                row + 1
            ),
        )
        .label("makes one value of a column that never changes on the training rows")
        .help("leave the column out, or choose another split"),
    );
}

fn call(scope: &mut Scope, expr: &Expr, key: &str) -> Option<Call> {
    let value = scope.evaluate(expr)?;
    let ValueKind::Call(call) = value.kind else {
        let expected = "`minmax(0, 1)`, `standard()`, `divide(16)` or `like(train)`";
        scope.wrong_type(expr.span, &format!("`{key}`"), expected, &value.kind.words());
        return None;
    };
    Some(call)
}

fn read(scope: &mut Scope, call: &Call, key: &str) -> Option<Kind> {
    match call.name.name.as_str() {
        "minmax" => {
            let args = bind(scope, call, &["low", "high", "clip"])?;
            let mut ends = [0.0, 1.0];
            for (end, arg) in ends.iter_mut().zip(&args) {
                if let Some(arg) = arg {
                    *end = scope.plain_number(arg, "an end of the range")?;
                }
            }
            if ends[0] >= ends[1] {
                empty_range(scope, call.span, ends);
                return None;
            }
            let clip = match args[2] {
                Some(arg) if key == "target_scale" => {
                    scope.report(
                        Diagnostic::error(
                            codes::WRONG_TYPE,
                            arg.span,
                            "targets are what outputs are judged by, and stay as they are",
                        )
                        .label("would change them")
                        .help("leave `clip` out; it is for `scale`"),
                    );
                    return None;
                }
                Some(arg) => scope.choice(arg, "`clip`", &[("true", true), ("false", false)])?,
                None => false,
            };
            Some(Kind::MinMax { ends, clip })
        }
        "standard" => {
            bind(scope, call, &[])?;
            Some(Kind::Standard)
        }
        "divide" => {
            let args = bind(scope, call, &["by"])?;
            let Some(by) = args[0] else {
                missing_argument(scope, call, "by", "divide(16)");
                return None;
            };
            let bound: (&str, fn(f64) -> bool) = ("other than 0", |x| x != 0.0);
            Some(Kind::Divide(scope.bounded(by, "the divisor", Dimension::NONE, 1.0, bound)?))
        }
        _ => {
            block::unknown_call(scope, call, "scaling", &["minmax", "standard", "divide", "like"]);
            None
        }
    }
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

/// The scale of one column, whose training rows lie within `bounds`.
fn fit(kind: Kind, column: &[f64], bounds: Interval) -> ColumnScale {
    let (spread, seen) = (bounds.high - bounds.low, [bounds.low, bounds.high]);
    match kind {
        Kind::MinMax { ends: [low, high], clip } => ColumnScale {
            shift: bounds.low,
            factor: if spread > 0.0 { minmax_factor(spread, [low, high]) } else { 0.0 },
            start: low,
            clip: clip.then_some([low, high]),
            seen,
        },
        // The mean of equal numbers is rounded: the number itself is exact.
        Kind::Standard if spread == 0.0 => {
            ColumnScale { shift: bounds.low, factor: 0.0, start: 0.0, clip: None, seen }
        }
        Kind::Standard => {
            let (mean, deviation) = moments(column, bounds);
            ColumnScale { shift: mean, factor: 1.0 / deviation, start: 0.0, clip: None, seen }
        }
        Kind::Divide(by) => ColumnScale { shift: 0.0, factor: 1.0 / by, start: 0.0, clip: None, seen },
    }
}

/// The factor that takes a spread to the range of the ends, and no training row beyond its upper end by rounding.
fn minmax_factor(spread: f64, [low, high]: [f64; 2]) -> f64 {
    // A spread beyond all numbers has no factor, and its values are reported as such.
    let mut factor = if spread.is_finite() { (high - low) / spread } else { f64::NAN };
    while factor.is_finite() && factor > 0.0 && spread * factor + low > high {
        factor = factor.next_down();
    }
    factor
}

/// Mean and population deviation of a column that changes.
///
/// Sums are taken of the distances from the smallest value, relative to the spread: numbers of any size neither
/// cancel nor leave the range of numbers. The deviations are summed in a second pass, corrected for the rounding of
/// the mean (Chan, Golub and LeVeque, "Algorithms for computing the sample variance", The American Statistician 37,
/// 1983, equation 1.7).
fn moments(column: &[f64], bounds: Interval) -> (f64, f64) {
    let count = column.len() as f64;
    let spread = bounds.high - bounds.low;
    let unit = |value: &f64| (value - bounds.low) / spread;
    let mean = column.iter().map(unit).sum::<f64>() / count;
    let (mut squares, mut rest) = (0.0, 0.0);
    for value in column {
        let off = unit(value) - mean;
        squares += off * off;
        rest += off;
    }
    let variance = (squares - rest * rest / count) / count;
    (bounds.low + mean * spread, variance.sqrt() * spread)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Mean and deviation of the fit.
    fn standard(column: &[f64]) -> (f64, f64) {
        let scale = fit(Kind::Standard, column, Interval::hull(column.iter().copied()));
        (scale.shift, 1.0 / scale.factor)
    }

    fn near(found: f64, expected: f64) -> bool {
        (found - expected).abs() <= 1e-14 * expected.abs()
    }

    #[test]
    fn deviations_are_those_of_exact_arithmetic() {
        // By hand: √(2/3) of 0, 1, 2 wherever they begin, √1.25 of 0 to 3.
        for (column, mean, deviation) in [
            (vec![1e9, 1e9 + 1.0, 1e9 + 2.0], 1e9 + 1.0, (2.0f64 / 3.0).sqrt()),
            (vec![-4e15, -4e15 + 1.0, -4e15 + 2.0, -4e15 + 3.0], -4e15 + 1.5, 1.25f64.sqrt()),
            (vec![0.0, 1e-200, 2e-200], 1e-200, (2.0f64 / 3.0).sqrt() * 1e-200),
            (vec![0.0, 1e200, 2e200], 1e200, (2.0f64 / 3.0).sqrt() * 1e200),
            (vec![1.0, 1.0 + f64::EPSILON], 1.0, f64::EPSILON / 2.0),
        ] {
            let found = standard(&column);
            assert!(near(found.0, mean) && near(found.1, deviation), "{column:?}: {found:?}");
        }
    }

    #[test]
    fn a_column_that_never_changes_is_zero_whatever_comes_later() {
        // Three times 0.1 over 3 is not 0.1.
        for constant in [0.1, 5.8, -1e-300, 1e300] {
            let scale = fit(Kind::Standard, &[constant; 3], Interval::point(constant));
            assert_eq!((scale.apply(constant), scale.apply(1e308), scale.undo(0.0)), (0.0, 0.0, constant));
        }
    }

    #[test]
    fn training_rows_never_leave_the_range() {
        let mut exceeded = 0;
        for at in 1..2000 {
            let (low, high) = (0.1 * f64::from(at % 7), 0.3 + 0.7 * f64::from(at));
            let spread = high - low;
            exceeded += u32::from(spread * (0.8 / spread) + 0.1 > 0.9);
            let kind = Kind::MinMax { ends: [0.1, 0.9], clip: false };
            let scale = fit(kind, &[low, high], Interval::new(low, high));
            let top = scale.apply(high);
            assert!(scale.apply(low) == 0.1 && top <= 0.9 && top > 0.9 - 1e-15, "{low} {high}: {top}");
        }
        // The plain factor would leave it now and then.
        assert!(exceeded > 0);
    }
}
