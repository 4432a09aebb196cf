//! What the replicates of one network under one noise come to.

use nnrc_sim::train::Metric;

use super::halting::{Halt, Halts};
use super::mean_and_worst::MeanAndWorst;
use super::reading::Reading;

/// Numbers over the replicates of one network under one noise at one running time.
#[derive(Debug, Clone, Copy)]
pub struct Figures {
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
    /// How learners that halt by themselves ended; none where nothing judges.
    pub halts: Option<Halts>,
}

impl Figures {
    /// Takes the readings of all replicates together; none: one that failed. `spread` is that of the targets.
    pub(super) fn of(
        readings: &[Option<Reading>],
        (merit, spread): (Metric, f64),
        noiseless: Option<&Self>,
    ) -> Self {
        let metrics: Vec<_> =
            readings.iter().flatten().map(|reading| reading.totals.metrics(spread)).collect();
        let failed = readings.len() - metrics.len();
        let of =
            |quantity: Metric| -> Vec<f64> { metrics.iter().map(|metrics| metrics.get(quantity)).collect() };
        let mut scores = of(merit);
        if merit == Metric::Accuracy {
            scores.resize(readings.len(), 0.0);
        }
        let score = MeanAndWorst::of(&scores, f64::min);
        let loss = MeanAndWorst::of(&of(Metric::Loss), f64::max);
        let deviations: Vec<f64> = readings.iter().flatten().map(|reading| reading.deviation).collect();
        Self {
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
            halts: Halts::of(
                &readings.iter().flatten().filter_map(|reading| reading.halt).collect::<Vec<Halt>>(),
            ),
        }
    }
}
