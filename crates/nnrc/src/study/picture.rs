//! Accuracy, or r² of values, and loss over the size of the noise, one column of panels for each kind of noise.

use super::case::Case;
use super::results::Results;
use super::row::Row;
use crate::numbers::short;
use crate::plot::panels::{self, Column, Figure, Line};

/// More kinds than this are left to the table.
const MOST: usize = 6;

impl Results {
    /// A picture of the study.
    pub fn svg(&self) -> String {
        svg(&self.network, &self.rows)
    }
}

fn svg(network: &str, rows: &[Row]) -> String {
    let mut names: Vec<String> = Vec::new();
    let several_times = rows.iter().any(|row| row.time != rows[0].time);
    let name = |row: &Row| {
        if several_times { format!("{}, t = {}", row.network, short(row.time)) } else { row.network.clone() }
    };
    let mut kinds: Vec<Kind> = Vec::new();
    for row in rows {
        let name = name(row);
        if !names.contains(&name) {
            names.push(name);
        }
        if let Some(kind) = Kind::of(row.case, rows).filter(|kind| !kinds.contains(kind)) {
            kinds.push(kind);
        }
    }
    let columns = kinds.iter().take(MOST).map(|kind| {
        let line = |at: usize, thin: bool, value: &dyn Fn(&Row) -> f64| {
            let own = rows.iter().filter(|row| name(row) == names[at]);
            let mut points: Vec<(f64, f64)> = own
                .filter(|row| row.case.is_noiseless() || Kind::of(row.case, rows).as_ref() == Some(kind))
                .map(|row| (if row.case.is_noiseless() { 0.0 } else { kind.place(row.case) }, value(row)))
                .collect();
            points.sort_by(|a, b| a.0.total_cmp(&b.0));
            Line { name: at, thin, points }
        };
        let both = |mean: &dyn Fn(&Row) -> f64, worst: &dyn Fn(&Row) -> f64| -> Vec<Line> {
            let worst = (0..names.len()).map(|at| line(at, true, worst));
            worst.chain((0..names.len()).map(|at| line(at, false, mean))).collect()
        };
        let panels = vec![
            both(&|row| row.figures.score.mean, &|row| row.figures.score.worst),
            both(&|row| row.figures.loss.mean, &|row| row.figures.loss.worst),
        ];
        Column { title: kind.title.clone(), horizontal: kind.axis().to_owned(), panels }
    });
    let merit = rows.first().map_or("accuracy", |row| row.figures.merit.name());
    let columns = columns.collect();
    let rest = if kinds.len() > MOST {
        format!("; {} kinds more in the table", kinds.len() - MOST)
    } else {
        String::new()
    };
    let failed = if rows.iter().any(|row| row.figures.failed > 0) {
        match merit {
            "accuracy" => " Replicates that failed count as 0 in the accuracy and are left out of the loss.",
            _ => " Replicates that failed are left out.",
        }
    } else {
        ""
    };
    let worst =
        if rows.iter().any(|row| row.figures.replicates > 1) { " Thin: the worst of them." } else { "" };
    panels::svg(&Figure {
        title: format!("{network}: {merit} and loss against noise"),
        note: format!("Marked: mean of the replicates.{worst} At 0: without noise{rest}.{failed}"),
        names,
        verticals: vec![merit.to_owned(), "loss".to_owned()],
        columns,
    })
}

/// A kind of noise, of which one size varies.
#[derive(Debug, Clone, PartialEq)]
struct Kind {
    title: String,
    varies: Varies,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Varies {
    Rates,
    Concentrations,
    Molecules,
}

impl Kind {
    fn of(case: Case, rows: &[Row]) -> Option<Self> {
        let other = if case.molecules().is_some() { Varies::Molecules } else { Varies::Concentrations };
        let (rate, concentration) = (case.rate_kind(), case.concentration_kind());
        let (title, varies) = match (&rate, &concentration) {
            (None, None) => return None,
            (Some((kind, _)), None) => (format!("rate constants, {kind}"), Varies::Rates),
            (None, Some((kind, _))) => (format!("concentrations, {kind}"), other),
            (Some((rate_kind, size)), Some((kind, place))) => {
                // Of two sizes the rates' is drawn, unless there is only one of them.
                let sizes = rows.iter().filter_map(|row| row.case.rate_kind());
                let several = sizes.filter(|(other, _)| other == rate_kind).any(|(_, other)| other != *size);
                if several {
                    (format!("rates {rate_kind}, with {kind} {}", short(*place)), Varies::Rates)
                } else {
                    (format!("{kind}, with rates {rate_kind} {}", short(*size)), other)
                }
            }
        };
        Some(Self { title, varies })
    }

    /// Where a case of this kind is drawn.
    fn place(&self, case: Case) -> f64 {
        match self.varies {
            Varies::Rates => case.rate_kind().map_or(0.0, |(_, size)| size),
            Varies::Concentrations => case.concentration_kind().map_or(0.0, |(_, size)| size),
            Varies::Molecules => case.molecules().map_or(0.0, |n| 1.0 / n.sqrt()),
        }
    }

    fn axis(&self) -> &'static str {
        match self.varies {
            Varies::Rates | Varies::Concentrations => "size of the noise",
            Varies::Molecules => "1 / √(molecules of the concentration 1)",
        }
    }
}
