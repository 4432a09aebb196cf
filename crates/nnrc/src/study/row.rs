//! One line of a study: the replicates of one network under one noise.

use nnrc_sim::train::Metric;
use serde_json::{Value, json};

use super::case::Case;
use super::reading::Reading;
use super::test_set::TestSet;

/// The replicates of one network under one noise at one running time.
#[derive(Debug, Clone)]
pub struct Row {
    /// What the network is called.
    pub network: String,
    /// What disturbs it.
    pub case: Case,
    /// The running time.
    pub time: f64,
    /// Draws of the noise.
    pub replicates: usize,
    /// Replicates whose concentrations left the range of numbers: they count as right in nothing, and in no loss.
    pub failed: usize,
    /// What tells most about outputs of their kind: the accuracy of classes, r² of values.
    pub merit: Metric,
    /// The merit in numbers.
    pub score: MeanAndWorst,
    /// The loss that the file trains with, else the squared error.
    pub loss: MeanAndWorst,
    /// Mean squared error.
    pub mse: MeanAndWorst,
    /// Mean absolute error.
    pub mae: MeanAndWorst,
    /// Largest difference of an output from that of the noiseless run.
    pub deviation: MeanAndWorst,
    /// Change of the mean merit against the network's own noiseless run.
    pub score_change: f64,
    /// Change of the mean loss against it.
    pub loss_change: f64,
}

impl Row {
    /// Takes the readings of all replicates together; none: one that failed.
    pub(super) fn new(
        network: &str,
        (case, time): (Case, f64),
        readings: &[Option<Reading>],
        (test, spread): (&TestSet, f64),
        noiseless: Option<&Self>,
    ) -> Self {
        let metrics: Vec<_> =
            readings.iter().flatten().map(|reading| reading.totals.metrics(spread)).collect();
        let failed = readings.len() - metrics.len();
        let of =
            |quantity: Metric| -> Vec<f64> { metrics.iter().map(|metrics| metrics.get(quantity)).collect() };
        let merit = if test.measure.reading.has_classes() { Metric::Accuracy } else { Metric::R2 };
        let mut scores = of(merit);
        if merit == Metric::Accuracy {
            scores.resize(readings.len(), 0.0);
        }
        let score = MeanAndWorst::of(&scores, f64::min);
        let loss = MeanAndWorst::of(&of(Metric::Loss), f64::max);
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
            mse: MeanAndWorst::of(&of(Metric::Mse), f64::max),
            mae: MeanAndWorst::of(&of(Metric::Mae), f64::max),
            deviation: MeanAndWorst::of(&deviations, f64::max),
            score_change: noiseless.map_or(0.0, |own| score.mean - own.score.mean),
            loss_change: noiseless.map_or(0.0, |own| loss.mean - own.loss.mean),
        }
    }

    /// For programs.
    pub fn json(&self) -> Value {
        let both = |of: MeanAndWorst| json!({ "mean": of.mean, "worst": of.worst });
        let noise =
            |noise: Option<(String, f64)>| noise.map(|(kind, size)| json!({ "kind": kind, "size": size }));
        let mut object = json!({
            "network": self.network,
            "rates": noise(self.case.rate_kind()),
            "concentrations": noise(self.case.concentration_kind()),
            "time": self.time,
            "replicates": self.replicates,
            "failed": self.failed,
            "loss": both(self.loss),
            "loss_change": self.loss_change,
            "mse": both(self.mse),
            "mae": both(self.mae),
            "deviation": both(self.deviation),
        });
        let name = self.merit.name();
        object[name] = both(self.score);
        object[format!("{name}_change")] = json!(self.score_change);
        object
    }
}

/// Mean and worst of the replicates.
#[derive(Debug, Clone, Copy)]
pub struct MeanAndWorst {
    /// Over all replicates that have the number.
    pub mean: f64,
    /// Of one replicate.
    pub worst: f64,
}

impl MeanAndWorst {
    fn of(values: &[f64], worse: fn(f64, f64) -> f64) -> Self {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        Self { mean, worst: values.iter().copied().reduce(worse).unwrap_or(f64::NAN) }
    }
}
