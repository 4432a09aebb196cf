//! Exposure: a pre-activation as the total dose of a catalyst that decays.
//!
//! ```text
//! LOAD + Z^s -> LOAD + Z^s + L^s,  LOAD + L^s -> LOAD     @ gated      (register L = z)
//! L+ + L- -> 0                                            @ annihilation
//! RELEASE + L^s -> RELEASE + P^s                          @ gated
//! P^s -> 0                                                @ kc
//! ```
//!
//! ODE: l' = −gated o l, p' = gated o l − kc p, so ∫ p dt = L / kc, whatever the shape of the gate: what a catalyst P
//! does at speed kc adds up to exactly z = L+ − L−. What is missing at time t is p(t)/kc + l(t)/kc.

use super::phases::Phase;
use super::pot_builder::PotBuilder;
use super::register::{load_rails, move_rails};
use super::site::Site;
use crate::layer_builder::Species;

/// The rails of P.
pub fn lower(pot: &mut PotBuilder<'_>, site: &Site<'_>) -> [Species; 2] {
    let Site { name, axis, number: layer, z, .. } = *site;
    pot.module("exposure");
    let l = pot.rails(name, "L", &[axis]);
    load_rails(pot, name, axis, Phase::Load(layer), z, l);
    pot.annihilate(&format!("{name}.load.annihilate"), &[axis], l);
    let p = pot.rails(name, "P", &[axis]);
    move_rails(pot, &format!("{name}.release"), axis, Phase::Release(layer), l, p);
    let rate = pot.combinational();
    pot.decay_rails(&format!("{name}.release.decay"), &[axis], p, &rate);
    p
}
