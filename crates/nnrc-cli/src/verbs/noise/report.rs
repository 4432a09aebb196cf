//! Rows of a study: means and worst replicates, as CSV, JSON and text.

use std::io::{self, Write};

use nnrc_model::{ConcentrationNoise, RateNoise, Redraw};
use nnrc_sim::io::table;
use nnrc_sim::train::Quantity;
use serde_json::{Value, json};

use super::study::{Case, Reading, Samples};
use nnrc::numbers::short;

/// The replicates of one network under one noise at one running time.
#[derive(Debug, Clone)]
pub struct Row {
    pub network: String,
    pub case: Case,
    pub time: f64,
    pub replicates: usize,
    /// Replicates whose concentrations left the range of numbers: they count as right in nothing, and in no loss.
    pub failed: usize,
    /// What tells most about outputs of their kind: the accuracy of classes, r² of values.
    pub merit: Quantity,
    pub score: Summary,
    pub loss: Summary,
    pub mse: Summary,
    pub mae: Summary,
    /// Largest difference of an output from that of the noiseless run.
    pub deviation: Summary,
    /// Change of the means against the network's own noiseless run.
    pub score_change: f64,
    pub loss_change: f64,
}

/// Mean and worst of the replicates.
#[derive(Debug, Clone, Copy)]
pub struct Summary {
    pub mean: f64,
    pub worst: f64,
}

impl Summary {
    fn of(values: &[f64], worse: fn(f64, f64) -> f64) -> Self {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        Self { mean, worst: values.iter().copied().reduce(worse).unwrap_or(f64::NAN) }
    }
}

impl Row {
    /// Takes the readings of all replicates together; none: one that failed.
    pub fn new(
        network: &str,
        (case, time): (Case, f64),
        readings: &[Option<Reading>],
        (samples, spread): (&Samples, f64),
        noiseless: Option<&Self>,
    ) -> Self {
        let metrics: Vec<_> =
            readings.iter().flatten().map(|reading| reading.totals.metrics(spread)).collect();
        let failed = readings.len() - metrics.len();
        let of = |quantity: Quantity| -> Vec<f64> {
            metrics.iter().map(|metrics| metrics.get(quantity)).collect()
        };
        let merit = if samples.measure.reading.has_classes() { Quantity::Accuracy } else { Quantity::R2 };
        let mut scores = of(merit);
        if merit == Quantity::Accuracy {
            scores.resize(readings.len(), 0.0);
        }
        let score = Summary::of(&scores, f64::min);
        let loss = Summary::of(&of(Quantity::Loss), f64::max);
        let deviations: Vec<f64> = readings.iter().flatten().map(|reading| reading.deviation).collect();
        Self {
            network: network.to_owned(),
            case,
            time,
            replicates: readings.len(),
            failed,
            merit,
            score,
            loss,
            mse: Summary::of(&of(Quantity::Mse), f64::max),
            mae: Summary::of(&of(Quantity::Mae), f64::max),
            deviation: Summary::of(&deviations, f64::max),
            score_change: noiseless.map_or(0.0, |own| score.mean - own.score.mean),
            loss_change: noiseless.map_or(0.0, |own| loss.mean - own.loss.mean),
        }
    }
}

/// Kind of noise in rate constants, and its size.
pub fn rates(noise: Option<RateNoise>) -> Option<(String, f64)> {
    let RateNoise { size, redraw, uniform } = noise?;
    let kind = match redraw {
        Redraw::Static => "static".to_owned(),
        Redraw::Presentation => "presentation".to_owned(),
        Redraw::OrnsteinUhlenbeck { tau, .. } => format!("ou(tau = {})", short(tau)),
    };
    Some((if uniform { format!("{kind}, uniform") } else { kind }, size))
}

/// Kind of noise in concentrations, and its size or the molecules of the concentration 1.
pub fn concentrations(noise: Option<ConcentrationNoise>) -> Option<(String, f64)> {
    Some(match noise? {
        ConcentrationNoise::Kicks { size, every } => (format!("kicks(every = {})", short(every)), size),
        ConcentrationNoise::Langevin { molecules, .. } => ("langevin".to_owned(), molecules),
        ConcentrationNoise::Stochastic { molecules } => ("ssa".to_owned(), molecules),
    })
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

/// Writes all rows.
pub fn csv(rows: &[Row], out: &mut dyn Write) -> io::Result<()> {
    let merit = rows.first().map_or(Quantity::Accuracy, |row| row.merit);
    let name = merit.name();
    let mut header: Vec<String> = RUN.iter().map(|name| (*name).to_owned()).collect();
    header.extend(["mean", "worst", "change"].map(|what| format!("{name}_{what}")));
    header.extend(["mean", "worst", "change"].map(|what| format!("loss_{what}")));
    let both = |name: &str| [format!("{name}_mean"), format!("{name}_worst")];
    header.extend(both("mse"));
    if merit == Quantity::R2 {
        header.extend(both("mae"));
    }
    header.extend(both("deviation"));
    writeln!(out, "{}", header.join(","))?;
    for row in rows {
        let (rates, rate_size) = split(rates(row.case.rates));
        let (kind, size) = split(concentrations(row.case.concentrations));
        let molecules = row.case.concentrations.is_some_and(|noise| noise.molecules().is_some());
        let (size, molecules) = if molecules { (String::new(), size) } else { (size, String::new()) };
        let mut cells = vec![quoted(&row.network), quoted(&rates), rate_size, quoted(&kind), size, molecules];
        cells.extend([table::number(row.time), row.replicates.to_string(), row.failed.to_string()]);
        let mut values = vec![row.score.mean, row.score.worst, row.score_change];
        values.extend([row.loss.mean, row.loss.worst, row.loss_change, row.mse.mean, row.mse.worst]);
        if merit == Quantity::R2 {
            values.extend([row.mae.mean, row.mae.worst]);
        }
        values.extend([row.deviation.mean, row.deviation.worst]);
        for value in values {
            // What no replicate reached is left empty.
            cells.push(if value.is_finite() { table::number(value) } else { String::new() });
        }
        writeln!(out, "{}", cells.join(","))?;
    }
    Ok(())
}

fn split(kind: Option<(String, f64)>) -> (String, String) {
    kind.map_or((String::new(), String::new()), |(kind, size)| (kind, table::number(size)))
}

fn quoted(cell: &str) -> String {
    if cell.contains([',', '"']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_owned() }
}

/// A row as a JSON object.
pub fn json(row: &Row) -> Value {
    let summary = |summary: Summary| json!({ "mean": summary.mean, "worst": summary.worst });
    let noise =
        |noise: Option<(String, f64)>| noise.map(|(kind, size)| json!({ "kind": kind, "size": size }));
    let mut object = json!({
        "network": row.network,
        "rates": noise(rates(row.case.rates)),
        "concentrations": noise(concentrations(row.case.concentrations)),
        "time": row.time,
        "replicates": row.replicates,
        "failed": row.failed,
        "loss": summary(row.loss),
        "loss_change": row.loss_change,
        "mse": summary(row.mse),
        "mae": summary(row.mae),
        "deviation": summary(row.deviation),
    });
    let name = row.merit.name();
    object[name] = summary(row.score);
    object[format!("{name}_change")] = json!(row.score_change);
    object
}

/// A noise in words.
pub fn words(case: Case) -> String {
    let rates = rates(case.rates).map(|(kind, size)| format!("rates {kind} {}", short(size)));
    let molecules = case.concentrations.is_some_and(|noise| noise.molecules().is_some());
    let concentrations = concentrations(case.concentrations).map(|(kind, size)| {
        if molecules {
            format!("{kind} {} molecules", short(size))
        } else {
            format!("{kind} {}", short(size))
        }
    });
    let both: Vec<String> = rates.into_iter().chain(concentrations).collect();
    if both.is_empty() { "none".to_owned() } else { both.join(", ") }
}

/// A table for people.
pub fn text(rows: &[Row]) -> String {
    let merit = rows.first().map_or(Quantity::Accuracy, |row| row.merit).name();
    let header = ["network", "noise", "time", merit, "worst", "change", "loss", "worst", "change", "failed"];
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
            words(row.case),
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
