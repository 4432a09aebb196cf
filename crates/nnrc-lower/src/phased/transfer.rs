//! The transfer: steps become weights, exactly.
//!
//! ```text
//! TRANSFER + R^s -> TRANSFER + W^{−s}     @ gated
//! W+ + W- -> 0                            @ k_w
//! ```
//!
//! Every molecule of R becomes one of W, so w changes by −(R+ − R−), the latched step, whatever the length of the
//! phase; what is left in R, e^(−gated ∫ o dt) of it, the next latch overwrites. Annihilation keeps the common part
//! of the two rails of a weight from growing and leaves their difference alone.

use super::phases::Phase;
use super::sum::Parameter;
use super::vessel::{RAILS, Vessel, at};
use crate::pot::Species;

/// Rate constant of the annihilation of weights.
pub const ANNIHILATION: f64 = 1.0;

pub fn lower(vessel: &mut Vessel<'_>, parameter: &Parameter, r: [Species; 2]) {
    vessel.module("transfer");
    let (stem, axes, indices) = (&parameter.stem, &parameter.axes, parameter.indices());
    let (rate, gate) = (vessel.gated(), [vessel.gate(Phase::Transfer)]);
    for (place, (_, rail)) in RAILS.iter().enumerate() {
        let change = (&[at(r[place], &indices)][..], &[at(parameter.rails[1 - place], &indices)][..]);
        vessel.react(&format!("{stem}.transfer_{rail}"), axes, &gate, change, &rate);
    }
}

/// Annihilation of the two rails of a weight.
pub fn annihilate(vessel: &mut Vessel<'_>, parameter: &Parameter) {
    vessel.module("sum");
    let (axes, indices) = (&parameter.axes, parameter.indices());
    let rate = vessel.constant("weight_annihilation", ANNIHILATION);
    let both = parameter.rails.map(|rail| at(rail, &indices));
    vessel.react(&format!("{}.annihilate", parameter.stem), axes, &[], (&both, &[]), &rate);
}
