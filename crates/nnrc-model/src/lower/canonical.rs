//! Canonical pair: U = R_h(z) and V = R_h(−z) by two smoothed ReLU neurons.
//!
//! u − v = z and u v = h exactly at the fixed point, so u + v = sqrt(z² + 4h). Rate of both: sqrt(z² + 4h).
//! Source: constructions A2.

use crate::lower::pot::{Drive, Species, Unit};
use crate::lower::smooth_relu::neuron;

/// Auxiliary species U and V.
pub fn pair(unit: &mut Unit<'_>, drive: &Drive, h: f64) -> (Species, Species) {
    let u = unit.species("U", h.sqrt());
    neuron(unit, "U", drive, u, h, true);
    (u, mirror(unit, drive, h))
}

/// Auxiliary species V alone.
pub fn mirror(unit: &mut Unit<'_>, drive: &Drive, h: f64) -> Species {
    let v = unit.species("V", h.sqrt());
    neuron(unit, "V", drive, v, h, false);
    v
}
