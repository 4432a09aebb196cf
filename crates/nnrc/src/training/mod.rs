//! Training: from a checked model to trained weights, through the fixed point or in the pot.
//!
//! - `learner`: the model and its data as something that `nnrc_sim` trains;
//! - `descent`, `flow`, `clocked`: the three ways to learn;
//! - `mapping`: what the file says, in the words of the run-time library and of generated crates;
//! - `resuming`: whether a checkpoint belongs to a training;
//! - `settings`: what a checkpoint depends on, in words.

mod clocked;
mod descent;
mod flow;
mod learner;
mod mapping;
mod record;
mod resuming;
pub mod settings;

use std::collections::BTreeMap;

use nnrc_model::{Construction, Tensor};
use nnrc_sim::io::Arrays;
use nnrc_sim::train::Metrics;
use nnrc_syntax::{Diagnostic, Severity, codes};

use crate::failure::Failure;
use crate::numbers::{plural, short};
use crate::observer::{History, Observer};
use crate::project::Checked;
pub use descent::DescentTraining;
pub use flow::concentration_limit;
pub use learner::Learning;
pub use mapping::{loss, presented, settings as settings_of, trained};

/// How a training is run.
#[derive(Debug, Clone, Default)]
pub struct TrainOptions {
    /// A checkpoint to go on from.
    pub resume: Option<Arrays>,
    /// Threads; none counts as one. Results do not depend on it.
    pub threads: usize,
}

/// Trained weights.
#[derive(Debug, Clone)]
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
    /// The epochs as a table.
    pub history: History,
}

impl Checked {
    /// Trains the network by the `train` block of its file.
    ///
    /// # Errors
    ///
    /// A file that does not say how or on what; a checkpoint of another training; a training that diverges, whose last
    /// good state the observer gets before.
    pub fn train(&self, options: &TrainOptions, observer: &mut dyn Observer) -> Result<Trained, Failure> {
        if self.model.chemistry.construction == Construction::Phased {
            return clocked::run(self, options, observer);
        }
        match self.model.training.as_ref().and_then(|training| training.flow.as_ref()) {
            Some(flow) => flow::run(self, flow, options, observer),
            None => DescentTraining::of(self, options.threads)?.run(options, observer),
        }
    }
}

/// What is missing where a file does not say how to train, or on what.
fn no_data(checked: &Checked) -> Failure {
    let Some(training) = &checked.model.training else {
        let finding = Diagnostic::global(
            Severity::Error,
            codes::MISSING_ARGUMENT,
            "the file does not say how to train: it has no `train` block",
        )
        .help("write `train { data = d; rule = gradient(adam(rate = 0.01)); epochs = 100; }`")
        .help("and give the weights a beginning: `weights { init = glorot_uniform(seed = 1); }`");
        return checked.failed(finding);
    };
    let finding = Diagnostic::error(
        codes::MISSING_ARGUMENT,
        training.span,
        "the `train` block does not say on which data",
    )
    .label("needs `data`")
    .help("declare a data set and name it: `data = d;`");
    checked.failed(finding)
}

/// Metrics in words.
pub fn words(metrics: &Metrics) -> String {
    let (quantity, value) = metrics.headline();
    format!("loss {}, {} {}", short(metrics.loss), quantity.name(), short(value))
}

impl Trained {
    /// The last line, for people.
    pub fn summary(&self) -> String {
        let validation =
            self.validation.map_or(String::new(), |metrics| format!("; validation: {}", words(&metrics)));
        format!(
            "trained {} ({}): {}{validation}",
            plural(self.epochs, "epoch"),
            self.ending,
            words(&self.train)
        )
    }
}
