//! Training: from a checked model to trained weights, through the fixed point or in the pot.
//!
//! - `learner`: the model and its data as something that `nnrc_sim` trains;
//! - `flow`: learning in one pot;
//! - `files`: where results and checkpoints are, and what is in them;
//! - `progress`: what is shown meanwhile;
//! - `settings`: what a checkpoint depends on, in words.

mod files;
mod flow;
mod learner;
mod progress;
pub mod settings;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use nnrc_model::Tensor;
use nnrc_model::{Construction, Model, NodeKind, Operation};
use nnrc_model::{Descent, Samples, StopRule};
use nnrc_sim::program;
use nnrc_sim::train::{
    self, Comparison, Ending, Failure, Learner, Loss, Metrics, Optimiser, Order, Record, Rows, Schedule,
    Settings, State, Stop as End,
};
use nnrc_syntax::ast::Cmp;
use nnrc_syntax::{Diagnostic, codes};

use crate::args::EngineKind;
use crate::session::Session;
use crate::terminal::Stop;
use crate::{native, phased};
pub use files::Files;
pub use flow::concentration_limit;
pub use learner::Learning;
use nnrc::Checked;
use progress::Progress;
pub use progress::words;

/// The least time between two checkpoints: epochs of small networks are shorter than a write to disk.
const BETWEEN_CHECKPOINTS: Duration = Duration::from_millis(200);

/// Trained weights.
pub struct Trained {
    /// By key: `hidden.W`, `hidden.b`.
    pub weights: BTreeMap<String, Tensor>,
    /// Why training ended, in words.
    pub ending: String,
    /// Epochs that were run, those before a resumption included.
    pub epochs: usize,
    /// Of the training samples, with the weights above.
    pub train: Metrics,
    /// Of the validation samples.
    pub validation: Option<Metrics>,
}

/// Trains the model of a file by its `train` block. With `files`, checkpoints and curves are kept; `resume` goes on
/// from the last checkpoint.
pub fn run(
    session: &Session,
    loaded: &Checked,
    files: Option<&Files>,
    (resume, engine): (bool, EngineKind),
) -> Result<Trained, Stop> {
    if loaded.model.chemistry.construction == Construction::Phased {
        without_crate(session, engine);
        return phased::learning::run(session, loaded, files, resume);
    }
    let terminal = &session.terminal;
    if let Some(flow) = loaded.model.training.as_ref().and_then(|training| training.flow.as_ref()) {
        without_crate(session, engine);
        return flow::run(session, loaded, flow, files, resume);
    }
    let descent = descent(session, loaded)?;
    let Some((train, validation)) = descent.samples(&loaded.model) else {
        // Analysis gives no descent without its data.
        return no_data(session, loaded);
    };
    let learning = Learning::new(&loaded.model, descent.loss, &train, validation.as_ref());
    let rows: Vec<usize> = (0..learning.samples()).collect();
    let (trained_on, judged) = rows.split_at(train.rows.len());
    let settings = settings(descent);
    let stamp = learning.stamp(settings::of_descent(descent));
    let mut state = State::new(learning.graph.initial().to_vec(), settings.optimiser);
    if let Some(files) = files
        && let Some(program) = native::trainer(session, loaded, engine)?
    {
        if resume {
            // What does not fit is refused here, where it is known by which words of the file.
            files.read_checkpoint(terminal, &learning, &stamp)?;
        }
        // The program goes through the epochs; what it leaves behind is the state after the last one.
        let lesson = native::Lesson {
            settings: &settings,
            loss: loss(descent.loss),
            measure: &learning.measure,
            stamp: &stamp,
            resume,
        };
        let ended = learning.teach(session, loaded, &program, &lesson, &files.checkpoint(), trained_on.len());
        let found = files.read_checkpoint(terminal, &learning, &stamp);
        if let Ok(Some(found)) = &found {
            files.write_checkpoint(terminal, &learning, found, &stamp)?;
            files.write_curves(terminal, &loaded.model.name, found)?;
        }
        match ended? {
            native::Taught::Diverged { loss } => {
                let epoch = found?.map_or(0, |state| state.epoch) + 1;
                return terminal.fail(&loaded.source, diverged(loaded, descent, Some(files), epoch, loss));
            }
            native::Taught::Done => state = found?.unwrap_or(state),
        }
    } else if let Some(files) = files.filter(|_| resume) {
        match files.read_checkpoint(terminal, &learning, &stamp)? {
            Some(found) => {
                terminal.note(&format!("going on after epoch {}", found.epoch));
                state = found;
            }
            None => terminal.note(&format!(
                "there is no checkpoint `{}`: training begins anew",
                files.checkpoint().display()
            )),
        }
    }
    let mut progress = Progress::new(terminal, settings.epochs, state.epoch);
    let mut written = Instant::now();
    let mut observe = |state: &State, record: &Record| {
        progress.show(record);
        if let Some(files) = files
            && written.elapsed() >= BETWEEN_CHECKPOINTS
        {
            files.write_checkpoint(terminal, &learning, state, &stamp)?;
            written = Instant::now();
        }
        Ok(())
    };
    let rows = Rows { train: trained_on, validation: judged };
    let result = train::train(&learning, rows, &settings, &mut state, &mut observe);
    progress.finish();
    if let Some(files) = files {
        // Also after a divergence: the state is that of the last good epoch.
        files.write_checkpoint(terminal, &learning, &state, &stamp)?;
        files.write_curves(terminal, &loaded.model.name, &state)?;
    }
    let ending = match result {
        Ok(ending) => ending,
        Err(Failure::Observer(stop)) => return Err(stop),
        Err(Failure::Diverged { epoch, loss }) => {
            return terminal.fail(&loaded.source, diverged(loaded, descent, files, epoch, loss));
        }
    };
    let result = state.result();
    let metrics = |rows: &[usize]| metrics(&learning, result, rows, settings.threads);
    Ok(Trained {
        weights: learning.weights(result),
        ending: ending_words(ending, descent, &state),
        epochs: state.epoch,
        train: metrics(trained_on),
        validation: (!judged.is_empty()).then(|| metrics(judged)),
    })
}

/// The metrics of a network on some of its samples.
fn metrics(learning: &Learning<'_>, parameters: &[f64], rows: &[usize], threads: usize) -> Metrics {
    train::evaluate(learning, parameters, rows, threads).metrics(learning.spread(rows))
}

/// What a generated program trains: every tensor of the model, by the settings of the file if it has some.
pub fn trained(model: &Model) -> nnrc_rust::Training {
    let descent = model.training.as_ref().and_then(|training| training.descent.as_ref());
    let tensor = |(key, stem)| nnrc_rust::Trained {
        constant: format!("k_{stem}"),
        key,
        scale: model.chemistry.forward,
    };
    let tensors = weights(model).into_iter().map(tensor).collect();
    let judged = model.judging(None);
    let defaults = descent.map(|descent| {
        let settings = settings(descent);
        program::Training {
            loss: loss(descent.loss),
            reading: Some(judged.measure.reading),
            units: &[],
            optimiser: settings.optimiser,
            schedule: settings.schedule,
            decay: settings.decay,
            batch: settings.batch,
            epochs: settings.epochs,
            shuffle: descent.shuffle,
            patience: settings.patience,
            stops: &[],
        }
    });
    let stops = descent.map_or(Vec::new(), |descent| settings(descent).stops);
    nnrc_rust::Training { tensors, defaults, stops, units: judged.measure.units }
}

/// What learns in a pot, for a generated crate.
pub fn presented(model: &Model, wanted: nnrc_model::Loss) -> nnrc_rust::Pot {
    let measure = model.judging(None).measure;
    nnrc_rust::Pot {
        weights: weights(model),
        loss: loss(wanted),
        reading: Some(measure.reading),
        units: measure.units,
    }
}

/// All weights and biases: name in weight files, stem in the chemistry.
fn weights(model: &Model) -> Vec<(String, String)> {
    let mut names = Vec::new();
    for node in &model.nodes {
        let NodeKind::Layer { operation: Operation::Dense { bias, .. }, .. } = &node.kind else { continue };
        for what in std::iter::once("W").chain(bias.as_ref().map(|_| "b")) {
            names.push((format!("{}.{what}", node.name), format!("{what}_{}", node.name)));
        }
    }
    names
}

/// The loss of the run-time library.
fn loss(loss: nnrc_model::Loss) -> Loss {
    match loss {
        nnrc_model::Loss::SquaredError => Loss::SquaredError,
        nnrc_model::Loss::CrossEntropy => Loss::CrossEntropy,
        nnrc_model::Loss::SoftmaxCrossEntropy => Loss::SoftmaxCrossEntropy,
    }
}

/// Says that pots that learn do so here.
fn without_crate(session: &Session, engine: EngineKind) {
    if engine == EngineKind::Crate {
        session.terminal.note(
            "pots that learn are followed in this process, also with `--engine crate`; `nnrc compile --target rust` writes \
             a program that presents samples",
        );
    }
}

/// The settings of the file, or an error that says what is missing.
fn descent<'a>(session: &Session, loaded: &'a Checked) -> Result<&'a Descent, Stop> {
    match loaded.model.training.as_ref().and_then(|training| training.descent.as_ref()) {
        Some(descent) => Ok(descent),
        None => no_data(session, loaded),
    }
}

fn no_data<T>(session: &Session, loaded: &Checked) -> Result<T, Stop> {
    let Some(training) = &loaded.model.training else {
        let finding = Diagnostic::global(
            nnrc_syntax::Severity::Error,
            codes::MISSING_ARGUMENT,
            "the file does not say how to train: it has no `train` block",
        )
        .help("write `train { data = d; rule = gradient(adam(rate = 0.01)); epochs = 100; }`")
        .help("and give the weights a beginning: `weights { init = glorot_uniform(seed = 1); }`");
        return session.terminal.fail(&loaded.source, finding);
    };
    let finding = Diagnostic::error(
        codes::MISSING_ARGUMENT,
        training.span,
        "the `train` block does not say on which data",
    )
    .label("needs `data`")
    .help("declare a data set and name it: `data = d;`");
    session.terminal.fail(&loaded.source, finding)
}

/// An end by a metric.
fn end(rule: &StopRule) -> End {
    End {
        validation: rule.validation,
        quantity: rule.quantity,
        comparison: match rule.comparison {
            Cmp::Less => Comparison::Less,
            Cmp::LessEqual => Comparison::LessEqual,
            Cmp::Greater => Comparison::Greater,
            Cmp::GreaterEqual => Comparison::GreaterEqual,
            Cmp::Equal | Cmp::Near => Comparison::Equal,
        },
        bound: rule.bound,
    }
}

fn settings(descent: &Descent) -> Settings {
    Settings {
        optimiser: match descent.optimiser {
            nnrc_model::Optimiser::Sgd { rate, momentum } => Optimiser::Sgd { rate, momentum },
            nnrc_model::Optimiser::Adam { rate, beta1, beta2, epsilon } => {
                Optimiser::Adam { rate, beta1, beta2, epsilon }
            }
        },
        schedule: match descent.schedule {
            nnrc_model::Schedule::Constant => Schedule::Constant,
            nnrc_model::Schedule::Cosine { floor } => Schedule::Cosine { floor },
            nnrc_model::Schedule::Step { every, factor } => Schedule::Step { every, factor },
            nnrc_model::Schedule::Exponential { factor } => Schedule::Exponential { factor },
        },
        decay: descent.decay,
        batch: descent.batch,
        epochs: descent.epochs,
        order: descent.shuffle.map_or(Order::Cycle, |seed| Order::Shuffle { seed }),
        stops: descent.stops.iter().map(end).collect(),
        patience: descent.patience,
        threads: std::thread::available_parallelism().map_or(1, usize::from),
    }
}

fn ending_words(ending: Ending, descent: &Descent, state: &State) -> String {
    match ending {
        Ending::Epochs => "all epochs are done".to_owned(),
        Ending::Stopped(at) => {
            let rule = descent.stops.get(at);
            let which = rule.map_or("", |rule| if rule.validation { "validation " } else { "" });
            let name = rule.map_or("", |rule| rule.quantity.name());
            format!("stopped by the {which}{name}")
        }
        Ending::Patience => {
            let best = state.best.as_ref().map_or(0, |best| best.epoch);
            format!("nothing improved after epoch {best}, whose weights these are")
        }
    }
}

fn diverged(
    loaded: &Checked,
    descent: &Descent,
    files: Option<&Files>,
    epoch: usize,
    loss: f64,
) -> Diagnostic {
    let span = loaded.model.training.as_ref().map(|training| training.span);
    let rate = match descent.optimiser {
        nnrc_model::Optimiser::Sgd { rate, .. } | nnrc_model::Optimiser::Adam { rate, .. } => rate,
    };
    let mut finding = Diagnostic::global(
        nnrc_syntax::Severity::Error,
        codes::TRAINING_DIVERGED,
        format!("training diverged in epoch {epoch}: the loss grew to {}", nnrc::numbers::short(loss)),
    )
    .label(format!("with the learning rate {}", nnrc::numbers::short(rate)))
    .help(format!("use a smaller learning rate, such as {}", nnrc::numbers::short(rate / 10.0)))
    .help("scale inputs and targets to about 0 to 1; start from smaller weights");
    finding.span = span;
    if let Some(files) = files {
        finding = finding.help(format!(
            "`{}` holds the weights after epoch {}",
            files.checkpoint().display(),
            epoch - 1
        ));
    }
    finding
}

impl Trained {
    /// The last line, for people.
    pub fn summary(&self) -> String {
        let validation =
            self.validation.map_or(String::new(), |metrics| format!("; validation: {}", words(&metrics)));
        format!(
            "trained {} ({}): {}{validation}",
            nnrc::numbers::plural(self.epochs, "epoch"),
            self.ending,
            words(&self.train)
        )
    }
}

/// The samples of a part of the data, for the learner.
fn inputs_and_targets<'a>(samples: &Samples<'a>, width: usize) -> Vec<(&'a [f64], Vec<f64>)> {
    let dataset = samples.dataset;
    let one = |&row: &usize| (dataset.input(row), dataset.target(row, width).unwrap_or_default());
    samples.rows.iter().map(one).collect()
}
