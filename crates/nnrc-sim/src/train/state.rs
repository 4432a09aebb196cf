//! Settings of a training, and where it is.

use super::batches::Variables;
use super::metrics::{Metric, Metrics};
use super::optimiser::Optimiser;
use super::order::Order;
use super::schedule::Schedule;

/// How to train.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// How a gradient becomes a step.
    pub optimiser: Optimiser,
    /// How the learning rate changes.
    pub schedule: Schedule,
    /// Weight decay: λ of the penalty λ/2 Σ w² on all parameters.
    pub decay: f64,
    /// Samples in a minibatch.
    pub batch: usize,
    /// Number of epochs.
    pub epochs: usize,
    /// The order of the samples.
    pub order: Order,
    /// Ends before all epochs are done.
    pub stops: Vec<Stop>,
    /// Epochs without improvement after which training ends; the best parameters count then.
    pub patience: Option<usize>,
    /// Threads to use; the result does not depend on it.
    pub threads: usize,
}

/// An end that depends on a metric.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stop {
    /// Of the samples that are not trained on.
    pub validation: bool,
    /// Which metric.
    pub metric: Metric,
    /// How it is compared.
    pub comparison: Comparison,
    /// With what.
    pub bound: f64,
}

/// A comparison of a metric with a bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// Below the bound.
    Less,
    /// At most the bound.
    LessEqual,
    /// Above the bound.
    Greater,
    /// At least the bound.
    GreaterEqual,
    /// The very bound.
    Equal,
}

impl Comparison {
    /// All of them; a sign that another one begins with comes after that.
    pub const ALL: [Self; 5] = [Self::LessEqual, Self::GreaterEqual, Self::Equal, Self::Less, Self::Greater];

    /// Its sign.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::LessEqual => "<=",
            Self::Greater => ">",
            Self::GreaterEqual => ">=",
            Self::Equal => "==",
        }
    }

    /// Whether it holds.
    pub fn holds(self, value: f64, bound: f64) -> bool {
        match self {
            Self::Less => value < bound,
            Self::LessEqual => value <= bound,
            Self::Greater => value > bound,
            Self::GreaterEqual => value >= bound,
            Self::Equal => value == bound,
        }
    }
}

/// Which samples are trained on, and which judge the result.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'a> {
    /// Trained on.
    pub train: &'a [usize],
    /// Only judged; may be empty.
    pub validation: &'a [usize],
}

/// Where training is. [`train`](super::train) goes on from here.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct State {
    /// Epochs done.
    pub epoch: usize,
    /// Steps done.
    pub step: u64,
    /// The parameters and their moments.
    pub variables: Variables,
    /// The best so far, where patience is limited.
    pub best: Option<Best>,
    /// What each epoch gave.
    pub history: Vec<Record>,
}

/// The best parameters so far.
#[derive(Debug, Clone, PartialEq)]
pub struct Best {
    /// After which epoch, from 1.
    pub epoch: usize,
    /// Its loss: of validation if there is one.
    pub loss: f64,
    /// The parameters.
    pub parameters: Vec<f64>,
}

/// What an epoch gave.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Record {
    /// Which, from 1.
    pub epoch: usize,
    /// Its learning rate.
    pub rate: f64,
    /// Of the samples trained on, each before the step that it takes part in.
    pub train: Metrics,
    /// Of the validation samples, after the epoch.
    pub validation: Option<Metrics>,
}

impl State {
    /// The beginning.
    pub fn new(parameters: Vec<f64>, optimiser: Optimiser) -> Self {
        let count = parameters.len();
        let second = if optimiser.has_second_moment() { vec![0.0; count] } else { Vec::new() };
        Self { variables: Variables { parameters, first: vec![0.0; count], second }, ..Self::default() }
    }

    /// The parameters that count: the best where patience is limited, else the last.
    pub fn result(&self) -> &[f64] {
        self.best.as_ref().map_or(&self.variables.parameters, |best| &best.parameters)
    }
}
