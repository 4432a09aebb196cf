//! What all samples of a data set together say: accuracy and confusion, or errors of values.

use std::fmt::Write;

use nnrc_model::output::Judging;
use nnrc_sim::reading::Reading;
use nnrc_sim::train::{Metrics, Totals};
use serde_json::{Value, json};

use crate::numbers::{count, json as number, plural, short};

/// Classes of a confusion table that is shown to people; a larger one is no table any more.
const SHOWN: usize = 20;

/// The judged samples.
pub struct Summary<'a> {
    judging: &'a Judging,
    totals: Totals,
    metrics: Metrics,
    /// How often each true class (first index) was answered by each class (second).
    confusion: Vec<Vec<usize>>,
    /// Samples of which several outputs are the largest: wrong, whatever class is named.
    ties: usize,
}

impl<'a> Summary<'a> {
    /// Judges outputs by their targets, in the units of the network.
    pub fn new(judging: &'a Judging, outputs: &[Vec<f64>], targets: &[Vec<f64>]) -> Self {
        let reading = judging.reading();
        let classes = match reading {
            Reading::Classes => outputs.first().map_or(0, Vec::len),
            Reading::Binary { .. } => 2,
            Reading::Values => 0,
        };
        let (mut totals, mut ties) = (Totals::default(), 0);
        let mut confusion = vec![vec![0; classes]; classes];
        for (output, target) in outputs.iter().zip(targets) {
            totals.add_sample(&judging.measure, 0.0, output, target);
            if let (Some(answer), Some(wanted)) = (reading.class(output), reading.wanted(target)) {
                confusion[wanted][answer] += 1;
                ties += usize::from(answer == wanted && reading.is_right(output, target) == Some(false));
            }
        }
        let metrics = totals.metrics(judging.measure.spread(targets.iter().map(Vec::as_slice)));
        Self { judging, totals, metrics, confusion, ties }
    }

    /// For people.
    pub fn text(&self) -> String {
        let Metrics { mse, mae, r2, accuracy, .. } = self.metrics;
        let Some(accuracy) = accuracy else {
            let r2 = r2.map_or(String::new(), |r2| format!(", r2 {}", short(r2)));
            let samples = plural(self.totals.samples, "sample");
            return format!("{samples}: mse {}, mae {}{r2}", short(mse), short(mae));
        };
        let mut text = format!(
            "accuracy {} ({} of {})",
            short(accuracy),
            count(self.totals.right),
            count(self.totals.classed)
        );
        if self.ties > 0 {
            // Writing to a string cannot fail.
            let _ = write!(text, "; {} without a single largest output, which is wrong", self.ties);
        }
        if self.confusion.len() <= SHOWN {
            text.push_str(&self.table());
        }
        text
    }

    /// The confusion table: a row for each true class, a column for each answer.
    fn table(&self) -> String {
        let names: Vec<String> = (0..self.confusion.len()).map(|at| self.judging.class_name(at)).collect();
        let first = names.iter().map(|name| name.chars().count()).chain(["true".len()]).max().unwrap_or(0);
        let width = |at: usize| {
            let digits = self.confusion.iter().map(|row| count(row[at]).len()).max().unwrap_or(0);
            names[at].chars().count().max(digits)
        };
        let mut text = format!("\n{:first$}", "true");
        for (at, name) in names.iter().enumerate() {
            let _ = write!(text, "  {name:>width$}", width = width(at));
        }
        for (name, row) in names.iter().zip(&self.confusion) {
            let _ = write!(text, "\n{name:first$}");
            for (at, number) in row.iter().enumerate() {
                let _ = write!(text, "  {:>width$}", count(*number), width = width(at));
            }
        }
        text
    }

    /// For programs.
    pub fn json(&self) -> Value {
        let Metrics { mse, mae, r2, accuracy, .. } = self.metrics;
        let mut summary = json!({
            "samples": self.totals.samples,
            "output": match self.judging.reading() {
                Reading::Classes => "classes",
                Reading::Binary { .. } => "binary",
                Reading::Values => "values",
            },
        });
        match accuracy {
            Some(accuracy) => {
                let names: Vec<String> =
                    (0..self.confusion.len()).map(|at| self.judging.class_name(at)).collect();
                summary["accuracy"] = number(accuracy);
                summary["right"] = json!(self.totals.right);
                summary["ties"] = json!(self.ties);
                summary["classes"] = json!(names);
                summary["confusion"] = json!(self.confusion);
            }
            None => {
                summary["mse"] = number(mse);
                summary["mae"] = number(mae);
                summary["r2"] = json!(r2.map(number));
            }
        }
        json!({ "summary": summary })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nnrc_sim::reading::Measure;

    #[test]
    fn confusion_counts_answers_by_the_true_class() {
        let judging = Judging {
            measure: Measure::of(Reading::Classes),
            names: vec!["a".to_owned(), "bee".to_owned()],
            scaling: None,
        };
        let outputs = [[0.9, 0.1], [0.2, 0.8], [0.7, 0.3], [0.5, 0.5]].map(|row| row.to_vec());
        let targets = [[1.0, 0.0], [0.0, 1.0], [0.0, 1.0], [1.0, 0.0]].map(|row| row.to_vec());
        let summary = Summary::new(&judging, &outputs, &targets);
        assert_eq!(
            summary.text(),
            "accuracy 0.5 (2 of 4); 1 without a single largest output, which is wrong\n\
             true  a  bee\n\
             a     2    0\n\
             bee   1    1"
        );
        let json = summary.json();
        assert_eq!(json["summary"]["confusion"], json!([[2, 0], [1, 1]]));
        assert_eq!(json["summary"]["classes"], json!(["a", "bee"]));
    }

    #[test]
    fn values_are_judged_by_their_errors() {
        let judging = Judging { measure: Measure::of(Reading::Values), names: Vec::new(), scaling: None };
        let outputs = [[1.0], [2.5], [2.0]].map(|row| row.to_vec());
        let targets = [[1.0], [2.0], [3.0]].map(|row| row.to_vec());
        // numpy: mean of [0, 0.25, 1], of [0, 0.5, 1], and 1 - 1.25 / 2.
        assert_eq!(
            Summary::new(&judging, &outputs, &targets).text(),
            "3 samples: mse 0.4167, mae 0.5, r2 0.375"
        );
    }
}
