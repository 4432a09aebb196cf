//! What lowering makes of a model.

use nnrc_crn::{Crn, CrnInfo, Handle, Observable, RateConstant};

use crate::layer_builder::Species;
use crate::phased::clocked::Clocked;

/// The chemistry of a model, with what its weights and its course are read by.
#[derive(Debug, Clone)]
pub struct Lowered {
    /// The reactions. The first observables are the values of the nodes, in their order.
    pub crn: Crn,
    /// The validator's receipt.
    pub info: CrnInfo,
    /// What holds the weights, in the order of the layers, W before b.
    pub weights: Vec<Weight>,
    /// What happens in the pot.
    pub course: Course,
}

/// A tensor of weights or biases in the pot.
#[derive(Debug, Clone, PartialEq)]
pub struct Weight {
    /// Its name in weight files: `hidden.W`.
    pub key: String,
    /// What holds it.
    pub held: Held,
}

/// What holds a tensor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Held {
    /// Rate constants: a weight w is the constant w · `scale`.
    Rates {
        /// The constants.
        constant: Handle<RateConstant>,
        /// The constant of a weight of 1.
        scale: f64,
    },
    /// Species that do not change.
    Species {
        /// Concentrations of positive weights.
        positive: Species,
        /// Those of negative ones, if there are any.
        negative: Option<Species>,
    },
    /// Species that learn: a weight is the difference of its two rails.
    Rails([Species; 2]),
}

/// What happens in a pot.
#[derive(Debug, Clone)]
pub enum Course {
    /// It comes to rest where the network has its values.
    Rests,
    /// It learns while the feed of its protocol presents samples.
    Presents,
    /// It goes through the phases of a clock.
    Clocked(Clocked),
}

impl Lowered {
    /// The value of a node.
    pub fn value(&self, node: usize) -> &Observable {
        &self.crn.observables[node]
    }

    /// Phases and modules, of a pot with a clock.
    pub fn clocked(&self) -> Option<&Clocked> {
        match &self.course {
            Course::Clocked(clocked) => Some(clocked),
            Course::Rests | Course::Presents => None,
        }
    }

    /// The rails of each tensor that learns.
    pub fn rails(&self) -> impl Iterator<Item = (&str, [Species; 2])> {
        self.weights.iter().filter_map(|weight| match weight.held {
            Held::Rails(rails) => Some((weight.key.as_str(), rails)),
            Held::Rates { .. } | Held::Species { .. } => None,
        })
    }
}
