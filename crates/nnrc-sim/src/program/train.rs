//! The verb `train`.

use std::path::Path;
use std::time::{Duration, Instant};

use super::console::say;
use super::data::{Own, Samples, check_targets, samples};
use super::epoch::Epoch;
use super::failure::Failure;
use super::file_error::{Fault, FileError};
use super::learner::{CrateLearner, layout};
use super::places;
use super::train_args::TrainArgs;
use super::usage::Usage;
use super::widths::output_width;
use super::words::{optional_text, schedule_text};
use crate::gradient::Differentiable;
use crate::io::{Array, Arrays, ReadError, npz, read_file, safetensors, table, write_atomically};
use crate::meanings::Meanings;
use crate::reading::{Measure, Reading};
use crate::tensors::Tensors;
use crate::train::stamp::{self, described, fingerprint};
use crate::train::{
    self, Chunks, Ending, Metric, Metrics, Optimiser, Record, Rows, Settings, Stamp, State, Unusable,
};

/// The least time between two checkpoints and between two lines of progress.
const BETWEEN_CHECKPOINTS: Duration = Duration::from_millis(200);
const BETWEEN_LINES: Duration = Duration::from_secs(2);

/// Trains and writes.
pub(crate) fn run<N: Differentiable>(args: &TrainArgs, model: &Path) -> Result<(), Failure> {
    let TrainArgs { data, validation, weights: start, output, metrics, checkpoint, .. } = args;
    let written = [Some(output.as_path()), Some(checkpoint), metrics.as_deref()];
    places::require(&[Some(model), Some(data), validation.as_deref(), start.as_deref()], &written)?;
    let mut tensors = Tensors::read(model)?;
    let mut network = N::load(&mut tensors)?;
    let meanings = tensors.meanings()?;
    if let Some(path) = start {
        network.set_parameters(&weights::<N>(path)?);
    }
    let own = Own::new(&meanings, args.scaled);
    let read = |path: &Path| samples::<N>(path, &own);
    let trained = read(data)?;
    let judged = validation.as_deref().map(read).transpose()?.unwrap_or_default();
    for (path, samples) in
        std::iter::once((data, &trained)).chain(validation.iter().map(|path| (path, &judged)))
    {
        check_targets(path, samples, output_width::<N>(), args.training.loss)?;
    }
    if trained.count == 0 {
        return Err(FileError::new(data, Fault::NoSamples).into());
    }
    let rows: Vec<usize> = (0..trained.count + judged.count).collect();
    let (train_rows, validation_rows) = rows.split_at(trained.count);
    let all = Samples {
        count: rows.len(),
        inputs: [trained.inputs, judged.inputs].concat(),
        targets: [trained.targets, judged.targets].concat(),
    };
    let settings = args.train_settings();
    let stamp = stamp::<N>(&network, args, &settings, &all);
    let measure = measure(args, output_width::<N>(), &all.targets)?;
    let learner = CrateLearner::new(network, (args.training.loss, measure), all);
    let mut state = State::new(learner.parameters(), settings.optimiser);
    if args.resume
        && let Some(found) = found::<N>(checkpoint, &stamp)?
    {
        say(&format!("going on after epoch {}", found.epoch));
        state = found;
    }
    let (mut written, mut shown) = (Instant::now(), Instant::now());
    let mut observe = |state: &State, record: &Record| -> Result<(), FileError> {
        if shown.elapsed() >= BETWEEN_LINES {
            let metrics = &words(record);
            say(&Epoch { number: record.epoch, of: args.training.epochs, metrics }.to_string());
            shown = Instant::now();
        }
        if written.elapsed() >= BETWEEN_CHECKPOINTS {
            keep::<N>(args, state, &stamp)?;
            written = Instant::now();
        }
        Ok(())
    };
    let rows = Rows { train: train_rows, validation: validation_rows };
    let result =
        train::train(&mut Chunks::new(&learner, settings.threads), rows, &settings, &mut state, &mut observe);
    // Also after a divergence: the state is that of the last good epoch.
    keep::<N>(args, &state, &stamp)?;
    let ending = match result {
        Ok(ending) => ending,
        Err(train::Failure::Observer(error)) => return Err(error.into()),
        Err(train::Failure::Diverged { epoch, loss }) => {
            return Err(Failure::diverged(format!(
                "training diverged in epoch {epoch}: try a smaller `--rate`; the loss grew to {loss:?}"
            )));
        }
    };
    write_weights::<N>(&args.output, state.result(), &meanings)?;
    let why = match ending {
        Ending::Epochs => "all epochs are done",
        Ending::Stopped(_) => "a `--stop` holds",
        Ending::Patience => "nothing improved any more; these are the best weights",
    };
    if let Some(last) = state.history.last() {
        say(&format!("trained {} epochs ({why}): {}", last.epoch, words(last)));
    }
    Ok(())
}

/// What the outputs are: what was said, else what the targets say.
fn measure(args: &TrainArgs, width: usize, targets: &[f64]) -> Result<Measure, Usage> {
    let reading = args.training.reading.unwrap_or_else(|| Reading::of(width, targets));
    if !reading.has_classes() && args.stops().iter().any(|stop| stop.metric == Metric::Accuracy) {
        return Err(Usage::together(
            "`accuracy` is for outputs that name classes, and these are values: stop by mse, mae or r2, or \
             say `--outputs binary:BORDER`",
        ));
    }
    Ok(Measure { reading, units: args.training.units.to_vec() })
}

/// Metrics in words.
fn words(record: &Record) -> String {
    let of = |m: &Metrics| {
        let (metric, value) = m.headline();
        format!("loss {:.4e}, {} {value:.4}", m.loss, metric.name())
    };
    let validation = record.validation.map_or(String::new(), |m| format!("; validation: {}", of(&m)));
    format!("{}{validation}", of(&record.train))
}

/// What another network, beginning, data or way of training would change. A run may be taken up with another end,
/// unless the schedule looks at it.
fn stamp<N: Differentiable>(network: &N, args: &TrainArgs, settings: &Settings, samples: &Samples) -> Stamp {
    let looks_at_end = matches!(settings.schedule, train::Schedule::Cosine { .. });
    let settings = Settings {
        epochs: if looks_at_end { settings.epochs } else { 0 },
        patience: None,
        stops: Vec::new(),
        threads: 1,
        ..settings.clone()
    };
    let mut start = network.start();
    network.parameters(&mut start);
    let samples = [samples.inputs.as_slice(), &samples.targets].concat();
    let words = format!("{} {:?} {:?} {settings:?}", N::NAME, N::tensors(), args.training.loss);
    let numbers = start.iter().chain(&samples).flat_map(|n| n.to_bits().to_le_bytes());
    Stamp {
        fingerprint: args
            .fingerprint
            .unwrap_or_else(|| fingerprint(words.into_bytes().into_iter().chain(numbers))),
        settings: match &args.settings {
            Some(text) => stamp::settings(text),
            None => described_settings(args, &settings, &start, &samples),
        },
    }
}

/// The options that a checkpoint depends on, in words.
fn described_settings(
    args: &TrainArgs,
    settings: &Settings,
    start: &[f64],
    samples: &[f64],
) -> stamp::Settings {
    let Settings { optimiser, schedule, decay, batch, epochs, order, patience: _, stops: _, threads: _ } =
        settings;
    let mut all = vec![
        ("samples", described(samples)),
        ("model file and `--weights`", described(start)),
        ("`--loss`", args.training.loss.name().to_owned()),
        ("`--schedule`", schedule_text(*schedule)),
        ("`--decay`", decay.to_string()),
        ("`--batch`", batch.to_string()),
        ("`--seed`", optional_text(order.seed())),
        ("`--optimiser`", optimiser.name().to_owned()),
        ("`--rate`", optimiser.rate().to_string()),
    ];
    match optimiser {
        Optimiser::Sgd { rate: _, momentum } => {
            all.push(("`--momentum`", momentum.to_string()));
        }
        Optimiser::Adam { rate: _, beta1, beta2, epsilon } => {
            all.push(("`--beta1`", beta1.to_string()));
            all.push(("`--beta2`", beta2.to_string()));
            all.push(("`--epsilon`", epsilon.to_string()));
        }
    }
    if *epochs > 0 {
        all.push(("`--epochs`, which the schedule looks at", epochs.to_string()));
    }
    all.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Weights as rate constants.
fn weights<N: Differentiable>(path: &Path) -> Result<Vec<f64>, FileError> {
    let bytes = read_file(path).map_err(|error| FileError::unreadable(path, &error))?;
    let is_safetensors = path.extension().is_some_and(|extension| extension == "safetensors");
    let failed = |error: ReadError| FileError::new(path, Fault::Malformed(error));
    let file = if is_safetensors { safetensors::open(bytes) } else { npz::open(bytes) }.map_err(failed)?;
    let mut values = Vec::new();
    for tensor in N::tensors() {
        let lacks = || FileError::new(path, Fault::NoTensor(tensor.name, tensor.shape));
        if file.shape(tensor.name).ok_or_else(lacks)?.map_err(failed)? != tensor.shape {
            return Err(lacks());
        }
        let found = file.read(tensor.name).ok_or_else(lacks)?.map_err(failed)?;
        values.extend(found.values.iter().map(|weight| weight * tensor.scale));
    }
    Ok(values)
}

fn write_weights<N: Differentiable>(
    path: &Path,
    parameters: &[f64],
    meanings: &Meanings,
) -> Result<(), FileError> {
    let array = |(name, shape, start): train::Layout<'_>| {
        let size: usize = shape.iter().product();
        (name.to_owned(), Array { shape: shape.to_vec(), values: parameters[start..start + size].to_vec() })
    };
    let mut arrays: Arrays = layout::<N>().into_iter().map(array).collect();
    arrays.insert(train::VERSION.to_owned(), train::version());
    let is_safetensors = path.extension().is_some_and(|extension| extension == "safetensors");
    let written = write_atomically(path, |file| meanings.write(file, &arrays, is_safetensors));
    written.map_err(|error| FileError::unwritable(path, &error))
}

fn keep<N: Differentiable>(args: &TrainArgs, state: &State, stamp: &Stamp) -> Result<(), FileError> {
    let arrays = train::to_arrays(state, &layout::<N>(), stamp);
    write_atomically(&args.checkpoint, |file| npz::write(file, &arrays))
        .map_err(|error| FileError::unwritable(&args.checkpoint, &error))?;
    let Some(path) = &args.metrics else { return Ok(()) };
    let (header, rows) = train::table(state);
    write_atomically(path, |file| table::write(file, &header, rows))
        .map_err(|error| FileError::unwritable(path, &error))
}

/// The state in a checkpoint; none if there is none.
fn found<N: Differentiable>(path: &Path, stamp: &Stamp) -> Result<Option<State>, FileError> {
    let bytes = match read_file(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            say(&format!("there is no checkpoint `{}`: training begins anew", path.display()));
            return Ok(None);
        }
        Err(error) => return Err(FileError::unreadable(path, &error)),
    };
    let arrays = npz::read(&bytes).map_err(|error| FileError::new(path, Fault::Malformed(error)))?;
    let found = train::from_arrays(&arrays, &layout::<N>(), stamp).map_err(|unusable| match unusable {
        Unusable::Malformed(array) => Fault::NoCheckpointOfNetwork(array),
        Unusable::OfAnother(differences) => Fault::OtherTraining(differences),
    });
    found.map(Some).map_err(|fault| FileError::new(path, fault))
}
