//! Charts: curves over common times, as SVG for everybody and as data for the script.

use serde_json::{Value, json};

use super::decimate::{MOST, decimate};
use crate::compiled::Compiled;
use crate::meanings;
use crate::numbers::plural;
use crate::plot::{self, Curve};
use crate::time_course::{Column, ColumnKind, TimeCourse};

/// Curves of a page.
const MOST_CURVES: usize = 64;
/// Curves of a chart.
const MOST_OF_A_CHART: usize = 16;

/// Numbers of a time course beyond which it has fewer rows, but at least [`LEAST_POINTS`].
const MOST_NUMBERS: usize = 20_000_000;
/// Rows of the course of the widest networks.
const LEAST_POINTS: usize = 51;

/// Curves over common times.
pub struct Chart {
    /// What they are.
    pub title: String,
    /// Under the horizontal axis.
    pub horizontal: String,
    /// Beside the vertical one.
    pub vertical: String,
    /// Horizontal places.
    pub times: Vec<f64>,
    /// The curves, each with a value for each place.
    pub curves: Vec<Curve>,
}

impl Chart {
    /// As a picture.
    pub fn svg(&self) -> String {
        plot::svg(&plot::Plot {
            title: self.title.clone(),
            horizontal: self.horizontal.clone(),
            vertical: self.vertical.clone(),
            times: &self.times,
            curves: &self.curves,
        })
    }

    /// As data for the script, with six digits.
    pub fn json(&self) -> Value {
        let curves: Vec<Value> = self
            .curves
            .iter()
            .map(|curve| json!({ "name": curve.name, "values": rounded(&curve.values) }))
            .collect();
        json!({
            "title": self.title,
            "horizontal": self.horizontal,
            "vertical": self.vertical,
            "times": rounded(&self.times),
            "curves": curves,
        })
    }
}

fn rounded(values: &[f64]) -> Vec<Value> {
    let digits = |value: &f64| -> Value {
        let text = format!("{value:.5e}");
        text.parse::<f64>().map_or(Value::Null, crate::numbers::json)
    };
    values.iter().map(digits).collect()
}

/// As many rows of a time course as are wanted, or as fit.
pub fn rows(pot: &Compiled, wanted: usize) -> usize {
    wanted.min(MOST_NUMBERS / pot.lowered.info.species_count().max(1)).max(LEAST_POINTS)
}

/// A chart for each node, the output first, then for clock, error and weights; and what was left out, in words.
pub fn of_course(pot: &Compiled, course: &TimeCourse) -> (Vec<Chart>, String) {
    let meanings = meanings::of(&pot.model);
    let is_value = |column: &Column| column.kind != ColumnKind::Rail;
    let mut groups: Vec<(&str, Vec<usize>)> = course.groups(is_value);
    let output = &pot.model.nodes[pot.model.output].name;
    let rank = |columns: &[usize]| match columns.first().map(|&at| course.columns[at].kind) {
        Some(ColumnKind::Value(node)) if node == pot.model.output => 0,
        Some(ColumnKind::Value(node)) if pot.model.inputs().all(|(input, _)| input != node) => 1,
        Some(ColumnKind::Error) => 2,
        Some(ColumnKind::Clock) => 3,
        Some(ColumnKind::Weight) => 4,
        _ => 5,
    };
    groups.sort_by_key(|(_, columns)| rank(columns));
    let (mut charts, mut curves, mut left_out) = (Vec::new(), 0, 0);
    for (group, columns) in groups {
        let most = MOST_OF_A_CHART.min(MOST_CURVES - curves);
        left_out += columns.len().saturating_sub(most);
        let columns = &columns[..columns.len().min(most)];
        if columns.is_empty() {
            continue;
        }
        curves += columns.len();
        let all: Vec<Vec<f64>> = columns.iter().map(|&at| course.column(at).collect()).collect();
        let (times, all) = decimate(&course.times, &all);
        let curve = |(&at, values): (&usize, Vec<f64>)| {
            let column = &course.columns[at];
            Curve {
                name: meanings::legend(&meanings, column.name.clone()),
                group: column.group.clone(),
                values,
            }
        };
        let of = if group == output { " (output)" } else { "" };
        charts.push(Chart {
            title: format!("{group}{of}"),
            horizontal: pot.time_label(),
            vertical: pot.value_label(true),
            times,
            curves: columns.iter().zip(all).map(curve).collect(),
        });
    }
    let mut words = Vec::new();
    if left_out > 0 {
        words.push(format!("{} of wide layers are left out.", plural(left_out, "curve")));
    }
    if course.times.len() > MOST {
        let rows = plural(course.times.len(), "row");
        words.push(format!("Of {rows} the extremes of {} intervals are shown.", MOST / 2));
    }
    (charts, words.join(" "))
}
