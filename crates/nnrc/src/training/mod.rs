//! Training: from a checked model to trained weights, through the fixed point or in the pot.
//!
//! - `learner`: the model and its data as something that `nnrc_sim` trains;
//! - `descent`, `flow`, `clocked`: the three ways to learn;
//! - `mapping`: what the file says, in the words of the run-time library and of generated crates;
//! - `outcome`: how a training is run, and what comes of it;
//! - `resuming`: whether a checkpoint belongs to a training;
//! - `settings`: what a checkpoint depends on, in words.

mod clocked;
mod descent;
mod flow;
mod learner;
mod mapping;
mod outcome;
mod record;
mod resuming;
pub mod settings;

use nnrc_model::Construction;

use crate::failure::Failure;
use crate::observer::Observer;
use crate::project::Checked;
pub use descent::DescentTraining;
pub use flow::concentration_limit;
pub use learner::Learning;
pub use mapping::{presented, trained};
pub use outcome::{TrainOptions, Trained, words};

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
