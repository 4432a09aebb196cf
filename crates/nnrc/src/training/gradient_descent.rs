//! Training through the fixed point of the chemistry, by gradient descent in silico.

use nnrc_model::GradientDescent;
use nnrc_sim::train::{self, Ending, Failure as Failed, Metric, Record, Rows, Settings, Stamp, State};
use nnrc_syntax::{Diagnostic, Severity, codes};

use super::learner::Learning;
use super::outcome::{TrainOptions, Trained, no_data};
use super::resuming::refused;
use super::{mapping, settings};
use crate::failure::Failure;
use crate::numbers::short;
use crate::observer::{Checkpoint, Epoch, History, Moment, Observer, Picture, Subject};
use crate::plot::{self, Curve};
use crate::project::Checked;

/// A training by gradient descent that can begin: the network, the samples, and the settings.
pub struct InSilicoTraining<'a> {
    checked: &'a Checked,
    descent: &'a GradientDescent,
    /// The network and the samples: first those trained on.
    pub learning: Learning<'a>,
    /// How it is trained.
    pub settings: Settings,
    /// What a checkpoint belongs to.
    pub stamp: Stamp,
    /// How many of the samples are trained on.
    pub trained_on: usize,
}

/// Training ends since whoever waits for it wants that.
struct Cancelled;

impl<'a> InSilicoTraining<'a> {
    /// What the file of a model says.
    ///
    /// # Errors
    ///
    /// A file that does not say how to train, or on what.
    pub fn of(checked: &'a Checked, threads: usize) -> Result<Self, Failure> {
        let descent = checked.model.gradient_descent().ok_or_else(|| no_data(checked))?;
        // Analysis gives no descent without its data.
        let (train, validation) = descent.samples(&checked.model).ok_or_else(|| no_data(checked))?;
        let learning = Learning::new(&checked.model, descent.loss, &train, validation.as_ref());
        let stamp = learning.stamp(settings::of_gradient_descent(descent));
        let settings = mapping::settings(descent, threads.max(1));
        Ok(Self { checked, descent, learning, settings, stamp, trained_on: train.rows.len() })
    }

    /// The state of a checkpoint.
    ///
    /// # Errors
    ///
    /// A checkpoint that is damaged or belongs to another training.
    pub fn state(&self, arrays: &nnrc_sim::io::Arrays, observer: &dyn Observer) -> Result<State, Failure> {
        train::from_arrays(arrays, &self.learning.layout(), &self.stamp)
            .map_err(|unusable| refused(&unusable, observer))
    }

    /// Trains.
    ///
    /// # Errors
    ///
    /// A checkpoint of another training; a training that diverges.
    pub fn run(&self, options: &TrainOptions, observer: &mut dyn Observer) -> Result<Trained, Failure> {
        let mut state = match &options.resume {
            Some(arrays) => {
                let state = self.state(arrays, observer)?;
                observer.resumed(&format!("epoch {}", state.epoch));
                state
            }
            None => State::new(self.learning.graph.initial().to_vec(), self.settings.optimiser),
        };
        let rows: Vec<usize> = (0..self.learning.samples()).collect();
        let (trained_on, judged) = rows.split_at(self.trained_on);
        let mut observe = |state: &State, record: &Record| {
            observer.epoch(&Epoch {
                number: record.epoch,
                of: self.settings.epochs,
                train: record.train,
                validation: record.validation,
                violations: None,
            });
            if observer.wants_checkpoint(Moment::Epoch) {
                observer.checkpoint(&self.checkpoint(state));
            }
            if observer.is_cancelled() { Err(Cancelled) } else { Ok(()) }
        };
        let rows = Rows { train: trained_on, validation: judged };
        let how = (self.settings.threads, self.descent.precision);
        let result = self.learning.with_batches(how, self.settings.batch, |batches| {
            train::train(batches, rows, &self.settings, &mut state, &mut observe)
        });
        // Also after a divergence: the state is that of the last good epoch.
        let last = self.checkpoint(&state);
        observer.checkpoint(&last);
        observer.pictures(&self.pictures(&state));
        let ending = match result {
            Ok(ending) => ending_words(ending, self.descent, &state),
            Err(Failed::Observer(Cancelled)) => format!("ended from outside after epoch {}", state.epoch),
            Err(Failed::Diverged { epoch, loss }) => return Err(self.diverged(epoch, loss, observer)),
        };
        let result = state.result();
        let metrics = |rows: &[usize]| self.learning.metrics(result, rows, self.settings.threads);
        Ok(Trained {
            weights: self.learning.weights(result),
            ending,
            epochs: state.epoch,
            train: metrics(trained_on),
            validation: (!judged.is_empty()).then(|| metrics(judged)),
            history: last.history,
        })
    }

    /// The checkpoint of a state.
    pub fn checkpoint(&self, state: &State) -> Checkpoint {
        let (header, rows) = train::table(state);
        Checkpoint {
            arrays: train::to_arrays(state, &self.learning.layout(), &self.stamp),
            history: History { header, rows },
        }
    }

    /// The loss with accuracy or r², as soon as there is an epoch.
    pub fn pictures(&self, state: &State) -> Vec<Picture> {
        if state.history.is_empty() {
            return Vec::new();
        }
        let epochs: Vec<f64> = state.history.iter().map(|record| record.epoch as f64).collect();
        let mut curves = Vec::new();
        let mut add = |name: &str, value: &dyn Fn(&train::Record) -> Option<f64>| {
            let values: Vec<f64> = state.history.iter().filter_map(value).collect();
            if values.len() == epochs.len() {
                curves.push(Curve { name: name.to_owned(), group: name.to_owned(), values });
            }
        };
        let headline = state.history.first().map_or(Metric::Accuracy, |record| record.train.headline().0);
        for validates in [false, true] {
            for quantity in [Metric::Loss, headline] {
                let value = |record: &train::Record| {
                    let metrics = if validates { record.validation } else { Some(record.train) };
                    metrics.map(|metrics| metrics.get(quantity)).filter(|value| value.is_finite())
                };
                let ending = if validates { ", validation" } else { "" };
                add(&format!("{}{ending}", quantity.name()), &value);
            }
        }
        let svg = plot::svg(&plot::Plot {
            title: format!("training of {}", self.checked.model.name),
            horizontal: "epoch".to_owned(),
            vertical: format!("loss, {}", headline.name()),
            times: &epochs,
            curves: &curves,
        });
        vec![Picture { subject: Subject::Metrics, svg }]
    }

    /// The loss grew beyond bounds in an epoch.
    pub fn diverged(&self, epoch: usize, loss: f64, observer: &dyn Observer) -> Failure {
        let span = self.checked.model.training.as_ref().map(|training| training.span);
        let rate = match self.descent.optimiser {
            nnrc_model::Optimiser::Sgd { rate, .. } | nnrc_model::Optimiser::Adam { rate, .. } => rate,
        };
        let mut finding = Diagnostic::global(
            Severity::Error,
            codes::TRAINING_DIVERGED,
            format!("training diverged in epoch {epoch}: the loss grew to {}", short(loss)),
        )
        .label(format!("with the learning rate {}", short(rate)))
        .help(format!("use a smaller learning rate, such as {}", short(rate / 10.0)))
        .help("scale inputs and targets to about 0 to 1; start from smaller weights");
        finding.span = span;
        if let Some(name) = observer.checkpoint_name() {
            finding = finding.help(format!("`{name}` holds the weights after epoch {}", epoch - 1));
        }
        self.checked.failed(finding)
    }
}

fn ending_words(ending: Ending, descent: &GradientDescent, state: &State) -> String {
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
