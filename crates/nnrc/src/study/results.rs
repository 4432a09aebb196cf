//! All rows of a study, as text and as CSV.

use nnrc_sim::io::table;
use nnrc_sim::train::Metric;

use super::case::Case;
use super::figures::Figures;
use super::halting::Halts;
use super::row::Row;
use crate::numbers::short;
use crate::table::{Table, finite};

/// What a study found.
#[derive(Debug, Clone)]
pub struct Results {
    /// The network of the file.
    pub network: String,
    /// Networks, noises and running times; the noiseless rows of a network are the first of it.
    pub rows: Vec<Row>,
}

impl Results {
    /// All rows as CSV.
    pub fn csv(&self) -> String {
        self.table().csv()
    }

    /// All rows as a table of text.
    pub fn table(&self) -> Table {
        let merit = self.rows.first().map_or(Metric::Accuracy, |row| row.figures.merit);
        let row = |row: &Row| line(&Label::of(&row.network, row.case), row.time, &row.figures);
        let halts = self.rows.iter().any(|row| row.figures.halts.is_some());
        Table::filled(header(merit, halts), self.rows.iter().map(row).collect())
    }

    /// A table for people.
    pub fn text(&self) -> String {
        let rows = &self.rows;
        let merit = rows.first().map_or(Metric::Accuracy, |row| row.figures.merit).name();
        let mut header: Vec<String> =
            ["network", "noise", "time", merit, "worst", "change", "loss", "worst", "change", "failed"]
                .map(str::to_owned)
                .to_vec();
        let halts = rows.iter().any(|row| row.figures.halts.is_some());
        if halts {
            header.extend(["halted", "falsely", "cycle", "last", "error", "worst"].map(str::to_owned));
        }
        let columns = header.len();
        let mut table = vec![header];
        for row in rows {
            // Where every replicate failed there is no loss.
            let loss = |value: f64| if value.is_finite() { short(value) } else { "–".to_owned() };
            let score = |value: f64| if value.is_finite() { format!("{value:.4}") } else { "–".to_owned() };
            let change = |value: f64| match value.is_finite() {
                _ if row.case.is_noiseless() => String::new(),
                true => format!("{value:+.4}"),
                false => "–".to_owned(),
            };
            let mut cells = vec![
                row.network.clone(),
                row.case.words(),
                short(row.time),
                score(row.figures.score.mean),
                score(row.figures.score.worst),
                change(row.figures.score_change),
                loss(row.figures.loss.mean),
                loss(row.figures.loss.worst),
                change(row.figures.loss_change),
                if row.figures.failed == 0 { String::new() } else { row.figures.failed.to_string() },
            ];
            if let Some(halts) = row.figures.halts {
                cells.extend([
                    format!("{} of {}", halts.halted, row.figures.replicates),
                    halts.falsely.to_string(),
                ]);
                let Halts { cycles, error, .. } = halts;
                cells.extend([cycles.mean, cycles.worst, error.mean, error.worst].map(loss));
            }
            cells.resize(columns, String::new());
            table.push(cells);
        }
        let widths: Vec<usize> = (0..columns)
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

/// The names of the columns, for outputs of which this tells most.
pub(super) fn header(merit: Metric, halts: bool) -> Vec<String> {
    let name = merit.name();
    let mut header: Vec<String> = Label::HEADER.iter().map(|name| (*name).to_owned()).collect();
    header.extend(["time", "replicates", "failed"].map(str::to_owned));
    header.extend(["mean", "worst", "change"].map(|what| format!("{name}_{what}")));
    header.extend(["mean", "worst", "change"].map(|what| format!("loss_{what}")));
    let both = |name: &str| [format!("{name}_mean"), format!("{name}_worst")];
    header.extend(both("mse"));
    if merit == Metric::R2 {
        header.extend(both("mae"));
    }
    header.extend(both("deviation"));
    if halts {
        header.extend(Halts::HEADER.map(str::to_owned));
    }
    header
}

/// The cells of a row.
pub(super) fn line(label: &Label, time: f64, figures: &Figures) -> Vec<String> {
    let mut cells = label.0.to_vec();
    cells.extend([table::number(time), figures.replicates.to_string(), figures.failed.to_string()]);
    let mut values = vec![figures.score.mean, figures.score.worst, figures.score_change];
    values.extend([figures.loss.mean, figures.loss.worst, figures.loss_change]);
    values.extend([figures.mse.mean, figures.mse.worst]);
    if figures.merit == Metric::R2 {
        values.extend([figures.mae.mean, figures.mae.worst]);
    }
    values.extend([figures.deviation.mean, figures.deviation.worst]);
    // What no replicate reached is left empty.
    cells.extend(values.into_iter().map(finite));
    if let Some(halts) = figures.halts {
        cells.extend([halts.halted.to_string(), halts.falsely.to_string()]);
        let Halts { cycles, error, .. } = halts;
        cells.extend([cycles.mean, cycles.worst, error.mean, error.worst].map(finite));
    }
    cells
}

/// What says which network and which noise a row is of, as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Label(pub [String; 6]);

impl Label {
    /// The names of its columns.
    pub const HEADER: [&str; 6] =
        ["network", "rates", "rate_size", "concentrations", "concentration_size", "molecules"];

    /// The label of a noise on a network.
    pub fn of(network: &str, case: Case) -> Self {
        let split = |kind: Option<(String, f64)>| {
            kind.map_or((String::new(), String::new()), |(kind, size)| (kind, table::number(size)))
        };
        let (rates, rate_size) = split(case.rate_kind());
        let (kind, size) = split(case.concentration_kind());
        let (size, molecules) =
            if case.molecules().is_some() { (String::new(), size) } else { (size, String::new()) };
        Self([network.to_owned(), rates, rate_size, kind, size, molecules])
    }

    /// Whether nothing is disturbed.
    pub fn is_noiseless(&self) -> bool {
        self.0[1].is_empty() && self.0[3].is_empty()
    }
}
