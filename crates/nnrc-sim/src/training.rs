//! What a model file says about training, as constants of the generated program.

use crate::reading::Reading;
use crate::train::{Loss, Optimiser, Order, Schedule, Settings, Stop};

/// Defaults of the verb `train`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Training {
    /// What is made small.
    pub loss: Loss,
    /// What the outputs are; none: what the targets say.
    pub reading: Option<Reading>,
    /// What a difference of 1 in an output means in the units of the data; empty: 1.
    pub units: &'static [f64],
    /// How a gradient becomes a step.
    pub optimiser: Optimiser,
    /// How the learning rate changes.
    pub schedule: Schedule,
    /// Weight decay.
    pub decay: f64,
    /// Samples in a minibatch.
    pub batch: usize,
    /// Number of epochs.
    pub epochs: usize,
    /// Seed of the order of the samples; none: always as they stand.
    pub shuffle: Option<u64>,
    /// Epochs without improvement after which training ends.
    pub patience: Option<usize>,
    /// Ends by a metric.
    pub stops: &'static [Stop],
}

impl Training {
    /// Those of a file that says nothing.
    pub const NONE: Self = Self {
        loss: Loss::SquaredError,
        reading: None,
        units: &[],
        optimiser: Optimiser::Adam { rate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
        schedule: Schedule::Constant,
        decay: 0.0,
        batch: 32,
        epochs: 100,
        shuffle: Some(0),
        patience: None,
        stops: &[],
    };

    /// What settings say, for a loss and for outputs that are read so. Ends by a metric and units are borrowed by whoever
    /// has them.
    pub fn of(settings: &Settings, loss: Loss, reading: Option<Reading>) -> Self {
        let &Settings { optimiser, schedule, decay, batch, epochs, order, stops: _, patience, threads: _ } =
            settings;
        let shuffle = order.seed();
        Self {
            loss,
            reading,
            units: &[],
            optimiser,
            schedule,
            decay,
            batch,
            epochs,
            shuffle,
            patience,
            stops: &[],
        }
    }

    /// The settings of the run-time library, with these ends by a metric.
    pub fn settings(&self, stops: &[Stop], threads: usize) -> Settings {
        Settings {
            optimiser: self.optimiser,
            schedule: self.schedule,
            decay: self.decay,
            batch: self.batch,
            epochs: self.epochs,
            order: Order::of(self.shuffle),
            stops: stops.to_vec(),
            patience: self.patience,
            threads,
        }
    }
}
