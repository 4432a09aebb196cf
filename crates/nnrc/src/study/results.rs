//! All rows of a study, as text and as CSV.

use nnrc_sim::io::table;
use nnrc_sim::train::Metric;

use super::row::Row;
use crate::numbers::short;

/// What a study found.
#[derive(Debug, Clone)]
pub struct Results {
    /// The network of the file.
    pub network: String,
    /// Networks, noises and running times; the noiseless rows of a network are the first of it.
    pub rows: Vec<Row>,
}

/// The columns that say which run a row is of.
const RUN: &[&str] = &[
    "network",
    "rates",
    "rate_size",
    "concentrations",
    "concentration_size",
    "molecules",
    "time",
    "replicates",
    "failed",
];

impl Results {
    /// All rows as CSV.
    pub fn csv(&self) -> String {
        let rows = &self.rows;
        let merit = rows.first().map_or(Metric::Accuracy, |row| row.merit);
        let name = merit.name();
        let mut header: Vec<String> = RUN.iter().map(|name| (*name).to_owned()).collect();
        header.extend(["mean", "worst", "change"].map(|what| format!("{name}_{what}")));
        header.extend(["mean", "worst", "change"].map(|what| format!("loss_{what}")));
        let both = |name: &str| [format!("{name}_mean"), format!("{name}_worst")];
        header.extend(both("mse"));
        if merit == Metric::R2 {
            header.extend(both("mae"));
        }
        header.extend(both("deviation"));
        let mut out = header.join(",") + "\n";
        for row in rows {
            let (rates, rate_size) = split(row.case.rate_kind());
            let (kind, size) = split(row.case.concentration_kind());
            let molecules = row.case.molecules().is_some();
            let (size, molecules) = if molecules { (String::new(), size) } else { (size, String::new()) };
            let mut cells =
                vec![quoted(&row.network), quoted(&rates), rate_size, quoted(&kind), size, molecules];
            cells.extend([table::number(row.time), row.replicates.to_string(), row.failed.to_string()]);
            let mut values = vec![row.score.mean, row.score.worst, row.score_change];
            values.extend([row.loss.mean, row.loss.worst, row.loss_change, row.mse.mean, row.mse.worst]);
            if merit == Metric::R2 {
                values.extend([row.mae.mean, row.mae.worst]);
            }
            values.extend([row.deviation.mean, row.deviation.worst]);
            for value in values {
                // What no replicate reached is left empty.
                cells.push(if value.is_finite() { table::number(value) } else { String::new() });
            }
            out += &(cells.join(",") + "\n");
        }
        out
    }

    /// A table for people.
    pub fn text(&self) -> String {
        let rows = &self.rows;
        let merit = rows.first().map_or(Metric::Accuracy, |row| row.merit).name();
        let header =
            ["network", "noise", "time", merit, "worst", "change", "loss", "worst", "change", "failed"];
        let mut table = vec![header.map(str::to_owned)];
        for row in rows {
            // Where every replicate failed there is no loss.
            let loss = |value: f64| if value.is_finite() { short(value) } else { "–".to_owned() };
            let score = |value: f64| if value.is_finite() { format!("{value:.4}") } else { "–".to_owned() };
            let change = |value: f64| match value.is_finite() {
                _ if row.case.is_noiseless() => String::new(),
                true => format!("{value:+.4}"),
                false => "–".to_owned(),
            };
            table.push([
                row.network.clone(),
                row.case.words(),
                short(row.time),
                score(row.score.mean),
                score(row.score.worst),
                change(row.score_change),
                loss(row.loss.mean),
                loss(row.loss.worst),
                change(row.loss_change),
                if row.failed == 0 { String::new() } else { row.failed.to_string() },
            ]);
        }
        let widths: Vec<usize> = (0..header.len())
            .map(|column| table.iter().map(|row| row[column].chars().count()).max().unwrap_or(0))
            .collect();
        let mut text = String::new();
        for row in &table {
            let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, &width))| {
                if column < 2 { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
            });
            let line: Vec<String> = cells.collect();
            text.push_str(line.join("  ").trim_end());
            text.push('\n');
        }
        text
    }
}

fn split(kind: Option<(String, f64)>) -> (String, String) {
    kind.map_or((String::new(), String::new()), |(kind, size)| (kind, table::number(size)))
}

fn quoted(cell: &str) -> String {
    if cell.contains([',', '"']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_owned() }
}
