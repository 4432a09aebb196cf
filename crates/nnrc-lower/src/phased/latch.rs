//! The latch: the step of every weight, stored while the forward pass still stands.
//!
//! ```text
//! LATCH + M^s -> LATCH + M^s + R^s     @ η gated
//! LATCH + R^s -> LATCH                 @ gated
//! ```
//!
//! ODE: r' = gated o (η m − r). Value after the phase: η times the gradient, residual e^(−gated ∫ o dt).

use super::phases::Phase;
use super::pot_builder::{PotBuilder, RAILS, at};
use super::sum::Parameter;
use crate::layer_builder::Species;

/// The rails of the step.
pub fn lower(pot: &mut PotBuilder<'_>, parameter: &Parameter, m: [Species; 2], eta: f64) -> [Species; 2] {
    pot.module("latch");
    let (stem, axes, indices) = (&parameter.stem, &parameter.axes, parameter.indices());
    let r = pot.rails(stem, "R", axes);
    let speed = pot.settings.gated;
    let (learn, forget) = (pot.constant("learning", eta * speed), pot.gated());
    let gate = pot.gate(Phase::Latch);
    for ((&(_, rail), m), r) in RAILS.iter().zip(m).zip(r) {
        let (seen, made) = ([gate.clone(), at(m, &indices)], [at(r, &indices)]);
        pot.react(&format!("{stem}.latch_{rail}"), axes, &seen, (&[], &made), &learn);
        let gate = std::slice::from_ref(&gate);
        pot.react(&format!("{stem}.unlatch_{rail}"), axes, gate, (&made, &[]), &forget);
    }
    r
}
