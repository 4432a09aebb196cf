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
use super::register::{load_rails, move_rails};
use super::site::Site;
use super::vessel::Vessel;
use crate::pot::Species;

/// The rails of P.
pub fn lower(vessel: &mut Vessel<'_>, site: &Site<'_>) -> [Species; 2] {
    let Site { name, axis, number: layer, z, .. } = *site;
    vessel.module("exposure");
    let l = vessel.rails(name, "L", &[axis]);
    load_rails(vessel, name, axis, Phase::Load(layer), z, l);
    vessel.annihilate(&format!("{name}.load.annihilate"), &[axis], l);
    let p = vessel.rails(name, "P", &[axis]);
    move_rails(vessel, &format!("{name}.release"), axis, Phase::Release(layer), l, p);
    let rate = vessel.combinational();
    vessel.decay_rails(&format!("{name}.release.decay"), &[axis], p, &rate);
    p
}
