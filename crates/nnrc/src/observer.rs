//! What long work tells whoever waits for it, and asks of them.

use nnrc_sim::io::Arrays;
use nnrc_sim::train::Metrics;

/// Whoever waits for long work. Every method has a default, so that nothing need be said.
pub trait Observer {
    /// A remark on what is done, in words.
    fn note(&mut self, _words: &str) {}

    /// So much of the work is done.
    fn progress(&mut self, _done: usize, _of: usize) {}

    /// Training goes on from a checkpoint; where it was, in words: `epoch 5`.
    fn resumed(&mut self, _place: &str) {}

    /// An epoch of a training is done.
    fn epoch(&mut self, _epoch: &Epoch) {}

    /// Whether a checkpoint is wanted now: at the end of an epoch, or of one of many samples in it.
    fn wants_checkpoint(&mut self, _at: Moment) -> bool {
        false
    }

    /// A checkpoint that was wanted, or the last one of a training, which is also given where the training fails.
    fn checkpoint(&mut self, _checkpoint: &Checkpoint) {}

    /// Where checkpoints are kept, for messages.
    fn checkpoint_name(&self) -> Option<String> {
        None
    }

    /// Pictures of the course of a training, when it has ended, well or not.
    fn pictures(&mut self, _pictures: &[Picture]) {}

    /// Whether the work shall end now. What was done is given as the result.
    fn is_cancelled(&mut self) -> bool {
        false
    }
}

/// Nobody waits.
impl Observer for () {}

/// An epoch that is done.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Epoch {
    /// Its number, from 1.
    pub number: usize,
    /// Number of epochs that there can be.
    pub of: usize,
    /// Of the samples trained on.
    pub train: Metrics,
    /// Of those that only judge.
    pub validation: Option<Metrics>,
    /// Samples beyond the tolerance, where the pot judges them.
    pub violations: Option<usize>,
}

/// When a checkpoint may be wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// An epoch is done.
    Epoch,
    /// A sample within an epoch is done.
    Sample,
}

/// All that going on to the same bits needs, which is a weight file as well, and the epochs so far as a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Checkpoint {
    /// Arrays by name.
    pub arrays: Arrays,
    /// The epochs so far.
    pub history: History,
}

/// The epochs of a training as a table.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct History {
    /// Names of the columns.
    pub header: Vec<String>,
    /// A row for each epoch.
    pub rows: Vec<Vec<f64>>,
}

/// A picture of the course of a training.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    /// What it shows.
    pub subject: Subject,
    /// As SVG.
    pub svg: String,
}

/// What a picture of a training shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// Loss and other metrics over the epochs.
    Metrics,
    /// What grows in a pot, over the epochs.
    Growth,
    /// Weights over time.
    Weights,
}
