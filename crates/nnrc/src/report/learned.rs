//! What a training and a study of noise left behind.

use super::chart::Chart;
use super::decimate::decimate;
use super::escape::escape;
use super::page;
use crate::numbers::{count, short};
use crate::plot::Curve;
use crate::table::Table;

/// Rows of a table on the page.
const MOST_ROWS: usize = 200;

/// Learning curves: losses and errors, and what is best at 1.
pub fn charts(table: &Table) -> Vec<Chart> {
    let column = |at: usize| -> Vec<f64> {
        table.rows.iter().map(|row| row[at].parse().unwrap_or(f64::NAN)).collect()
    };
    let Some(epoch) = table.header.iter().position(|name| name == "epoch") else { return Vec::new() };
    let is_score = |name: &str| name.contains("accuracy") || name.contains("r2");
    let is_place = |name: &str| matches!(name, "epoch" | "cycles" | "time" | "violations");
    let chart = |title: &str, wanted: &dyn Fn(&str) -> bool| {
        let columns: Vec<usize> = (0..table.header.len()).filter(|&at| wanted(&table.header[at])).collect();
        let all: Vec<Vec<f64>> = columns.iter().map(|&at| column(at)).collect();
        let (times, all) = decimate(&column(epoch), &all);
        let curve = |(&at, values): (&usize, Vec<f64>)| {
            let name = table.header[at].clone();
            Curve { group: name.clone(), name, values }
        };
        let curves: Vec<Curve> = columns.iter().zip(all).map(curve).collect();
        (!curves.is_empty() && !times.is_empty()).then(|| Chart {
            title: title.to_owned(),
            horizontal: "epoch".to_owned(),
            vertical: title.to_owned(),
            times,
            curves,
        })
    };
    let losses = chart("loss and errors", &|name| !is_score(name) && !is_place(name));
    losses.into_iter().chain(chart("scores", &is_score)).collect()
}

/// The rows of a study.
pub fn noise(name: &str, table: &Table) -> String {
    let cell = |cell: &String| cell.parse::<f64>().map_or_else(|_| cell.clone(), short);
    let rows: Vec<Vec<String>> =
        table.rows.iter().take(MOST_ROWS).map(|row| row.iter().map(cell).collect()).collect();
    let header: Vec<&str> = table.header.iter().map(String::as_str).collect();
    let left_out = table.rows.len().saturating_sub(MOST_ROWS);
    let more = if left_out > 0 {
        format!("<p class=\"out\">{} more rows are left out.</p>", count(left_out))
    } else {
        String::new()
    };
    format!("<p>From {}.</p>{}{more}", escape(name), page::table(&header, &rows))
}
