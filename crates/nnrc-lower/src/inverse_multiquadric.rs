//! Inverse multiquadric, a radial basis function.
//!
//! With the canonical pair U, V (`canonical.rs`):
//!
//! ```text
//! 0 -> Y   @ 1      U + Y -> U   @ 1      V + Y -> V   @ 1
//! ```
//!
//! ODE: y' = 1 − (u + v) y. Fixed point: 1 / sqrt(z² + 4h). Rate: u + v, globally. Source: constructions B1.

use crate::canonical;
use crate::pot::{Drive, Signal, Unit};

pub fn lower(unit: &mut Unit<'_>, drive: &Drive, h: f64) -> Signal {
    let y = unit.value("", 0.5 / h.sqrt());
    let (u, v) = canonical::pair(unit, drive, h);
    let inflow = unit.constant("supply", 1.0);
    unit.each("supply", &[], &[(y, 1)], inflow);
    let drain = unit.constant("drain", 1.0);
    unit.each("drain_U", &[(u, 1), (y, 1)], &[(u, 1)], drain);
    unit.each("drain_V", &[(v, 1), (y, 1)], &[(v, 1)], drain);
    Signal::single(unit.axis, y)
}
