//! Registers: what a gate loads, moves or resets, and what it leaves behind.
//!
//! ```text
//! load      O + S -> O + S + R,  O + R -> O          r → s
//! move      O + R -> O + Q                           all of R to Q
//! reset     O -> O + U,          O + U -> O          u → 1
//! clear     O + R -> O                               r → 0
//! ```
//!
//! Each is of first order in what changes, with the gate o(t) as a factor: its residual is e^(−gated ∫ o dt) of the
//! change, whatever the shape of the gate.

use nnrc_crn::{Axis, Handle};

use super::phases::Phase;
use super::pot_builder::{I, PotBuilder, RAILS, at};
use crate::layer_builder::Species;

/// Rails that follow `from` while a phase lasts, and keep what they have afterwards.
pub fn load_rails(
    pot: &mut PotBuilder<'_>,
    name: &str,
    axis: Handle<Axis>,
    phase: Phase,
    from: [Species; 2],
    to: [Species; 2],
) {
    let (rate, gate) = (pot.gated(), pot.gate(phase));
    for ((&(_, rail), from), to) in RAILS.iter().zip(from).zip(to) {
        let (seen, made) = ([gate.clone(), at(from, &[I])], at(to, &[I]));
        pot.react(&format!("{name}.load_{rail}"), &[axis], &seen, (&[], std::slice::from_ref(&made)), &rate);
        let gate = std::slice::from_ref(&gate);
        pot.react(&format!("{name}.unload_{rail}"), &[axis], gate, (&[made], &[]), &rate);
    }
}

/// Moves all of some rails to others.
pub fn move_rails(
    pot: &mut PotBuilder<'_>,
    name: &str,
    axis: Handle<Axis>,
    phase: Phase,
    from: [Species; 2],
    to: [Species; 2],
) {
    let (rate, gate) = (pot.gated(), [pot.gate(phase)]);
    for ((&(_, rail), from), to) in RAILS.iter().zip(from).zip(to) {
        let change = (&[at(from, &[I])][..], &[at(to, &[I])][..]);
        pot.react(&format!("{name}.{rail}"), &[axis], &gate, change, &rate);
    }
}

/// Returns a species to `level` in the phase RESET.
pub fn reset(pot: &mut PotBuilder<'_>, name: &str, axis: Handle<Axis>, species: Species, level: f64) {
    let gate = [pot.gate(Phase::Reset)];
    let gated = pot.gated();
    let one = [at(species, &[I])];
    if level > 0.0 {
        let rate = match level {
            1.0 => gated.clone(),
            _ => {
                let speed = pot.settings.gated;
                pot.constant(&format!("{}_start", name.replace('.', "_")), level * speed)
            }
        };
        pot.react(&format!("{name}.fill"), &[axis], &gate, (&[], &one), &rate);
    }
    pot.react(&format!("{name}.empty"), &[axis], &gate, (&one, &[]), &gated);
}
