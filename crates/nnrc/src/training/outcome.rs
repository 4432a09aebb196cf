//! How a training is run, and what comes of it.

use std::collections::BTreeMap;
use std::io;

use nnrc_model::{Model, Tensor};
use nnrc_sim::io::{Array, Arrays};
use nnrc_sim::train::{self, Metrics};
use nnrc_syntax::{Diagnostic, Severity, codes};

use crate::failure::Failure;
use crate::meanings;
use crate::numbers::{plural, short};
use crate::observer::History;
use crate::project::Checked;

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

/// What is missing where a file does not say how to train, or on what.
pub fn no_data(checked: &Checked) -> Failure {
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
    /// Writes the weights with the version of nnrc and with what inputs and outputs of the model are, as `.npz` or
    /// `.safetensors`.
    ///
    /// # Errors
    ///
    /// Those of `out`.
    pub fn write(&self, model: &Model, out: &mut dyn io::Write, is_safetensors: bool) -> io::Result<()> {
        let array = |tensor: &Tensor| Array { shape: tensor.shape.clone(), values: tensor.values.clone() };
        let mut arrays: Arrays =
            self.weights.iter().map(|(key, tensor)| (key.clone(), array(tensor))).collect();
        arrays.insert(train::VERSION.to_owned(), train::version());
        meanings::carried(model).write(out, &arrays, is_safetensors)
    }

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
