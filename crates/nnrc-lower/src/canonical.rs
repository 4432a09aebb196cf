//! Canonical pair: U = R_h(z) and V = R_h(−z) by two smoothed ReLU neurons.
//!
//! u − v = z and u v = h exactly at the fixed point, so u + v = sqrt(z² + 4h). Rate of both: sqrt(z² + 4h).
//! Source: constructions A2.

use crate::pot::{Drive, Species, Unit};

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

/// The reactions of one neuron; with `upright` false it computes R_h(−z).
pub fn neuron(unit: &mut Unit<'_>, module: &str, drive: &Drive, x: Species, h: f64, upright: bool) {
    let grow: (&[_], &[_]) = (&[(x, 1)], &[(x, 2)]);
    let shrink: (&[_], &[_]) = (&[(x, 1)], &[]);
    let (up, down) = if upright { (grow, shrink) } else { (shrink, grow) };
    unit.drive(module, drive, up, down);
    let name = |what: &str| if module.is_empty() { what.to_owned() } else { format!("{module}.{what}") };
    let inflow = unit.constant("h", h);
    unit.each(&name("inflow"), &[], &[(x, 1)], inflow);
    let quench = unit.constant("quench", 1.0);
    unit.each(&name("quench"), &[(x, 2)], &[(x, 1)], quench);
}
