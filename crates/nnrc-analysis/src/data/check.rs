//! Whether the rows of the data sets fit the inputs of the network.

use std::collections::BTreeMap;

use nnrc_syntax::wording::{shown, words};
use nnrc_syntax::{Diagnostic, Span, codes};

use crate::outside_range;
use crate::skeleton::{Draft, DraftKind, Skeleton};
use crate::value::Scope;
use nnrc_model::Dataset;
use nnrc_model::interval::Interval;

/// Reports data whose width or values do not fit the inputs.
pub fn check(scope: &mut Scope, skeleton: &Skeleton, datasets: &BTreeMap<String, Dataset>) {
    let inputs = skeleton.inputs();
    let width: usize = inputs.iter().map(|node| node.width()).sum();
    for (name, data) in datasets {
        if data.width != width {
            scope.report(wrong_width(name, data.span, data.width, &inputs));
            continue;
        }
        check_names(scope, name, data, &inputs);
        let mut start = 0;
        for input in &inputs {
            if let DraftKind::Input { range: Some((range, span)) } = &input.kind {
                let own =
                    |row: usize| skeleton.scaled(data.input(row))[start..start + input.width()].to_vec();
                let outside = (0..data.rows()).find_map(|row| {
                    own(row).into_iter().find(|value| !range.holds(*value)).map(|value| (row, value))
                });
                if let Some((row, value)) = outside {
                    let all = (0..data.rows()).flat_map(own);
                    let hull = Interval::hull(all.chain([range.low, range.high]));
                    let mut finding =
                        outside_range(data.span, &input.name, value, (range.low, range.high), Some(*span));
                    finding.label = match &data.scale {
                        Some(_) => format!("row {} of `{name}`, after scaling", row + 1),
                        None => format!("row {} of `{name}`", row + 1),
                    };
                    let can_clip = skeleton.fold.is_none() && !data.train.contains(&row);
                    finding.help = advice(data, can_clip, input, *range, hull);
                    scope.report(finding);
                }
            }
            start += input.width();
        }
    }
}

/// Reports names of values that are those of other columns: what the names promise would reach another input.
fn check_names(scope: &mut Scope, name: &str, data: &Dataset, inputs: &[&Draft]) {
    let mut start = 0;
    for input in inputs {
        let (at, width) = (start, input.width());
        start += width;
        let Some(own) = data.input_names.get(at..at + width) else { return };
        let is_elsewhere =
            |(feature, own): (&String, &String)| feature != own && data.input_names.contains(feature);
        if !input.features.iter().zip(own).any(is_elsewhere) {
            continue;
        }
        let mut wanted = data.input_names.clone();
        wanted.splice(at..at + width, input.features.iter().cloned());
        let quoted =
            |names: &[String]| names.iter().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ");
        let said: Vec<&str> = input.features.iter().map(String::as_str).collect();
        let found: Vec<&str> = own.iter().map(String::as_str).collect();
        let finding = Diagnostic::error(
            codes::MISSING_COLUMN,
            input.span,
            format!(
                "the values of `{}` are called {}, and come from the columns {} of `{name}`",
                input.name,
                words(&said),
                words(&found)
            ),
        )
        .label("names of other columns")
        .other(data.span, "the data set");
        let mut sorted = [wanted.clone(), data.input_names.clone()];
        sorted.iter_mut().for_each(|names| names.sort_unstable());
        // The order can be said of the data where it is a matter of order alone.
        let finding = if sorted[0] == sorted[1] {
            finding.help(format!(
                "choose the columns in the order of the names: `inputs = [{}];`",
                quoted(&wanted)
            ))
        } else {
            finding.help("choose the columns in the order of the names, by `inputs = […];`")
        };
        scope.report(
            finding.help(format!(
                "or name the values in the order of the columns: `features([{}])`",
                quoted(own)
            )),
        );
    }
}

/// Rows of another width than the inputs of the network have together.
pub fn wrong_width(name: &str, span: Span, found: usize, inputs: &[&Draft]) -> Diagnostic {
    let width: usize = inputs.iter().map(|input| input.width()).sum();
    let found = if found == 1 { "1 input".to_owned() } else { format!("{found} inputs") };
    let finding = Diagnostic::error(
        codes::SHAPE_MISMATCH,
        span,
        format!("the rows of `{name}` have {found}, the network takes {width}"),
    )
    .label(format!("{found} in each row"));
    inputs
        .iter()
        .fold(finding, |finding, input| finding.other(input.span, format!("width {}", input.width())))
}

/// What to write where a row lies outside the range of an input; `hull` holds the range and all rows. Rows that the
/// scale was not fitted on can be clipped, unless the scale is folded into a matrix.
fn advice(data: &Dataset, can_clip: bool, input: &Draft, range: Interval, hull: Interval) -> Vec<String> {
    let mut helps = Vec::new();
    match &data.scale {
        None => helps.push("scale the data: `scale = minmax(0, 1);`".to_owned()),
        // Rows that the scale was not fitted on may lie anywhere.
        Some(scale) => {
            if let Some(ends) = scale.ends.filter(|ends| ends.iter().all(|end| range.holds(*end)))
                && can_clip
            {
                helps.push(format!(
                    "keep rows that the scale was not fitted on within its ends: `scale = minmax({}, {}, clip = true);`",
                    shown(ends[0]),
                    shown(ends[1])
                ));
            }
        }
    }
    let sizes: Vec<String> = input.shape.iter().map(usize::to_string).collect();
    let sizes = if sizes.is_empty() { String::new() } else { format!("[{}]", sizes.join(", ")) };
    let low = if hull.low < range.low { outward(hull.low, false) } else { shown(range.low) };
    let high = if hull.high > range.high { outward(hull.high, true) } else { shown(range.high) };
    helps.push(format!(
        "or declare a range that holds all rows: `input {}{sizes} in [{low}, {high}];`",
        input.name
    ));
    if let [only] = &mut helps[..] {
        *only = only.trim_start_matches("or ").to_owned();
    }
    helps
}

/// Three digits of an end of a range, rounded so that the range does not become smaller.
fn outward(end: f64, is_high: bool) -> String {
    if end == 0.0 {
        return shown(end);
    }
    let digits = 2 - end.abs().log10().floor() as i32;
    let step = 10f64.powi(digits);
    let units = if is_high { (end * step).ceil() } else { (end * step).floor() };
    // Read as it would be written: a division by the step is rounded once more.
    let rounded: f64 = format!("{units}e{}", -digits).parse().unwrap_or(end);
    let is_outside = if is_high { rounded >= end } else { rounded <= end };
    if rounded.is_finite() && is_outside { shown(rounded) } else { shown(end) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_rounded_outward() {
        for (end, is_high, expected) in [
            (1.07341, true, "1.08"),
            (-0.0423456, false, "-0.0424"),
            (-2.5, false, "-2.5"),
            (12345.6, true, "12400"),
            (-1e-9, false, "-1e-9"),
            (0.0, true, "0"),
            (1.7e308, true, "1.7e308"),
        ] {
            assert_eq!(outward(end, is_high), expected);
        }
    }
}
