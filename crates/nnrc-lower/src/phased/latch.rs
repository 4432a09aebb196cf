//! The latch: the step of every weight, stored while the forward pass still stands.
//!
//! ```text
//! LATCH + M^s -> LATCH + M^s + R^s     @ η gated
//! LATCH + R^s -> LATCH                 @ gated
//! ```
//!
//! ODE: r' = gated o (η m − r). Value after the phase: η times the gradient, residual e^(−gated ∫ o dt).

use super::phases::Phase;
use super::sum::Parameter;
use super::vessel::{RAILS, Vessel, at};
use crate::pot::Species;

/// The rails of the step.
pub fn lower(vessel: &mut Vessel<'_>, parameter: &Parameter, m: [Species; 2], eta: f64) -> [Species; 2] {
    vessel.module("latch");
    let (stem, axes, indices) = (&parameter.stem, &parameter.axes, parameter.indices());
    let r = vessel.rails(stem, "R", axes);
    let speed = vessel.settings.gated;
    let (learn, forget) = (vessel.constant("learning", eta * speed), vessel.gated());
    let gate = vessel.gate(Phase::Latch);
    for ((&(_, rail), m), r) in RAILS.iter().zip(m).zip(r) {
        let (seen, made) = ([gate.clone(), at(m, &indices)], [at(r, &indices)]);
        vessel.react(&format!("{stem}.latch_{rail}"), axes, &seen, (&[], &made), &learn);
        let gate = std::slice::from_ref(&gate);
        vessel.react(&format!("{stem}.unlatch_{rail}"), axes, gate, (&made, &[]), &forget);
    }
    r
}
