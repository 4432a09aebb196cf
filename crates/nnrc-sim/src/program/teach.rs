//! The verb `train`.

use std::path::Path;
use std::time::{Duration, Instant};

use super::data::{Samples, output_width, samples};
use super::epoch::Epoch;
use super::lesson::Lesson;
use super::pupil::{Pupil, layout};
use super::{Failure, Tensors, say};
use crate::gradient::Differentiable;
use crate::io::{Array, Arrays, npz, safetensors, table, write_atomically};
use crate::train::{self, Ending, Metrics, Order, Record, Rows, Settings, State, Unusable};

/// The least time between two checkpoints and between two lines of progress.
const BETWEEN_CHECKPOINTS: Duration = Duration::from_millis(200);
const BETWEEN_LINES: Duration = Duration::from_secs(2);

/// Trains and writes.
pub(crate) fn run<N: Differentiable>(lesson: &Lesson) -> Result<(), Failure> {
    let mut network = N::load(&mut Tensors::read(&lesson.model)?)?;
    if let Some(path) = &lesson.weights {
        network.set_parameters(&weights::<N>(path)?);
    }
    let trained = samples::<N>(&lesson.data)?;
    let judged = lesson.validation.as_deref().map(samples::<N>).transpose()?.unwrap_or_default();
    if trained.count == 0 {
        return Err(format!("`{}` holds no samples", lesson.data.display()).into());
    }
    let rows: Vec<usize> = (0..trained.count + judged.count).collect();
    let (train_rows, validation_rows) = rows.split_at(trained.count);
    let all = Samples {
        count: rows.len(),
        inputs: [trained.inputs, judged.inputs].concat(),
        targets: [trained.targets, judged.targets].concat(),
    };
    let settings = settings(lesson);
    let fingerprint =
        lesson.fingerprint.unwrap_or_else(|| fingerprint::<N>(&network, lesson, &settings, &all));
    let pupil = Pupil::new(network, lesson.training.loss, all);
    let mut state = State::new(pupil.parameters(), settings.optimiser);
    if lesson.resume
        && let Some(found) = checkpoint::<N>(&lesson.checkpoint, fingerprint)?
    {
        say(&format!("going on after epoch {}", found.epoch));
        state = found;
    }
    let (mut written, mut shown) = (Instant::now(), Instant::now());
    let mut observe = |state: &State, record: &Record| -> Result<(), String> {
        if shown.elapsed() >= BETWEEN_LINES {
            let metrics = &words(record);
            say(&Epoch { number: record.epoch, of: lesson.training.epochs, metrics }.to_string());
            shown = Instant::now();
        }
        if written.elapsed() >= BETWEEN_CHECKPOINTS {
            keep::<N>(lesson, state, fingerprint)?;
            written = Instant::now();
        }
        Ok(())
    };
    let rows = Rows { train: train_rows, validation: validation_rows };
    let result = train::train(&pupil, rows, &settings, &mut state, &mut observe);
    // Also after a divergence: the state is that of the last good epoch.
    keep::<N>(lesson, &state, fingerprint)?;
    let ending = match result {
        Ok(ending) => ending,
        Err(train::Failure::Observer(message)) => return Err(message.into()),
        Err(train::Failure::Diverged { epoch, loss }) => {
            return Err(Failure::diverged(format!(
                "training diverged in epoch {epoch}: try a smaller `--rate`; the loss grew to {loss:?}"
            )));
        }
    };
    write_weights::<N>(&lesson.output, state.result())?;
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

fn settings(lesson: &Lesson) -> Settings {
    Settings {
        optimiser: lesson.training.optimiser,
        schedule: lesson.training.schedule,
        decay: lesson.training.decay,
        batch: lesson.training.batch,
        epochs: lesson.training.epochs,
        order: lesson.training.shuffle.map_or(Order::Cycle, |seed| Order::Shuffle { seed }),
        stops: lesson.stops().to_vec(),
        patience: lesson.training.patience,
        threads: lesson.threads,
    }
}

/// Metrics in words.
fn words(record: &Record) -> String {
    let of = |m: &Metrics| format!("loss {:.4e}, accuracy {:.4}", m.loss, m.accuracy);
    let validation = record.validation.map_or(String::new(), |m| format!("; validation: {}", of(&m)));
    format!("{}{validation}", of(&record.train))
}

/// A number that another network, beginning, data or way of training would change. A run may be taken up with
/// another end, unless the schedule looks at it.
fn fingerprint<N: Differentiable>(
    network: &N,
    lesson: &Lesson,
    settings: &Settings,
    samples: &Samples,
) -> u64 {
    let looks_at_end = matches!(settings.schedule, train::Schedule::Cosine { .. });
    let settings = Settings {
        epochs: if looks_at_end { settings.epochs } else { 0 },
        patience: settings.patience.map(|_| 0),
        stops: Vec::new(),
        threads: 1,
        ..settings.clone()
    };
    let mut numbers = network.start();
    network.parameters(&mut numbers);
    numbers.extend_from_slice(&samples.inputs);
    numbers.extend_from_slice(&samples.targets);
    let words = format!("{} {:?} {:?} {settings:?}", N::NAME, N::tensors(), lesson.training.loss);
    let bytes = words.into_bytes().into_iter().chain(numbers.iter().flat_map(|n| n.to_bits().to_le_bytes()));
    train::fingerprint(bytes)
}

/// Weights as rate constants.
fn weights<N: Differentiable>(path: &Path) -> Result<Vec<f64>, String> {
    let name = path.display();
    let bytes = std::fs::read(path).map_err(|error| format!("cannot read `{name}`: {error}"))?;
    let is_safetensors = path.extension().is_some_and(|extension| extension == "safetensors");
    let arrays = if is_safetensors { safetensors::read(&bytes) } else { npz::read(&bytes) };
    let arrays = arrays.map_err(|error| format!("`{name}`: {error}"))?;
    let mut values = Vec::new();
    for tensor in N::tensors() {
        let found = arrays.get(tensor.name).filter(|array| array.shape == tensor.shape);
        let found =
            found.ok_or_else(|| format!("`{name}` has no `{}` of shape {:?}", tensor.name, tensor.shape))?;
        values.extend(found.values.iter().map(|weight| weight * tensor.scale));
    }
    Ok(values)
}

fn write_weights<N: Differentiable>(path: &Path, parameters: &[f64]) -> Result<(), String> {
    let array = |(name, shape, start): train::Layout<'_>| {
        let size: usize = shape.iter().product();
        (name.to_owned(), Array { shape: shape.to_vec(), values: parameters[start..start + size].to_vec() })
    };
    let arrays: Arrays = layout::<N>().into_iter().map(array).collect();
    let is_safetensors = path.extension().is_some_and(|extension| extension == "safetensors");
    let written = write_atomically(path, |file| {
        if is_safetensors { safetensors::write(file, &arrays) } else { npz::write(file, &arrays) }
    });
    written.map_err(|error| format!("cannot write `{}`: {error}", path.display()))
}

fn keep<N: Differentiable>(lesson: &Lesson, state: &State, fingerprint: u64) -> Result<(), String> {
    let arrays = train::to_arrays(state, &layout::<N>(), fingerprint);
    let failed = |path: &Path, error| format!("cannot write `{}`: {error}", path.display());
    write_atomically(&lesson.checkpoint, |file| npz::write(file, &arrays))
        .map_err(|error| failed(&lesson.checkpoint, error))?;
    let Some(path) = &lesson.metrics else { return Ok(()) };
    let (header, rows) = train::table(state);
    write_atomically(path, |file| table::write(file, &header, rows)).map_err(|error| failed(path, error))
}

/// The state in a checkpoint; none if there is none.
fn checkpoint<N: Differentiable>(path: &Path, fingerprint: u64) -> Result<Option<State>, String> {
    let name = path.display();
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            say(&format!("there is no checkpoint `{name}`: training begins anew"));
            return Ok(None);
        }
        Err(error) => return Err(format!("cannot read `{name}`: {error}")),
    };
    let arrays = npz::read(&bytes).map_err(|error| format!("`{name}`: {error}"))?;
    match train::from_arrays(&arrays, &layout::<N>(), fingerprint) {
        Ok(state) => Ok(Some(state)),
        Err(Unusable::Malformed(array)) => {
            Err(format!("`{name}` is no checkpoint of this network: `{array}` is missing or does not fit"))
        }
        Err(Unusable::OfAnother) => {
            Err(format!("`{name}` belongs to other data, weights or settings; leave out `--resume`"))
        }
    }
}

/// What `train --help` says of the samples.
pub(crate) fn samples_help<N: Differentiable>() -> String {
    let (inputs, outputs) = (super::input_width::<N>(), output_width::<N>());
    let class = if outputs > 1 {
        format!(", or one column with the class from 0 to {}", outputs - 1)
    } else {
        String::new()
    };
    format!(
        "Samples: a .csv with a header and {inputs} columns of inputs, then {outputs} of targets{class};\n\
         or an .npz with the arrays `x` [samples, {inputs}] and `t` [samples, {outputs}]."
    )
}
