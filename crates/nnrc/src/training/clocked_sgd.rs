//! Learning by a clock: the pot is followed cycle by cycle until it halts, or until all epochs are done.

use std::collections::BTreeMap;

use nnrc_crn::{Handle, SpeciesFamily};
use nnrc_engine::Engine;
use nnrc_model::{ClockedSgd, Loss, Model, Samples, Tensor};
use nnrc_sim::Error;
use nnrc_sim::reading::Measure;
use nnrc_sim::train::{Metric, Stamp, Totals, Unusable};
use nnrc_syntax::{Diagnostic, Severity, codes};

use super::learner::Learning;
use super::outcome::{TrainOptions, Trained};
use super::record::{Epoch, Record};
use super::resuming::refused;
use super::settings;
use crate::compiled::Compiled;
use crate::cycles::Cycles;
use crate::explain::explain_learning;
use crate::failure::Failure;
use crate::numbers::{plural, short};
use crate::observer::{self, Checkpoint, Moment, Observer, Picture, Subject};
use crate::plot::{self, Curve};
use crate::project::Checked;

/// Above this a verdict is a violation.
const GUILTY: f64 = 0.5;

/// Lets the pot of a file learn; see [`Checked::train`].
pub fn run(
    checked: &Checked,
    options: &TrainOptions,
    observer: &mut dyn Observer,
) -> Result<Trained, Failure> {
    let model = &checked.model;
    let pot = checked.compile(&model.default_input())?;
    let (Some(training), Some(_)) = (model.clocked_sgd(), pot.lowered.clocked()) else {
        let finding = Diagnostic::global(
            Severity::Error,
            codes::MISSING_ARGUMENT,
            "the file does not say how to train: it has no `train` block",
        )
        .help("write `train { data = d; rule = sgd(rate = 4); epochs = 100; stop when error < 0.25; }`");
        return Err(checked.failed(finding));
    };
    let runner = pot.runner();
    let broken = |error| checked.failed(explain_learning(&pot, &runner, &error, "learning in the pot"));
    let mut cycles = Cycles::new(model, &pot.lowered, runner.engine().clone()).map_err(broken)?;
    let rows = model.rows(&training.data);
    let slots = rows.len() + if training.tolerance.is_some() { 2 } else { 0 };
    let dataset = &model.datasets[&training.data.dataset];
    let measure = model.judging(Some(dataset)).measure;
    let width = model.nodes[model.output].width();
    let targets: Vec<Vec<f64>> = rows.iter().filter_map(|row| dataset.target(*row, width)).collect();
    let spread = measure.spread(targets.iter().map(Vec::as_slice));
    let reader = Reader { engine: runner.engine(), pot: &pot, training, measure, spread };
    let stamp = stamp(model, training);
    let mut record = Record::default();
    if let Some(arrays) = &options.resume {
        record = Record::of(arrays, &stamp).map_err(|unusable| refused(&unusable, observer))?;
        if record.place.as_ref().is_none_or(|place| cycles.go_to(place).is_err()) {
            return Err(refused(&Unusable::Malformed("pot.state".to_owned()), observer));
        }
        observer.resumed(&format!("cycle {}", record.times.len()));
    }
    let save = |record: &Record, observer: &mut dyn Observer| {
        if let Some(place) = &record.place {
            let arrays = record.arrays(&reader.tensors(&place.state), &stamp);
            observer.checkpoint(&Checkpoint { arrays, history: record.history() });
        }
    };
    let last = training.epochs.saturating_mul(slots);
    let mut ending = format!("all epochs are done, {}", plural(last, "cycle"));
    while record.times.len() < last {
        let cycle = record.times.len();
        let (epoch, slot) = (cycle / slots, cycle % slots);
        match cycles.next(None) {
            Ok(Some(time)) => record.times.push(time),
            Ok(None) => {
                ending = halted(cycle, epoch, &record);
                break;
            }
            Err(Error::TooManySteps { time, .. } | Error::NonFinite { time, .. }) => {
                return Err(checked.failed(diverged(model, training, epoch + 1, time)));
            }
            Err(error) => return Err(broken(error)),
        }
        record.place = Some(cycles.place());
        record.weights.push(reader.weights(cycles.state()).concat());
        if slot == 0 {
            (record.totals, record.violations) = (Totals::default(), 0);
        }
        if let Some(&row) = rows.get(slot) {
            record.violations += usize::from(reader.sample(cycles.state(), row, &mut record.totals));
        }
        if slot + 1 == rows.len() {
            record.epochs.push(Epoch {
                cycles: cycle + 1,
                time: cycles.time(),
                metrics: record.totals.metrics(reader.spread),
                violations: training.tolerance.map(|_| record.violations),
            });
        }
        if slot + 1 == slots
            && let Some(last) = record.epochs.last()
        {
            observer.epoch(&observer::Epoch {
                number: epoch + 1,
                of: training.epochs,
                train: last.metrics,
                validation: None,
                violations: last.violations,
            });
        }
        // A cycle takes as long as many samples of other pots.
        if observer.wants_checkpoint(Moment::Epoch) {
            save(&record, observer);
        }
        if observer.is_cancelled() {
            ending = format!("ended from outside after cycle {}", record.times.len());
            break;
        }
    }
    // A clock that has stopped stops again: the checkpoint is that of the last cycle.
    save(&record, observer);
    if !record.times.is_empty() {
        observer.pictures(&pictures(&reader, &record));
    }
    let train = record.epochs.last().map(|epoch| epoch.metrics).unwrap_or_default();
    Ok(Trained {
        weights: reader.tensors(cycles.state()),
        ending,
        epochs: record.epochs.len(),
        train,
        validation: None,
        history: record.history(),
    })
}

/// What a checkpoint belongs to: all but where learning ends.
fn stamp(model: &Model, training: &ClockedSgd) -> Stamp {
    let samples =
        Samples { dataset: &model.datasets[&training.data.dataset], rows: model.rows(&training.data) };
    let loss = if training.cross_entropy { Loss::CrossEntropy } else { Loss::SquaredError };
    Learning::new(model, loss, &samples, None).stamp(settings::of_clocked_sgd(model, training))
}

/// Weights that grow make exponentials that no solver follows.
fn diverged(model: &Model, training: &ClockedSgd, epoch: usize, time: f64) -> Diagnostic {
    let mut finding = Diagnostic::global(
        Severity::Error,
        codes::TRAINING_DIVERGED,
        format!(
            "learning diverged in epoch {epoch}, at time {}: concentrations e^z outgrow the solver",
            short(time)
        ),
    )
    .label(format!("with the learning rate {}", short(training.rate)))
    .help(format!("use a smaller learning rate, such as {}", short(training.rate / 4.0)))
    .help("scale inputs to about 0 to 1; start from smaller weights");
    finding.span = model.training.as_ref().map(|training| training.span);
    finding
}

/// How a course ended whose clock has stopped. The reactions judge; what was read of their verdicts tells whether they
/// were right.
fn halted(cycle: usize, epoch: usize, record: &Record) -> String {
    let after =
        format!("in cycle {cycle}, after time {}", short(record.times.last().copied().unwrap_or(0.0)));
    match record.epochs.last().and_then(|last| last.violations) {
        Some(count @ 1..) => format!(
            "false halt {after}: the clock stopped although epoch {} had {}, so phases leak too much; give the clock a \
             smaller level",
            epoch + 1,
            plural(count, "violation")
        ),
        _ => format!("halted by itself {after}: epoch {} was without a violation", epoch + 1),
    }
}

/// Reads a pot at the end of a cycle.
struct Reader<'a> {
    engine: &'a Engine,
    pot: &'a Compiled,
    training: &'a ClockedSgd,
    /// How outputs are compared with targets.
    measure: Measure,
    /// How much the targets spread, for r².
    spread: f64,
}

impl Reader<'_> {
    fn family(&self, state: &[f64], family: Handle<SpeciesFamily>) -> Vec<f64> {
        let all = self.engine.full_state(state);
        all[self.pot.lowered.info.species_range(family)].to_vec()
    }

    /// Weights, tensor by tensor.
    fn weights(&self, state: &[f64]) -> Vec<Vec<f64>> {
        let difference = |rails: [Handle<SpeciesFamily>; 2]| -> Vec<f64> {
            let [p, m] = rails.map(|rail| self.family(state, rail));
            p.iter().zip(m).map(|(p, m)| p - m).collect()
        };
        self.pot.lowered.rails().map(|(_, rails)| difference(rails)).collect()
    }

    fn tensors(&self, state: &[f64]) -> BTreeMap<String, Tensor> {
        let named = self.pot.lowered.rails().zip(self.weights(state));
        named
            .map(|((key, rails), values)| {
                let axes = &self.pot.lowered.crn.species[rails[0]].axes;
                let shape = axes.iter().map(|&axis| self.pot.lowered.crn.axes[axis].size()).collect();
                (key.to_owned(), Tensor { shape, values })
            })
            .collect()
    }

    /// Counts the sample of the cycle; whether the judge finds it beyond the tolerance.
    fn sample(&self, state: &[f64], row: usize, totals: &mut Totals) -> bool {
        let model = &self.pot.model;
        let output = self.engine.observe(state, model.output);
        let dataset = &model.datasets[&self.training.data.dataset];
        let target = dataset.target(row, output.len()).unwrap_or_default();
        let loss = if self.training.cross_entropy {
            cross_entropy(&output, &target)
        } else {
            squared(&output, &target)
        };
        totals.add_sample(&self.measure, loss, &output, &target);
        let judge = self.pot.lowered.clocked().and_then(|clocked| clocked.learning?.judge);
        judge.is_some_and(|judge| self.family(state, judge.verdict)[0] > GUILTY)
    }

    /// Names of the weights, as species without their rails.
    fn names(&self) -> Vec<(String, String)> {
        let members = |key: &str, rails: [Handle<SpeciesFamily>; 2]| -> Vec<(String, String)> {
            let range = self.pot.lowered.info.species_range(rails[0]);
            let id = |at: usize| self.pot.species_id(at).trim_end_matches("_p").to_owned();
            range.map(|at| (id(at), key.to_owned())).collect()
        };
        self.pot.lowered.rails().flat_map(|(key, rails)| members(key, rails)).collect()
    }
}

fn squared(output: &[f64], target: &[f64]) -> f64 {
    0.5 * output.iter().zip(target).map(|(y, t)| (y - t) * (y - t)).sum::<f64>()
}

/// −Σ t ln y, and for a single output the same of both classes.
fn cross_entropy(output: &[f64], target: &[f64]) -> f64 {
    let term = |y: f64, t: f64| if t == 0.0 { 0.0 } else { -t * y.max(f64::MIN_POSITIVE).ln() };
    let own: f64 = output.iter().zip(target).map(|(y, t)| term(*y, *t)).sum();
    match (output, target) {
        (&[y], &[t]) => own + term(1.0 - y, 1.0 - t),
        _ => own,
    }
}

/// The course of loss and error, and that of the weights.
fn pictures(reader: &Reader<'_>, record: &Record) -> Vec<Picture> {
    let name = &reader.pot.model.name;
    let epochs: Vec<f64> = (1..=record.epochs.len()).map(|epoch| epoch as f64).collect();
    let curve = |quantity: Metric| {
        let values: Vec<f64> = record.epochs.iter().map(|epoch| epoch.metrics.get(quantity)).collect();
        let name = quantity.name().to_owned();
        values.iter().all(|value| value.is_finite()).then(|| Curve { group: name.clone(), name, values })
    };
    let headline = record.epochs.first().map_or(Metric::Accuracy, |epoch| epoch.metrics.headline().0);
    let curves: Vec<Curve> = [Metric::Loss, Metric::Error, headline].into_iter().filter_map(curve).collect();
    let metrics = plot::svg(&plot::Plot {
        title: format!("training of {name}"),
        horizontal: "epoch".to_owned(),
        vertical: format!("loss, error, {}", headline.name()),
        times: &epochs,
        curves: &curves,
    });
    let weight = |(at, (name, group)): (usize, (String, String))| Curve {
        name,
        group,
        values: record.weights.iter().map(|weights| weights[at]).collect(),
    };
    let curves: Vec<Curve> = reader.names().into_iter().enumerate().map(weight).collect();
    let weights = plot::svg(&plot::Plot {
        title: format!("weights of {name}, read at the end of each cycle"),
        horizontal: "time".to_owned(),
        vertical: "weight".to_owned(),
        times: &record.times,
        curves: &curves,
    });
    vec![
        Picture { subject: Subject::Metrics, svg: metrics },
        Picture { subject: Subject::Weights, svg: weights },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_halt_beside_violations_is_false() {
        let ending = |violations| {
            let epoch = Epoch { cycles: 4, time: 9.0, metrics: Default::default(), violations };
            let record = Record { epochs: vec![epoch], times: vec![9.0], ..Record::default() };
            halted(4, 0, &record)
        };
        assert_eq!(
            ending(Some(0)),
            "halted by itself in cycle 4, after time 9: epoch 1 was without a violation"
        );
        assert!(ending(Some(2)).starts_with("false halt in cycle 4, after time 9"), "{}", ending(Some(2)));
        assert!(ending(Some(2)).contains("epoch 1 had 2 violations"), "{}", ending(Some(2)));
    }
}
