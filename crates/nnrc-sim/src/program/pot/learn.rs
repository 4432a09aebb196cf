//! Presentation after presentation.

use std::path::Path;
use std::time::{Duration, Instant};

use super::arguments::Arguments;
use super::presentation::{OnePotProgram, Presentation, Weight, sample_width, target_width};
use crate::divergence::{are_concentrations, concentration_limit};
use crate::io::{Array, Arrays, npz, read_file, table, write_atomically};
use crate::present::{Interruption, PARTS, Part, Presentable, Presenter, Sequence, presentations};
use crate::program::console::say;
use crate::program::data::{Own, Samples, check_input, check_targets, samples_of};
use crate::program::failure::Failure;
use crate::program::file_error::{Fault, FileError, RowFault};
use crate::program::places;
use crate::program::widths::output_places;
use crate::program::words::{method_text, optional_text, outputs_text};
use crate::reading::{Measure, Reading};
use crate::settings::{Method, Tolerances};
use crate::tensors::Tensors;
use crate::train::stamp::{described, fingerprint};
use crate::train::{self, Metric, Metrics, Order, Stamp, Totals, Unusable};

/// The least time between two checkpoints and between two lines of progress.
const BETWEEN_CHECKPOINTS: Duration = Duration::from_secs(5);
const BETWEEN_LINES: Duration = Duration::from_secs(2);
/// Numbers of an epoch in the history: which, and its metrics.
const NUMBERS: usize = 1 + Metrics::NUMBERS;

/// Everything that a run which goes on needs to know.
struct Checkpoint {
    presentation: usize,
    state: Vec<f64>,
    /// Lengths of the first steps of the parts of a presentation.
    steps: [f64; PARTS],
    /// Of the epoch that runs.
    totals: Totals,
    /// Of each epoch done.
    history: Vec<[f64; NUMBERS]>,
}

/// Presents and writes.
pub(super) fn run<N: OnePotProgram>(arguments: &Arguments, model: &Path) -> Result<(), Failure> {
    let Arguments { data, output, metrics, checkpoint, .. } = arguments;
    let written = [Some(output.as_path()), Some(checkpoint), metrics.as_deref()];
    places::require(&[Some(model), Some(data)], &written)?;
    let mut tensors = Tensors::read(model)?;
    let mut network = N::load(&mut tensors)?;
    let meanings = tensors.meanings()?;
    let samples = rows::<N>(data, &Own::new(&meanings, arguments.scaled))?;
    let Presentation { timing, epochs, shuffle, loss, reading, units } = arguments.presentation;
    check_targets(data, &samples, target_width::<N>(), loss)?;
    let mut checkpoint = Checkpoint {
        presentation: 0,
        state: network.start(),
        steps: [0.0; PARTS],
        totals: Totals::default(),
        history: Vec::new(),
    };
    let all = |values: &[f64]| values.to_vec();
    let limit = concentration_limit(all(&checkpoint.state), all(&samples.inputs), all(&samples.targets));
    let own = stamp::<N>(arguments, model, &samples);
    if arguments.resume && resume(&arguments.checkpoint, &own, samples.count, &mut checkpoint)? {
        say(&format!("going on after presentation {}", checkpoint.presentation));
    }
    let tolerances = Tolerances::new(arguments.relative, arguments.absolute);
    // Stability never limits explicit steps for long: what is fast has to be followed at each change of sample.
    let method = if arguments.method == Method::Auto { Method::Explicit } else { arguments.method };
    let mut presenter = Presenter::new(checkpoint.state.len(), method, tolerances);
    presenter.limit = limit;
    let places = output_places::<N>();
    let width = target_width::<N>();
    let reading = reading.unwrap_or_else(|| Reading::of(width, &samples.targets));
    let measure = Measure { reading, units: units.to_vec() };
    let spread = measure.spread(samples.targets.chunks(width));
    let mut sequence = Sequence::new(timing, (0..samples.count).collect(), Order::of(shuffle));
    let mut inputs = Vec::new();
    let (mut values, mut output) = (Vec::new(), vec![0.0; places.len()]);
    let (mut written, mut shown) = (Instant::now(), Instant::now());
    while checkpoint.history.len() < epochs {
        let checkpoint = &mut checkpoint;
        let (state, steps) = (&mut checkpoint.state, &mut checkpoint.steps);
        let mut pot = Presented {
            network: &mut network,
            samples: &samples,
            inputs: &mut inputs,
            presenter: &mut presenter,
            state,
            steps,
        };
        let row = sequence
            .present(&mut checkpoint.presentation, &mut pot)
            .map_err(|interruption| interrupted(interruption, checkpoint.presentation))?;
        let target = &samples.targets[row * width..(row + 1) * width];
        values.clear();
        network.observe(&checkpoint.state, &mut values);
        output.iter_mut().zip(&places).for_each(|(y, &at)| *y = values[at]);
        checkpoint.totals.add_sample(&measure, loss.value(&output, target), &output, target);
        if sequence.is_between_epochs(checkpoint.presentation) {
            let epoch = checkpoint.history.len() + 1;
            let metrics = std::mem::take(&mut checkpoint.totals).metrics(spread);
            let mut row = [epoch as f64; NUMBERS];
            row[1..].copy_from_slice(&metrics.to_numbers());
            checkpoint.history.push(row);
            if shown.elapsed() >= BETWEEN_LINES {
                say(&format!("epoch {epoch} of {epochs}: {}", words(checkpoint)));
                shown = Instant::now();
            }
        }
        if written.elapsed() >= BETWEEN_CHECKPOINTS {
            keep::<N>(arguments, checkpoint, &own)?;
            written = Instant::now();
        }
    }
    keep::<N>(arguments, &checkpoint, &own)?;
    let mut weights = weights::<N>(&checkpoint.state);
    weights.insert(train::VERSION.to_owned(), train::version());
    let is_safetensors = arguments.output.extension().is_some_and(|extension| extension == "safetensors");
    let written = write_atomically(&arguments.output, |file| meanings.write(file, &weights, is_safetensors));
    written.map_err(|error| FileError::unwritable(&arguments.output, &error))?;
    let ending = if checkpoint.presentation == 1 { "" } else { "s" };
    say(&format!("{} presentation{ending}: {}", checkpoint.presentation, words(&checkpoint)));
    Ok(())
}

/// A network to which samples are presented.
struct Presented<'a, N> {
    network: &'a mut N,
    samples: &'a Samples,
    /// Room for the inputs of the network.
    inputs: &'a mut Vec<f64>,
    presenter: &'a mut Presenter,
    state: &'a mut [f64],
    steps: &'a mut [f64; PARTS],
}

impl<N: OnePotProgram> Presentable for Presented<'_, N> {
    type Error = Interruption;

    fn show(&mut self, row: usize) -> Result<(), Interruption> {
        let own = |width: usize| row * width..(row + 1) * width;
        self.inputs.clear();
        self.inputs.extend_from_slice(&self.samples.inputs[own(sample_width::<N>())]);
        self.inputs.extend_from_slice(&self.samples.targets[own(target_width::<N>())]);
        self.network.set_inputs(self.inputs);
        Ok(())
    }

    fn set_gate(&mut self, is_open: bool) -> Result<(), Interruption> {
        self.network.set_gate(is_open);
        Ok(())
    }

    fn integrate(&mut self, part: &Part) -> Result<(), Interruption> {
        let (step, duration) = (&mut self.steps[part.index], part.duration());
        let mut nobody = |_: f64, _: &N, _: &[f64]| {};
        self.presenter.part(self.network, self.state, step, duration, std::iter::empty(), &mut nobody)
    }
}

/// The samples of a file, checked.
fn rows<N: OnePotProgram>(path: &Path, own: &Own<'_>) -> Result<Samples, FileError> {
    let (inputs, outputs) = (sample_width::<N>(), target_width::<N>());
    let samples = samples_of(path, own, inputs, outputs)?;
    if samples.count == 0 {
        return Err(FileError::new(path, Fault::NoSamples));
    }
    let rows = samples.inputs.chunks(inputs).zip(samples.targets.chunks(outputs));
    for (at, (input, target)) in rows.enumerate() {
        check_input::<N>(&[input, target].concat())
            .map_err(|error| FileError::row(path, at, RowFault::Input(error, "")))?;
    }
    Ok(samples)
}

fn interrupted(interruption: Interruption, presentation: usize) -> Failure {
    let doing = format!("presentation {}", presentation + 1);
    match interruption {
        Interruption::Solver(error) => Failure::from(error).context(&doing),
        Interruption::Exceeded { value, .. } => Failure::diverged(format!(
            "{doing}: learning diverged, a concentration grew to {value:.3e}; try a longer `--hold`, or smaller rate \
             constants `k_learn_…` in the model file"
        )),
    }
}

/// Metrics of the last epoch in words.
fn words(checkpoint: &Checkpoint) -> String {
    match checkpoint.history.last() {
        Some([_, metrics @ ..]) => {
            let metrics = Metrics::from_numbers(metrics);
            let (metric, value) = metrics.headline();
            format!("loss {:.4e}, {} {value:.4}, read from the pot", metrics.loss, metric.name())
        }
        None => "no epoch is done".to_owned(),
    }
}

/// What a checkpoint belongs to: all but where learning ends.
fn stamp<N: OnePotProgram>(arguments: &Arguments, model: &Path, samples: &Samples) -> Stamp {
    let presentation = Presentation { epochs: 0, ..arguments.presentation };
    let Arguments { method, relative, absolute, .. } = arguments;
    let words = format!("{} {presentation:?} {method:?} {relative:e} {absolute:e}", N::NAME);
    let model = read_file(model).unwrap_or_default();
    let numbers = [samples.inputs.as_slice(), &samples.targets].concat();
    let Presentation { timing, shuffle, loss, reading, epochs: _, units: _ } = presentation;
    let times = match timing.gate {
        None => ("`--hold`", timing.hold.to_string()),
        Some((open, close)) => ("`--parts`", format!("{open},{},{}", close - open, timing.hold - close)),
    };
    let settings = [
        ("samples", described(&numbers)),
        ("model file", format!("{} bytes (hash {:016x})", model.len(), fingerprint(model.iter().copied()))),
        times,
        ("`--seed`", optional_text(shuffle)),
        ("loss", loss.name().to_owned()),
        ("`--outputs`", outputs_text(reading)),
        ("`--method`", method_text(*method).to_owned()),
        ("`--rtol`", relative.to_string()),
        ("`--atol`", absolute.to_string()),
    ];
    let bytes = numbers.iter().flat_map(|number| number.to_bits().to_le_bytes());
    Stamp {
        fingerprint: fingerprint(words.into_bytes().into_iter().chain(model).chain(bytes)),
        settings: settings.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
    }
}

fn weights<N: OnePotProgram>(state: &[f64]) -> Arrays {
    let mut values = Vec::new();
    N::read(state, &mut values);
    let mut rest = values.as_slice();
    let array = |weight: &Weight| {
        let (own, others) = rest.split_at(weight.shape.iter().product());
        rest = others;
        (weight.name.to_owned(), Array { shape: weight.shape.to_vec(), values: own.to_vec() })
    };
    N::weights().iter().map(array).collect()
}

fn keep<N: OnePotProgram>(
    arguments: &Arguments,
    checkpoint: &Checkpoint,
    own: &Stamp,
) -> Result<(), FileError> {
    let mut arrays = weights::<N>(&checkpoint.state);
    let mut put = |name: &str, values: Vec<f64>| {
        arrays.insert(format!("pot.{name}"), Array { shape: vec![values.len()], values });
    };
    put("presentation", vec![checkpoint.presentation as f64]);
    put("state", checkpoint.state.clone());
    put("steps", checkpoint.steps.to_vec());
    put("totals", checkpoint.totals.to_numbers().to_vec());
    put("history", checkpoint.history.as_flattened().to_vec());
    own.put("pot", &mut arrays);
    write_atomically(&arguments.checkpoint, |file| npz::write(file, &arrays))
        .map_err(|error| FileError::unwritable(&arguments.checkpoint, &error))?;
    let Some(path) = &arguments.metrics else { return Ok(()) };
    let (header, rows) = metrics(&checkpoint.history);
    let written = write_atomically(path, |file| table::write(file, &header, &rows));
    written.map_err(|error| FileError::unwritable(path, &error))
}

/// The history as a table, with the metrics that the outputs have.
fn metrics(history: &[[f64; NUMBERS]]) -> (Vec<&'static str>, Vec<Vec<f64>>) {
    let of = |[epoch, metrics @ ..]: &[f64; NUMBERS]| (*epoch, Metrics::from_numbers(metrics));
    let classed = history.iter().any(|row| of(row).1.accuracy.is_some());
    let reported = Metric::reported(classed);
    let header = std::iter::once("epoch").chain(reported.iter().map(|metric| metric.name()));
    let row = |row: &[f64; NUMBERS]| {
        let (epoch, metrics) = of(row);
        std::iter::once(epoch).chain(reported.iter().map(|metric| metrics.get(*metric))).collect()
    };
    (header.collect(), history.iter().map(row).collect())
}

/// Goes on from the checkpoint in a file; whether there is one.
fn resume(path: &Path, own: &Stamp, samples: usize, checkpoint: &mut Checkpoint) -> Result<bool, FileError> {
    let bytes = match read_file(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            say(&format!("there is no checkpoint `{}`: learning begins anew", path.display()));
            return Ok(false);
        }
        Err(error) => return Err(FileError::unreadable(path, &error)),
    };
    let arrays = npz::read(&bytes).map_err(|error| FileError::new(path, Fault::Malformed(error)))?;
    let get = |key: &str| {
        let array = arrays.get(&format!("pot.{key}")).map(|array| array.values.clone());
        array.ok_or_else(|| FileError::new(path, Fault::NoCheckpointOfPot(format!("pot.{key}"))))
    };
    let checked = own.check("pot", &arrays).map_err(|unusable| match unusable {
        Unusable::OfAnother(differences) => Fault::OtherTraining(differences),
        Unusable::Malformed(key) => Fault::NoCheckpointOfPot(key),
    });
    checked.map_err(|fault| FileError::new(path, fault))?;
    let damaged = || FileError::new(path, Fault::Damaged);
    let state = get("state")?;
    let (rows, rest) = (get("history")?, get("totals")?);
    let (history, odd) = rows.as_chunks();
    let &[presentation] = get("presentation")?.as_slice() else { return Err(damaged()) };
    let steps = get("steps")?;
    if state.len() != checkpoint.state.len()
        || !odd.is_empty()
        || !are_concentrations(&state)
        || steps.iter().any(|step| !step.is_finite() || *step < 0.0)
    {
        return Err(damaged());
    }
    *checkpoint = Checkpoint {
        presentation: presentations(presentation, samples, history.len()).ok_or_else(damaged)?,
        state,
        steps: steps.try_into().map_err(|_| damaged())?,
        totals: Totals::from_numbers(&rest).ok_or_else(damaged)?,
        history: history.to_vec(),
    };
    Ok(true)
}
