//! The reactions of the activations: one file for each, which holds those of every construction.

mod abs;
mod algebraic_sigmoid;
mod algebraic_tanh;
mod annihilation_relu;
mod elu;
mod hill;
mod identity;
mod inverse_multiquadric;
mod inverse_quadratic;
mod michaelis;
mod rational_softmax;
mod reactions;
mod restored_sigmoid;
mod sigmoid;
mod smooth_leaky_relu;
mod smooth_relu;
mod softmax;
mod softplus;
mod softsign;
mod square;
mod swish;
mod tanh;
mod winner_take_all;

pub use reactions::{Backward, OnePot, Reactions};

use nnrc_model::activation::{Activation, Reads};
use nnrc_model::relay::is_relayed;

use crate::layer_builder::{Drive, LayerBuilder, Signal};
use crate::relay;

/// The reactions of an activation: the only place here where activations are told apart.
pub fn reactions(activation: Activation) -> Reactions {
    match activation {
        Activation::Identity => identity::reactions(),
        Activation::SmoothRelu { h } => smooth_relu::reactions(h),
        Activation::SmoothLeakyRelu { h, slope } => smooth_leaky_relu::reactions(h, slope),
        Activation::AlgebraicSigmoid { h } => algebraic_sigmoid::reactions(h),
        Activation::AlgebraicTanh { h } => algebraic_tanh::reactions(h),
        Activation::RestoredSigmoid { a } => restored_sigmoid::reactions(a),
        Activation::Michaelis { k } => michaelis::reactions(k),
        Activation::Hill { k } => hill::reactions(k),
        Activation::Softsign { h } => softsign::reactions(h),
        Activation::Elu { h } => elu::reactions(h),
        Activation::Abs { h } => abs::reactions(h),
        Activation::Swish { h } => swish::reactions(h),
        Activation::Square => square::reactions(),
        Activation::InverseMultiquadric { h } => inverse_multiquadric::reactions(h),
        Activation::InverseQuadratic => inverse_quadratic::reactions(),
        Activation::AnnihilationRelu { k } => annihilation_relu::reactions(k),
        Activation::WinnerTakeAll { h } => winner_take_all::reactions(h),
        Activation::RationalSoftmax { h } => rational_softmax::reactions(h),
        Activation::Sigmoid => sigmoid::reactions(),
        Activation::Tanh => tanh::reactions(),
        Activation::Softmax => softmax::reactions(),
        Activation::Softplus => softplus::reactions(),
    }
}

/// Adds the reactions of an activation that a drive is given to; gives the signal that they hold.
pub fn activate(builder: &mut LayerBuilder<'_>, activation: Activation, drive: Drive) -> Signal {
    let relayed = is_relayed(builder.chemistry, drive.order(), activation);
    // Those that read species make the relay themselves.
    let drive = if relayed && activation.facts().fixed_point != Some(Reads::Species) {
        let signal = relay::relay(builder, &drive);
        builder.drive_of(&signal.rails)
    } else {
        drive
    };
    let lower = reactions(activation).fixed_point;
    lower.expect("analysis lets nothing through that no fixed point computes")(builder, &drive)
}

#[cfg(test)]
mod tests {
    use nnrc_model::activation::{Learns, SPECS};

    use super::*;

    /// What analysis tells of an activation is what there are reactions for.
    #[test]
    fn reactions_are_those_that_the_facts_tell_of() {
        for spec in SPECS {
            let (name, facts) = (spec.facts.name, spec.facts);
            let found = reactions(spec.preset());
            assert_eq!(found.fixed_point.is_some(), facts.fixed_point.is_some(), "{name}");
            assert_eq!(found.phased.is_some(), facts.phased.is_some(), "{name}");
            let learns = found.one_pot.as_ref().map(|one_pot| match one_pot.delta {
                Backward::Error(_) => Learns::Anywhere,
                Backward::Loss(_) => Learns::AtTheOutput,
            });
            assert_eq!(learns, facts.one_pot, "{name}");
            let takes_species = found.one_pot.is_none_or(|one_pot| {
                one_pot.of_species.is_some() == (facts.fixed_point == Some(Reads::Species))
            });
            assert!(takes_species, "{name}: a pot has its pre-activation as species");
        }
    }
}
