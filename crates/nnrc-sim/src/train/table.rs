//! The course of a training as a table.

use super::metrics::{Metric, Metrics};
use super::state::{Record, State};

/// A row of numbers for each epoch of a state, and the names of the columns.
pub fn table(state: &State) -> (Vec<String>, Vec<Vec<f64>>) {
    let classed = state.history.iter().any(|record| record.train.accuracy.is_some());
    let reported = Metric::reported(classed);
    let mut header = vec!["epoch".to_owned(), "rate".to_owned()];
    header.extend(reported.iter().map(|metric| metric.name().to_owned()));
    let validated = state.history.iter().any(|record| record.validation.is_some());
    if validated {
        header.extend(reported.iter().map(|metric| format!("validation_{}", metric.name())));
    }
    let row = |record: &Record| {
        let of = |metrics: Metrics| reported.iter().map(move |metric| metrics.get(*metric));
        let mut row = vec![record.epoch as f64, record.rate];
        row.extend(of(record.train));
        row.extend(record.validation.map(of).into_iter().flatten());
        row
    };
    (header, state.history.iter().map(row).collect())
}
