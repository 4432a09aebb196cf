//! Time courses as pictures.

use nnrc_crn::Feed;
use nnrc_model::Model;
use nnrc_sbml::UnitSystem;

use crate::compiled::Compiled;
use crate::meanings;
use crate::numbers::{plural, short};
use crate::plot::{self, Curve};
use crate::time_course::{Column, ColumnKind, TimeCourse};

/// Rows of a course that is drawn, where the file does not say: with fewer corners would be seen.
pub const CURVE_POINTS: usize = 1001;

/// Courses of more cycles than this show weights instead of the clock.
const CLOCK_SHOWN: f64 = 4.0;

impl Compiled {
    /// A time course of this pot as SVG: the values of its layers, or of the nodes that the file records; of a pot with
    /// a clock that as well, or over many cycles the weights.
    pub fn picture(&self, course: &TimeCourse) -> String {
        let meanings = meanings::of(&self.model);
        let end = course.times.last().copied().unwrap_or(0.0);
        let cycles = self.lowered.clocked().map(|clocked| end / clocked.period(&self.lowered.info));
        let is_long = cycles.is_some_and(|cycles| cycles > CLOCK_SHOWN);
        let shown = |(_, column): &(usize, &Column)| match column.kind {
            ColumnKind::Rail => false,
            // Inputs that are held are constant, and those of a pot with a clock stand beside what is made of them.
            ColumnKind::Value(node) => {
                self.model.simulation.record.is_some() || self.model.inputs().all(|(input, _)| input != node)
            }
            ColumnKind::Clock => !is_long,
            ColumnKind::Error => true,
            ColumnKind::Weight => is_long,
        };
        let columns: Vec<(usize, &Column)> = course.columns.iter().enumerate().filter(shown).collect();
        let curve = |&(at, column): &(usize, &Column)| Curve {
            name: meanings::legend(&meanings, column.name.clone()),
            group: column.group.clone(),
            values: course.column(at).collect(),
        };
        let curves: Vec<Curve> = columns.iter().map(curve).collect();
        let title = match (cycles, &self.lowered.crn.protocol.feed) {
            (Some(cycles), _) => {
                format!("{}, {}", self.model.name, plural(cycles.round().max(1.0) as usize, "cycle"))
            }
            (None, Some(feed)) => presented(&self.model, feed, end),
            (None, None) => with_input(&self.model, &self.input),
        };
        let has_differences = columns.iter().any(|(_, column)| self.is_difference(column));
        plot::svg(&plot::Plot {
            title,
            horizontal: self.time_label(),
            vertical: self.value_label(has_differences),
            times: &course.times,
            curves: &curves,
        })
    }

    /// Whether a column is a difference of concentrations.
    fn is_difference(&self, column: &Column) -> bool {
        match column.kind {
            ColumnKind::Rail | ColumnKind::Clock => false,
            ColumnKind::Value(node) => !self.lowered.value(node).negative.is_empty(),
            ColumnKind::Error | ColumnKind::Weight => true,
        }
    }

    /// The axis of times, in the unit of the network.
    pub(crate) fn time_label(&self) -> String {
        let units = UnitSystem::new(&self.lowered.crn.units).ok();
        with_unit("time", units.and_then(|units| units.time_words()))
    }

    /// The axis of values. A value of two rails is a difference of concentrations and may be below 0.
    pub(crate) fn value_label(&self, has_differences: bool) -> String {
        let units = UnitSystem::new(&self.lowered.crn.units).ok();
        let what = if has_differences { "value" } else { "concentration" };
        with_unit(what, units.and_then(|units| units.concentration_words()))
    }
}

/// Title of the course of a pot to which samples are presented.
fn presented(model: &Model, feed: &Feed, until: f64) -> String {
    let count = (until / feed.hold - 1e-9).ceil().max(1.0) as usize;
    format!("{}, {} of {} each", model.name, plural(count, "presentation"), short(feed.hold))
}

/// Title of the course for one input.
fn with_input(model: &Model, input: &[f64]) -> String {
    let shown: Vec<String> = input.iter().take(8).map(|value| short(*value)).collect();
    let more = if input.len() > shown.len() { ", …" } else { "" };
    format!("{} for input [{}{more}]", model.name, shown.join(", "))
}

fn with_unit(what: &str, unit: Option<String>) -> String {
    match unit {
        None => what.to_owned(),
        Some(unit) => format!("{what} ({})", unit.replace('u', "µ")),
    }
}
