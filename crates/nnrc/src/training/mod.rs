//! Training: from a checked model to trained weights, through the fixed point or in the pot.
//!
//! - `learner`: the model and its data as something that `nnrc_sim` trains;
//! - `gradient_descent`, `gradient_flow`, `clocked_sgd`: the three ways to learn;
//! - `mapping`: what the file says, in the words of the run-time library and of generated crates;
//! - `outcome`: how a training is run, and what comes of it;
//! - `resuming`: whether a checkpoint belongs to a training;
//! - `settings`: what a checkpoint depends on, in words.

mod clocked_sgd;
mod gradient_descent;
mod gradient_flow;
mod learner;
mod mapping;
mod outcome;
mod record;
mod resuming;
pub mod settings;

use crate::failure::Failure;
use crate::observer::Observer;
use crate::project::Checked;
pub use gradient_descent::InSilicoTraining;
pub use gradient_flow::concentration_limit;
pub use learner::Learning;
pub use mapping::{presented, refused_in_a_program, trained};
pub use outcome::{TrainOptions, Trained, words};

impl Checked {
    /// Trains the network by the `train` block of its file.
    ///
    /// # Errors
    ///
    /// A file that does not say how or on what; a checkpoint of another training; a training that diverges, whose last
    /// good state the observer gets before.
    pub fn train(&self, options: &TrainOptions, observer: &mut dyn Observer) -> Result<Trained, Failure> {
        if self.model.chemistry.construction.is_phased() {
            return clocked_sgd::run(self, options, observer);
        }
        match self.model.gradient_flow() {
            Some(flow) => gradient_flow::run(self, flow, options, observer),
            None => InSilicoTraining::of(self, options.threads)?.run(options, observer),
        }
    }
}
