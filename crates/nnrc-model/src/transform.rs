//! The same network otherwise: alone, without its training, with another rectifier.

use crate::activation::Activation;
use crate::chemistry::{Construction, FixedPointSettings};
use crate::model::Model;
use crate::network::NodeKind;
use crate::ranges;

impl Model {
    /// The same network without its training.
    pub fn without_training(&self) -> Self {
        Self { training: None, ..self.clone() }
    }

    /// The network by itself, weights at rest: the same layers and weights as the fixed point of reactions whose rate
    /// constants are the weights. What learned in a pot is judged and exported in this form.
    pub fn inference(&self) -> Model {
        let mut model = self.clone();
        model.chemistry.construction = Construction::FixedPoint(FixedPointSettings::default());
        model.training = None;
        model
    }

    /// The same network with another activation in place of every smooth rectifier.
    pub fn with_rectifier(&self, other: Activation) -> Self {
        let mut model = self.clone();
        for node in &mut model.nodes {
            if let NodeKind::Layer { activations, .. } = &mut node.kind {
                for activation in activations {
                    if is_rectifier(*activation) {
                        *activation = other;
                    }
                }
            }
        }
        ranges::propagate(&mut model.nodes);
        model
    }
}

/// Whether an activation is a smooth rectifier.
pub fn is_rectifier(activation: Activation) -> bool {
    activation.facts().is_rectifier
}
