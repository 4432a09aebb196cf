//! The samples of a training in silico.

use crate::data::{Dataset, hold_out};
use crate::gradient_descent::{GradientDescent, Validation};
use crate::model::Model;
use crate::random::Random;

/// A data set and rows of it.
#[derive(Debug, Clone)]
pub struct Samples<'a> {
    /// The data set.
    pub dataset: &'a Dataset,
    /// Its rows.
    pub rows: Vec<usize>,
}

impl GradientDescent {
    /// The samples to train on, and those that only judge.
    pub fn samples<'a>(&self, model: &'a Model) -> Option<(Samples<'a>, Option<Samples<'a>>)> {
        let dataset = model.datasets.get(&self.data.dataset)?;
        let mut train = Samples { dataset, rows: model.rows(&self.data) };
        let validation = match &self.validation {
            None => None,
            Some(Validation::Data(reference)) => {
                let dataset = model.datasets.get(&reference.dataset)?;
                Some(Samples { dataset, rows: model.rows(reference) })
            }
            Some(Validation::Holdout { share, seed }) => {
                let (kept, held) = hold_out(&dataset.targets, &train.rows, *share, Random::new(*seed));
                train.rows = kept;
                Some(Samples { dataset, rows: held })
            }
        };
        Some((train, validation))
    }
}
