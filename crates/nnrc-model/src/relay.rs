//! Which activations follow their pre-activation through a relay: known from the order of the reactions.

use crate::activation::{Activation, Reads};
use crate::chemistry::{Chemistry, WeightCarrier};
use crate::network::Operation;

/// Most catalysts that a term of the layer's drive reads.
pub fn drive_order(chemistry: &Chemistry, operation: &Operation) -> u32 {
    match operation {
        Operation::Dense { .. } => match chemistry.weights() {
            WeightCarrier::Species => 2,
            WeightCarrier::Rates => 1,
        },
        Operation::Add | Operation::Concat => 1,
    }
}

/// Whether an activation follows its pre-activation through a relay: it reads species, or a drive whose terms have
/// `order` catalysts would make reactions of too many reactants.
pub fn is_relayed(chemistry: &Chemistry, order: u32, activation: Activation) -> bool {
    match activation.facts().fixed_point {
        Some(Reads::Species) => true,
        Some(Reads::Drive { beside }) => order + beside > chemistry.max_order,
        // Under a clock a dose of the pre-activation is a catalyst beside one reactant.
        None => order + 1 > chemistry.max_order,
    }
}
