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
use super::pot_builder::{PotBuilder, RAILS, at};
use super::sum::Parameter;
use crate::layer_builder::Species;

/// Rate constant of the annihilation of weights.
pub const ANNIHILATION: f64 = 1.0;

pub fn lower(pot: &mut PotBuilder<'_>, parameter: &Parameter, r: [Species; 2]) {
    pot.module("transfer");
    let (stem, axes, indices) = (&parameter.stem, &parameter.axes, parameter.indices());
    let (rate, gate) = (pot.gated(), [pot.gate(Phase::Transfer)]);
    for (place, (_, rail)) in RAILS.iter().enumerate() {
        let change = (&[at(r[place], &indices)][..], &[at(parameter.rails[1 - place], &indices)][..]);
        pot.react(&format!("{stem}.transfer_{rail}"), axes, &gate, change, &rate);
    }
}

/// Annihilation of the two rails of a weight.
pub fn annihilate(pot: &mut PotBuilder<'_>, parameter: &Parameter) {
    pot.module("sum");
    let (axes, indices) = (&parameter.axes, parameter.indices());
    let rate = pot.constant("weight_annihilation", ANNIHILATION);
    let both = parameter.rails.map(|rail| at(rail, &indices));
    pot.react(&format!("{}.annihilate", parameter.stem), axes, &[], (&both, &[]), &rate);
}
