//! The same network otherwise: alone, without its training, with another rectifier, with other weights.

use std::collections::BTreeMap;

use crate::activation::Activation;
use crate::chemistry::{Construction, FixedPointSettings};
use crate::model::Model;
use crate::network::{NodeKind, Operation};
use crate::ranges;
use crate::resources::Tensor;

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

    /// All weights by key, in the layout of the language: `hidden.W` of [outputs, inputs], `hidden.b`.
    pub fn weights(&self) -> BTreeMap<String, Tensor> {
        let mut all = BTreeMap::new();
        for node in &self.nodes {
            let NodeKind::Layer { operation: Operation::Dense { weights, bias }, .. } = &node.kind else {
                continue;
            };
            all.insert(format!("{}.W", node.name), weights.clone());
            all.extend(bias.iter().map(|bias| (format!("{}.b", node.name), bias.clone())));
        }
        all
    }

    /// Takes other weights, by their names in weight files; those that are not named stay.
    pub fn set_weights(&mut self, weights: &BTreeMap<String, Tensor>) {
        for node in &mut self.nodes {
            let NodeKind::Layer { operation: Operation::Dense { weights: matrix, bias }, .. } =
                &mut node.kind
            else {
                continue;
            };
            let of = |what: &str, old: &Tensor| {
                let new = weights.get(&format!("{}.{what}", node.name));
                new.filter(|new| new.values.len() == old.values.len()).map(|new| new.values.clone())
            };
            if let Some(values) = of("W", matrix) {
                matrix.values = values;
            }
            if let Some(bias) = bias
                && let Some(values) = of("b", bias)
            {
                bias.values = values;
            }
        }
        ranges::propagate(&mut self.nodes);
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
