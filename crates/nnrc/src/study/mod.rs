//! Studies of noise: a network and its variants under disturbances, each drawn several times, and how far their outputs
//! are right then.
//!
//! - `case`: disturbances;
//! - `variant`: the networks that are compared;
//! - `test_set`: what is fed, and what should come out;
//! - `inference`, `molecules`, `learning`, `clocked`: replicates of a pot whose weights stand still, of the same in
//!   numbers of molecules, of one that learns, or of one with a clock; `halting`: how the last ended;
//! - `reading`, `figures`, `row`, `results`: how outputs are judged, and what is told of it;
//! - `readings`: a range of the replicates, to be taken together with others;
//! - `run`: all replicates.
//!
//! Weights are those that a [`Variant`] has; [`Study::trained`] finds them where the file trains.

mod case;
mod clocked;
mod figures;
mod halting;
mod inference;
mod learning;
mod mean_and_worst;
mod molecules;
mod picture;
mod reading;
mod readings;
mod results;
mod row;
mod run;
mod test_set;
mod trained;
mod variant;

use nnrc_analysis::misfit_of;
use nnrc_model::Noise;
use nnrc_syntax::{Diagnostic, Severity, codes};

use crate::failure::Failure;
use crate::project::Checked;

pub use case::Case;
pub use figures::Figures;
pub use halting::Halts;
pub use mean_and_worst::MeanAndWorst;
pub use readings::Readings;
pub use results::Results;
pub use row::Row;
pub use test_set::TestSet;
pub use variant::Variant;

/// A study of noise, as the `noise` block of a file describes it.
#[derive(Debug, Clone, Copy)]
pub struct Study<'a> {
    checked: &'a Checked,
    noise: &'a Noise,
}

impl<'a> Study<'a> {
    /// The study that a file describes.
    ///
    /// # Errors
    ///
    /// No `noise` block, or one that does not fit the construction.
    pub fn of(checked: &'a Checked) -> Result<Self, Failure> {
        let Some(noise) = &checked.model.noise else {
            let finding =
                Diagnostic::global(Severity::Error, codes::MISSING_ARGUMENT, "the file has no `noise` block")
                    .help("write `noise { rates = relative([0.05, 0.15]); }`");
            return Err(checked.failed(finding));
        };
        // The samples of a pot that learns by a clock are those of its order ring.
        let model = &checked.model;
        let own = model.clocked_sgd().map(|training| &training.data);
        if own.is_some_and(|own| noise.data.as_ref().is_some_and(|data| data != own)) {
            let message = "a pot with a clock is judged by the samples that it learns";
            let finding = Diagnostic::error(codes::NOT_SERVED, noise.span, message)
                .label("names other data")
                .help("leave `data` out of the `noise` block")
                .help("or judge the frozen weights: `--set chemistry.construction=fixed_point --weights …`");
            return Err(checked.failed(finding));
        }
        Ok(Self { checked, noise })
    }

    /// What the outputs are judged by: the data that the block names, those that the file trains or tests with, or its
    /// expectations.
    ///
    /// # Errors
    ///
    /// Data that do not fit the network, or none with targets.
    pub fn test_set(&self) -> Result<TestSet, Failure> {
        let model = &self.checked.model;
        let named = self.noise.data.as_ref().map(|data| data.dataset.as_str());
        if let Some(finding) = named.and_then(|name| misfit_of(model, name)) {
            return Err(self.checked.failed(finding));
        }
        TestSet::of(model, self.noise).ok_or_else(|| {
            let message = "there is nothing to judge the noise by";
            let finding = Diagnostic::error(codes::EMPTY_DATASET, self.noise.span, message)
                .label("needs samples with targets")
                .help("name a data set with targets: `noise { data = iris.test; }`")
                .help("or expect values of the output: `expect { for [0, 1]: y ~ 1 within 0.1; }`");
            self.checked.failed(finding)
        })
    }

    /// The networks to compare, with the weights of the file; the network itself is the first.
    pub fn variants(&self) -> Vec<Variant> {
        Variant::all(&self.checked.model, self.noise)
    }
}
