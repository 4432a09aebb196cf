//! Inverse quadratic, a radial basis function.
//!
//! With the square Q± of the pre-activation (`square.rs`):
//!
//! ```text
//! 0 -> Y   @ 1      Y -> 0   @ 1      Q+ + Y -> Q+   @ 1      Q- + Y -> Q- + 2 Y   @ 1
//! ```
//!
//! ODE: y' = 1 − (1 + q) y. Fixed point: 1 / (1 + z²). Rate: 1 + z². Source: constructions B1, inv_quadratic.

use crate::pot::{Drive, Signal, Species, Unit};
use crate::square::{square_into, squares};

pub fn lower(unit: &mut Unit<'_>, drive: &Drive) -> Signal {
    let y = unit.value("", 1.0);
    let q = squares(unit, drive);
    bell(unit, y, &q)
}

/// The same of a pre-activation that has two rails of species.
pub fn lower_species(unit: &mut Unit<'_>, z: &Signal) -> Signal {
    let y = unit.value("", 1.0);
    let q = [(unit.species("Q_p", 0.0), true), (unit.species("Q_m", 0.0), false)];
    square_into(unit, z, &q);
    bell(unit, y, &q)
}

fn bell(unit: &mut Unit<'_>, y: Species, q: &[(Species, bool)]) -> Signal {
    let supply = unit.constant("supply", 1.0);
    unit.each("supply", &[], &[(y, 1)], supply);
    let decay = unit.constant("decay", 1.0);
    unit.each("decay", &[(y, 1)], &[], decay);
    let by_square = unit.drive_of(q);
    unit.drive("drain", &by_square, (&[(y, 1)], &[]), (&[(y, 1)], &[(y, 2)]));
    Signal::single(unit.axis, y)
}
