//! The reactions of an activation, whatever they are.

use nnrc_model::activation::Activation;
use nnrc_model::relay::{is_relayed, needs_relay};

use crate::pot::{Drive, Signal, Unit};
use crate::{
    abs, algebraic, annihilation_relu, elu, identity, inverse_multiquadric, inverse_quadratic, michaelis,
    rational_softmax, relay, restored_sigmoid, smooth_relu, softsign, square, swish, winner_take_all,
};

/// Adds the reactions of an activation that a drive is given to; gives the signal that they hold.
pub fn activate(unit: &mut Unit<'_>, activation: Activation, drive: Drive) -> Signal {
    let relayed = is_relayed(unit.chemistry, drive.order(), activation);
    // Those that read species make the relay themselves.
    let drive = if relayed && !needs_relay(activation) {
        let signal = relay::relay(unit, &drive);
        unit.drive_of(&signal.rails)
    } else {
        drive
    };
    match activation {
        Activation::Identity => identity::lower(unit, &drive),
        Activation::SmoothRelu { h } => smooth_relu::lower(unit, &drive, h),
        Activation::SmoothLeakyRelu { h, slope } => smooth_relu::lower_leaky(unit, &drive, h, slope),
        Activation::AlgebraicSigmoid { h } => algebraic::lower_sigmoid(unit, &drive, h),
        Activation::AlgebraicTanh { h } => algebraic::lower_tanh(unit, &drive, h),
        Activation::RestoredSigmoid { a } => restored_sigmoid::lower(unit, &drive, a),
        Activation::Michaelis { k } => michaelis::lower(unit, &drive, k),
        Activation::Hill { k } => {
            let squares = square::squares(unit, &drive);
            let drive = unit.drive_of(&squares);
            michaelis::lower(unit, &drive, k)
        }
        Activation::Softsign { h } => softsign::lower(unit, &drive, h),
        Activation::Elu { h } => elu::lower(unit, &drive, h),
        Activation::Abs { h } => abs::lower(unit, &drive, h),
        Activation::Swish { h } => swish::lower(unit, &drive, h),
        Activation::Square => square::lower(unit, &drive),
        Activation::InverseMultiquadric { h } => inverse_multiquadric::lower(unit, &drive, h),
        Activation::InverseQuadratic => inverse_quadratic::lower(unit, &drive),
        Activation::AnnihilationRelu { k } => annihilation_relu::lower(unit, &drive, k),
        Activation::WinnerTakeAll { h } => winner_take_all::lower(unit, &drive, h),
        Activation::RationalSoftmax { h } => rational_softmax::lower(unit, &drive, h),
        // Analysis refuses the clocked activations under this construction.
        Activation::Sigmoid | Activation::Tanh | Activation::Softmax | Activation::Softplus => {
            identity::lower(unit, &drive)
        }
    }
}
