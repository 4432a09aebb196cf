//! Chemistry beside closed form, layer by layer: what it comes to, and when.

use nnrc_lower::Course;
use nnrc_model::forward::forward;

use super::chart::rows;
use super::escape::escape;
use super::page;
use crate::compiled::Compiled;
use crate::numbers::short;
use crate::runner::NEAR;
use crate::time_course::ColumnKind;

/// Rows of the course by which times are read.
const POINTS: usize = 2001;

pub fn html(pot: &Compiled) -> String {
    let rest = match pot.settle() {
        Ok(rest) => rest,
        Err(failure) => {
            let why = failure.findings.first().map_or(String::new(), |finding| finding.message.clone());
            return format!("<p>{}</p>", escape(&why));
        }
    };
    let closed = forward(&pot.model, &pot.input);
    let rests = matches!(pot.lowered.course, Course::Rests);
    let times = if rests { times(pot, &rest.values) } else { None };
    let rows = pot.model.nodes.iter().enumerate().map(|(at, node)| {
        let pairs = rest.values[at].iter().zip(&closed[at]);
        let deviation = pairs.map(|(chemistry, closed)| (chemistry - closed).abs()).fold(0.0, f64::max);
        let time = times.as_ref().and_then(|times| times[at]).map_or(String::new(), short);
        vec![node.name.clone(), node.width().to_string(), short(deviation), time]
    });
    let when = if rests { "at rest" } else { "at the end of a cycle" };
    let title = format!("largest deviation {when}");
    let last = format!("within {NEAR} of rest from");
    let mut header = vec!["layer", "values", &title];
    let mut rows: Vec<Vec<String>> = rows.collect();
    if times.is_some() {
        header.push(&last);
    } else {
        rows.iter_mut().for_each(|row| row.truncate(3));
    }
    let input: Vec<String> = pot.input.iter().take(8).map(|value| short(*value)).collect();
    let more = if pot.input.len() > 8 { ", …" } else { "" };
    format!(
        "<p>For input [{}{more}], the chemistry beside the formulas of the network.</p>{}",
        input.join(", "),
        page::table(&header, &rows)
    )
}

/// When the values of each node have come near those of rest for good, to a row of a course; none where the course of the
/// file is another, or cannot be followed.
fn times(pot: &Compiled, rest: &[Vec<f64>]) -> Option<Vec<Option<f64>>> {
    let mut pot = pot.clone();
    let simulation = &mut pot.model.simulation;
    simulation.record = None;
    simulation.every = None;
    simulation.points = None;
    simulation.until = None;
    let course = pot.simulate(rows(&pot, POINTS), &mut ()).ok()?;
    let mut found = vec![None; rest.len()];
    for (node, values) in rest.iter().enumerate() {
        let columns: Vec<usize> = (0..course.columns.len())
            .filter(|&column| course.columns[column].kind == ColumnKind::Value(node))
            .collect();
        let is_far = |&row: &usize| {
            columns.iter().zip(values).any(|(&column, value)| (course.row(row)[column] - value).abs() > NEAR)
        };
        let first = (0..course.times.len()).rev().find(is_far).map_or(0, |row| row + 1);
        found[node] = course.times.get(first).copied();
    }
    Some(found)
}
