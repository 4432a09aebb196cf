//! Values of `--input`: those that the network takes, or measurements that are scaled before.

use std::borrow::Cow;

use nnrc_model::Model;
use nnrc_model::interval::Interval;
use nnrc_sim::scaling::ColumnScale;
use nnrc_syntax::{Diagnostic, Severity, codes};

use crate::terminal::{Stop, Terminal};
use nnrc::Checked;

/// The values that the inputs get of those that the command line gives; `raw` says that these are measurements.
///
/// # Errors
///
/// Measurements of another number than the columns of the data, which is reported.
pub fn taken<'a>(
    terminal: &Terminal,
    loaded: &Checked,
    values: &'a [f64],
    raw: bool,
) -> Result<Cow<'a, [f64]>, Stop> {
    let Checked { source, model, .. } = loaded;
    let Some(scale) = model.input_scale() else {
        if raw && model.chemistry.fold_scale.is_none() {
            terminal.note("--raw changes nothing: the data of the file have no scale");
        }
        return Ok(values.into());
    };
    let data = model.data().map_or("", |(name, _)| name);
    if !raw {
        terminal.note(&format!(
            "--input gives scaled values, as `scale` of the data set `{data}` makes them; --raw takes measurements"
        ));
        return Ok(values.into());
    }
    if values.len() != scale.columns.len() {
        let message = format!(
            "--input gives {} measurements, `{data}` has {} columns",
            values.len(),
            scale.columns.len()
        );
        let finding =
            Diagnostic::global(Severity::Error, codes::SHAPE_MISMATCH, message).help(columns(model));
        return terminal.fail(source, finding);
    }
    let scaled = scale.apply(values);
    if let Some((at, range)) = model.outside_range(&scaled) {
        let column = scale.columns[at];
        let (low, high) = (column.undo(range.low), column.undo(range.high));
        let message = format!(
            "--input gives {} the measurement {}, outside its range [{}, {}]",
            name(model, at),
            values[at],
            low.min(high),
            high.max(low)
        );
        let finding = Diagnostic::global(Severity::Error, codes::INPUT_OUT_OF_RANGE, message)
            .help(format!(
                "it is scaled to {}, the network is declared for {} to {}",
                scaled[at], range.low, range.high
            ))
            .help("declare a wider range of the input, or scale with `minmax(0, 1, clip = true)`");
        return terminal.fail(source, finding);
    }
    Ok(scaled.into())
}

/// The ends of a declared range that holds a measurement as well, in scaled values. `range` is that of measurements.
pub fn wider(column: ColumnScale, range: Interval, value: f64) -> [f64; 2] {
    let scaled = column.apply(value);
    let ends = [range.low, range.high].map(|end| column.apply(end));
    let (low, high) = (ends[0].min(ends[1]), ends[0].max(ends[1]));
    // A measurement outside by rounding alone is scaled to the end.
    let scaled = if scaled < low { scaled } else { scaled.max(high) };
    // What was scaled back and forth is rounded to what was written.
    let size = (high - low).max((scaled - low).abs());
    let step = 10f64.powf(size.log10().floor() - 9.0);
    let written = |end: f64, more: f64| {
        let units = (end / step).round() + more;
        format!("{:.12e}", units * step + 0.0).parse().unwrap_or(end)
    };
    let end = |old: f64, more: f64| {
        let near = written(scaled, 0.0);
        let holds = Interval::hull([column.undo(old), column.undo(near)]).holds(value);
        if holds { near } else { written(scaled, more) }
    };
    if scaled < low { [end(high, -1.0), written(high, 0.0)] } else { [written(low, 0.0), end(low, 1.0)] }
}

/// What the columns are, in their order.
fn columns(model: &Model) -> String {
    let names = model.data().map(|(_, data)| data.input_names.as_slice()).unwrap_or_default();
    if names.is_empty() {
        format!("the network takes {} values", model.input_width())
    } else {
        format!("in this order: {}", names.join(", "))
    }
}

/// The name of a column, or of the input that holds it.
fn name(model: &Model, at: usize) -> String {
    let names = model.data().map(|(_, data)| data.input_names.as_slice()).unwrap_or_default();
    names.get(at).map_or_else(|| format!("input {}", at + 1), |name| format!("`{name}`"))
}
