//! Learning by a clock: the pot is followed cycle by cycle until it halts, or until all epochs are done.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use nnrc_crn::{Handle, SpeciesFamily};
use nnrc_engine::Engine;
use nnrc_model::Tensor;
use nnrc_model::{Loss, Samples};
use nnrc_model::{Model, PhasedTraining};
use nnrc_sim::Error;
use nnrc_sim::io::table;
use nnrc_sim::reading::Measure;
use nnrc_sim::train::{Quantity, Stamp, Totals, Unusable};
use nnrc_syntax::{Diagnostic, Severity, codes};

use super::record::{Epoch, Record};
use crate::destination::Destination;
use crate::session::Session;
use crate::terminal::Stop;
use crate::training::{Files, Learning, Trained, settings, words};
use nnrc::Checked;
use nnrc::Compiled;
use nnrc::cycles::Cycles;
use nnrc::explain::explain_learning;
use nnrc::numbers::{plural, short};
use nnrc::plot::{self, Curve};

/// Time between two checkpoints.
const BETWEEN_CHECKPOINTS: Duration = Duration::from_millis(500);
/// Time between two lines of progress.
const BETWEEN_LINES: Duration = Duration::from_secs(5);
/// Above this a verdict is a violation.
const GUILTY: f64 = 0.5;

/// Lets the pot of a file learn.
pub fn run(
    session: &Session,
    loaded: &Checked,
    files: Option<&Files>,
    resume: bool,
) -> Result<Trained, Stop> {
    let terminal = &session.terminal;
    let pot = loaded.compile(&loaded.model.default_input())?;
    let (Some(training), Some(_)) = (loaded.model.phased_training(), pot.lowered.clocked()) else {
        let finding = Diagnostic::global(
            Severity::Error,
            codes::MISSING_ARGUMENT,
            "the file does not say how to train: it has no `train` block",
        )
        .help("write `train { data = d; rule = sgd(rate = 4); epochs = 100; stop when error < 0.25; }`");
        return terminal.fail(&loaded.source, finding);
    };
    let runner = pot.runner();
    let broken =
        |error| terminal.fail(&loaded.source, explain_learning(&pot, &runner, &error, "learning in the pot"));
    let mut cycles = match Cycles::new(&loaded.model, &pot.lowered, runner.engine().clone()) {
        Ok(cycles) => cycles,
        Err(error) => return broken(error),
    };
    let rows = loaded.model.rows(&training.data);
    let slots = rows.len() + if training.tolerance.is_some() { 2 } else { 0 };
    let dataset = &loaded.model.datasets[&training.data.dataset];
    let measure = loaded.model.judging(Some(dataset)).measure;
    let width = loaded.model.nodes[loaded.model.output].width();
    let targets: Vec<Vec<f64>> = rows.iter().filter_map(|row| dataset.target(*row, width)).collect();
    let spread = measure.spread(targets.iter().map(Vec::as_slice));
    let reader = Reader { engine: runner.engine(), loaded, pot: &pot, training, measure, spread };
    let stamp = stamp(&loaded.model, training);
    let mut record = Record::default();
    if let Some(files) = files.filter(|_| resume) {
        record = match files.read_arrays(terminal)? {
            None => {
                let name = files.checkpoint();
                terminal.note(&format!("there is no checkpoint `{}`: training begins anew", name.display()));
                record
            }
            Some(arrays) => match Record::of(&arrays, &stamp) {
                Ok(found) if found.place.as_ref().is_some_and(|place| cycles.go_to(place).is_ok()) => found,
                Ok(_) => return files.refuse(terminal, &Unusable::Malformed("pot.state".to_owned())),
                Err(unusable) => return files.refuse(terminal, &unusable),
            },
        };
        if !record.times.is_empty() {
            terminal.note(&format!("going on after cycle {}", record.times.len()));
        }
    }
    let save = |record: &Record| -> Result<(), Stop> {
        let Some(files) = files else { return Ok(()) };
        if let Some(place) = &record.place {
            let weights = reader.tensors(&place.state);
            files.write_arrays(terminal, &record.arrays(&weights, &stamp))?;
        }
        write_table(session, record, &files.table())
    };
    let last = training.epochs.saturating_mul(slots);
    let mut ending = format!("all epochs are done, {}", plural(last, "cycle"));
    let (mut shown, mut written) = (Instant::now(), Instant::now());
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
                return terminal.fail(&loaded.source, diverged(loaded, training, epoch + 1, time));
            }
            Err(error) => return broken(error),
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
        if written.elapsed() >= BETWEEN_CHECKPOINTS {
            save(&record)?;
            written = Instant::now();
        }
        if slot + 1 == slots
            && shown.elapsed() >= BETWEEN_LINES
            && let Some(last) = record.epochs.last()
        {
            terminal.note(&format!("epoch {}: {}", epoch + 1, line(last)));
            shown = Instant::now();
        }
    }
    // A clock that has stopped stops again: the checkpoint is that of the last cycle.
    save(&record)?;
    if let Some(files) = files.filter(|_| !record.times.is_empty()) {
        draw(session, &reader, &record, files)?;
    }
    let train = record.epochs.last().map(|epoch| epoch.metrics).unwrap_or_default();
    Ok(Trained {
        weights: reader.tensors(cycles.state()),
        ending,
        epochs: record.epochs.len(),
        train,
        validation: None,
    })
}

/// What a checkpoint belongs to: all but where learning ends.
fn stamp(model: &Model, training: &PhasedTraining) -> Stamp {
    let samples =
        Samples { dataset: &model.datasets[&training.data.dataset], rows: model.rows(&training.data) };
    let loss = if training.cross_entropy { Loss::CrossEntropy } else { Loss::SquaredError };
    Learning::new(model, loss, &samples, None).stamp(settings::of_phased(model, training))
}

/// Weights that grow make exponentials that no solver follows.
fn diverged(loaded: &Checked, training: &PhasedTraining, epoch: usize, time: f64) -> Diagnostic {
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
    finding.span = loaded.model.training.as_ref().map(|training| training.span);
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

fn line(epoch: &Epoch) -> String {
    let violations =
        epoch.violations.map_or(String::new(), |count| format!(", {}", plural(count, "violation")));
    format!("{}{violations}", words(&epoch.metrics))
}

/// Reads a pot at the end of a cycle.
struct Reader<'a> {
    engine: &'a Engine,
    loaded: &'a Checked,
    pot: &'a Compiled,
    training: &'a PhasedTraining,
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
        let model = &self.loaded.model;
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

fn write_table(session: &Session, record: &Record, path: &std::path::Path) -> Result<(), Stop> {
    let judged = record.epochs.iter().any(|epoch| epoch.violations.is_some());
    let classed = record.epochs.iter().any(|epoch| epoch.metrics.accuracy.is_some());
    let quantities = Quantity::reported(classed);
    let mut header = vec!["epoch", "cycles", "time"];
    header.extend(quantities.iter().map(|quantity| quantity.name()));
    if judged {
        header.push("violations");
    }
    let rows = record.epochs.iter().enumerate().map(|(at, epoch)| {
        let mut row = vec![at as f64 + 1.0, epoch.cycles as f64, epoch.time];
        row.extend(quantities.iter().map(|quantity| epoch.metrics.get(*quantity)));
        row.extend(epoch.violations.map(|count| count as f64));
        row
    });
    Destination::File(path.to_owned()).write(&session.terminal, |out| table::write(out, &header, rows))
}

/// The course of the weights, and of loss and error.
fn draw(session: &Session, reader: &Reader<'_>, record: &Record, files: &Files) -> Result<(), Stop> {
    let write = |path: std::path::PathBuf, picture: String| {
        Destination::File(path).write(&session.terminal, |out| out.write_all(picture.as_bytes()))
    };
    let name = &reader.loaded.model.name;
    let epochs: Vec<f64> = (1..=record.epochs.len()).map(|epoch| epoch as f64).collect();
    let curve = |quantity: Quantity| {
        let values: Vec<f64> = record.epochs.iter().map(|epoch| epoch.metrics.get(quantity)).collect();
        let name = quantity.name().to_owned();
        values.iter().all(|value| value.is_finite()).then(|| Curve { group: name.clone(), name, values })
    };
    let headline = record.epochs.first().map_or(Quantity::Accuracy, |epoch| epoch.metrics.headline().0);
    let curves: Vec<Curve> =
        [Quantity::Loss, Quantity::Error, headline].into_iter().filter_map(curve).collect();
    write(
        files.picture(),
        plot::svg(&plot::Plot {
            title: format!("training of {name}"),
            horizontal: "epoch".to_owned(),
            vertical: format!("loss, error, {}", headline.name()),
            times: &epochs,
            curves: &curves,
        }),
    )?;
    let curves: Vec<Curve> = reader
        .names()
        .into_iter()
        .enumerate()
        .map(|(at, (name, group))| Curve {
            name,
            group,
            values: record.weights.iter().map(|weights| weights[at]).collect(),
        })
        .collect();
    write(
        files.weights_picture(),
        plot::svg(&plot::Plot {
            title: format!("weights of {name}, read at the end of each cycle"),
            horizontal: "time".to_owned(),
            vertical: "weight".to_owned(),
            times: &record.times,
            curves: &curves,
        }),
    )
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
