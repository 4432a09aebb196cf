//! Which activations follow their pre-activation through a relay: known from the order of the reactions.

use crate::activation::Activation;
use crate::chemistry::{Chemistry, WeightCarrier};
use crate::network::Operation;

/// Most catalysts that a term of the layer's drive reads.
pub fn drive_order(chemistry: &Chemistry, operation: &Operation) -> u32 {
    match operation {
        Operation::Dense { .. } if chemistry.weights == WeightCarrier::Species => 2,
        _ => 1,
    }
}

/// Reactants beside the drive's catalysts in the reactions of an activation.
fn extra_order(activation: Activation) -> u32 {
    match activation {
        Activation::Identity
        | Activation::AnnihilationRelu { .. }
        | Activation::Square
        | Activation::Hill { .. }
        | Activation::InverseQuadratic => 0,
        _ => 1,
    }
}

/// Whether an activation reads its pre-activation as species, not as a drive.
pub fn needs_relay(activation: Activation) -> bool {
    matches!(activation, Activation::Square | Activation::Hill { .. } | Activation::InverseQuadratic)
}

/// Whether an activation follows its pre-activation through a relay: it reads species, or a drive whose terms have
/// `order` catalysts would make reactions of too many reactants.
pub fn is_relayed(chemistry: &Chemistry, order: u32, activation: Activation) -> bool {
    needs_relay(activation) || order + extra_order(activation) > chemistry.max_order
}
