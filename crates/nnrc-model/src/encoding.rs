//! Which values need two rails.
//!
//! A value is one concentration as long as nothing pulls it below zero. It gets two rails, value = positive −
//! negative, where it can be negative, and where a linear unit has a negative contribution: a reaction can only
//! take away what is there, so a relay y' = s − y with a negative part of s needs a rail for it.

use crate::activation::Activation;
use crate::chemistry::{Chemistry, Signs, WeightCarrier};
use crate::model::Model;
use crate::network::{NodeKind, Operation};

/// Rails of a node and of what drives it.
#[derive(Debug, Clone, PartialEq)]
pub struct Encoding {
    /// Whether the value of the node has two rails.
    pub dual: bool,
    /// For each activation of the layer: whether the pre-activation has negative contributions.
    pub signed_drive: Vec<bool>,
}

/// The encoding of every node.
pub fn encodings(model: &Model) -> Vec<Encoding> {
    encodings_under(model, &model.chemistry)
}

/// The encoding of every node under other settings than those of the model.
pub fn encodings_under(model: &Model, chemistry: &Chemistry) -> Vec<Encoding> {
    let mut encodings: Vec<Encoding> = Vec::new();
    for node in &model.nodes {
        let encoding = match &node.kind {
            NodeKind::Input => Encoding {
                dual: chemistry.signs == Signs::DualRail || node.ranges.iter().any(|range| range.low < 0.0),
                signed_drive: Vec::new(),
            },
            NodeKind::Layer { operation, sources, activations } => {
                let mut signed = is_signed((model, chemistry), &encodings, operation, sources);
                let mut signed_drive = Vec::new();
                for activation in or_identity(activations) {
                    signed_drive.push(signed);
                    signed = activation
                        .with(|function| function.holding().pair(signed, chemistry.signs).is_some());
                }
                Encoding { dual: signed, signed_drive }
            }
        };
        encodings.push(encoding);
    }
    encodings
}

/// The activations of a layer; none is the identity.
pub fn or_identity(activations: &[Activation]) -> Vec<Activation> {
    if activations.is_empty() { vec![Activation::Identity] } else { activations.to_vec() }
}

fn is_signed(
    (model, chemistry): (&Model, &Chemistry),
    encodings: &[Encoding],
    operation: &Operation,
    sources: &[usize],
) -> bool {
    let Operation::Dense { weights, bias } = operation else {
        return sources.iter().any(|&source| encodings[source].dual);
    };
    // Weights that learn can become negative.
    if chemistry.construction.is_one_pot() || chemistry.any_sign() {
        return true;
    }
    if bias.as_ref().is_some_and(|bias| bias.values.iter().any(|b| *b < 0.0)) {
        return true;
    }
    let dual: Vec<bool> =
        sources.iter().flat_map(|&s| vec![encodings[s].dual; model.nodes[s].width()]).collect();
    // A rate constant of 0 makes no reaction; a weight species makes one at any concentration.
    let reacts = |w: f64| w > 0.0 || chemistry.weights() == WeightCarrier::Species;
    weights.values.iter().enumerate().any(|(at, w)| *w < 0.0 || (reacts(*w) && dual[at % dual.len()]))
}
