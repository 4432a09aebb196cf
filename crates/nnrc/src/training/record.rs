//! What is recorded of learning by a clock, and its checkpoint: all that going on to the same bits needs.

use std::collections::BTreeMap;

use nnrc_model::Tensor;
use nnrc_sim::Standing;
use nnrc_sim::divergence::are_concentrations;
use nnrc_sim::io::{Array, Arrays};
use nnrc_sim::present::whole;
use nnrc_sim::train::{Metric, Metrics, Stamp, Totals, Unusable};

use crate::cycles::CyclePosition;
use crate::observer::History;

/// One epoch.
#[derive(Clone, Copy)]
pub struct Epoch {
    /// Cycles until its last sample.
    pub cycles: usize,
    /// Time then.
    pub time: f64,
    /// Of its samples, each judged when it was shown.
    pub metrics: Metrics,
    /// Samples beyond the tolerance; none without a judge.
    pub violations: Option<usize>,
}

/// Numbers of an epoch in a checkpoint.
const COLUMNS: usize = 3 + Metrics::NUMBERS;

/// What was recorded.
#[derive(Default)]
pub struct Record {
    /// The epochs whose samples have all been shown.
    pub epochs: Vec<Epoch>,
    /// Ends of the cycles.
    pub times: Vec<f64>,
    /// Weights at each of them.
    pub weights: Vec<Vec<f64>>,
    /// Of the samples shown in the epoch that runs.
    pub totals: Totals,
    /// Those of them beyond the tolerance.
    pub violations: usize,
    /// The end of the last cycle.
    pub place: Option<CyclePosition>,
}

impl Record {
    /// The epochs as a table.
    pub fn history(&self) -> History {
        let judged = self.epochs.iter().any(|epoch| epoch.violations.is_some());
        let classed = self.epochs.iter().any(|epoch| epoch.metrics.accuracy.is_some());
        let quantities = Metric::reported(classed);
        let mut header = vec!["epoch", "cycles", "time"];
        header.extend(quantities.iter().map(|quantity| quantity.name()));
        if judged {
            header.push("violations");
        }
        let rows = self.epochs.iter().enumerate().map(|(at, epoch)| {
            let mut row = vec![at as f64 + 1.0, epoch.cycles as f64, epoch.time];
            row.extend(quantities.iter().map(|quantity| epoch.metrics.get(*quantity)));
            row.extend(epoch.violations.map(|count| count as f64));
            row
        });
        History { header: header.into_iter().map(str::to_owned).collect(), rows: rows.collect() }
    }

    /// A checkpoint. Numbers are exact, and weights stand under their keys, so that it is a weight file as well.
    pub fn arrays(&self, weights: &BTreeMap<String, Tensor>, stamp: &Stamp) -> Arrays {
        let array = |tensor: &Tensor| Array { shape: tensor.shape.clone(), values: tensor.values.clone() };
        let mut arrays: Arrays = weights.iter().map(|(key, tensor)| (key.clone(), array(tensor))).collect();
        let mut put = |name: &str, values: Vec<f64>| {
            arrays.insert(format!("pot.{name}"), Array { shape: vec![values.len()], values });
        };
        put("times", self.times.clone());
        put("weights", self.weights.concat());
        put("epochs", self.epochs.iter().flat_map(Epoch::row).collect());
        put("totals", self.totals.to_numbers().to_vec());
        put("violations", vec![self.violations as f64]);
        if let Some(place) = &self.place {
            put("state", place.state.clone());
            if let Some(standing) = &place.standing {
                put("course", standing.state.clone());
                put("floor", standing.floor.clone());
                let Standing { time, step, past_error, past_step, halvings, steps_above_zero, .. } = standing;
                let counts = [*halvings, *steps_above_zero].map(|count| count as f64);
                put("steps", [&[*time, *step, *past_error, *past_step][..], &counts].concat());
            }
        }
        stamp.put("pot", &mut arrays);
        arrays
    }

    /// What a checkpoint of this learning holds.
    pub fn of(arrays: &Arrays, stamp: &Stamp) -> Result<Self, Unusable> {
        let damaged = |name: &str| Unusable::Malformed(format!("pot.{name}"));
        let find = |name: &str| arrays.get(&format!("pot.{name}")).map(|array| array.values.clone());
        let get = |name: &str| find(name).ok_or_else(|| damaged(name));
        stamp.check("pot", arrays)?;
        let checked = |name: &str, good: &dyn Fn(&[f64]) -> bool| {
            get(name).and_then(|values| if good(&values) { Ok(values) } else { Err(damaged(name)) })
        };
        let are_finite = |values: &[f64]| values.iter().all(|value| value.is_finite());
        let standing = if find("course").is_some() {
            let state = checked("course", &are_concentrations)?;
            let steps = checked("steps", &are_finite)?;
            let &[time, step, past_error, past_step, halvings, steps_above_zero] = steps.as_slice() else {
                return Err(damaged("steps"));
            };
            let (Some(halvings), Some(steps_above_zero)) = (whole(halvings), whole(steps_above_zero)) else {
                return Err(damaged("steps"));
            };
            let floor = checked("floor", &are_finite)?;
            Some(Standing { time, state, floor, step, past_error, past_step, halvings, steps_above_zero })
        } else {
            None
        };
        let times = checked("times", &|times| are_finite(times) && times.is_sorted())?;
        let weights = checked("weights", &are_finite)?;
        let count = weights.len().checked_div(times.len()).unwrap_or(0);
        if count == 0 || count * times.len() != weights.len() {
            return Err(damaged("weights"));
        }
        let epochs = get("epochs")?;
        let (rows, rest) = epochs.as_chunks();
        let epochs: Vec<Epoch> = rows.iter().filter_map(Epoch::of).collect();
        let is_past = |epoch: &Epoch| (1..=times.len()).contains(&epoch.cycles);
        if !rest.is_empty() || epochs.len() < rows.len() || !epochs.iter().all(is_past) {
            return Err(damaged("epochs"));
        }
        let totals = Totals::from_numbers(&get("totals")?).ok_or_else(|| damaged("totals"))?;
        let violations = get("violations")?.first().copied().and_then(whole);
        let state = checked("state", &are_concentrations)?;
        Ok(Self {
            epochs,
            weights: weights.chunks(count).map(<[f64]>::to_vec).collect(),
            totals,
            violations: violations.ok_or_else(|| damaged("violations"))?,
            place: times.last().map(|&time| CyclePosition { time, state, standing }),
            times,
        })
    }
}

impl Epoch {
    fn row(&self) -> [f64; COLUMNS] {
        let mut row = [0.0; COLUMNS];
        [row[0], row[1]] = [self.cycles as f64, self.time];
        row[2..2 + Metrics::NUMBERS].copy_from_slice(&self.metrics.to_numbers());
        row[COLUMNS - 1] = self.violations.map_or(-1.0, |count| count as f64);
        row
    }

    fn of(row: &[f64; COLUMNS]) -> Option<Self> {
        let [cycles, time, metrics @ .., violations] = row;
        let violations = if *violations == -1.0 { None } else { Some(whole(*violations)?) };
        let metrics = Metrics::from_numbers(metrics);
        Some(Self { cycles: whole(*cycles)?, time: *time, metrics, violations })
    }
}
