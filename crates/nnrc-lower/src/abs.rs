//! Smoothed absolute value.
//!
//! With the canonical pair U, V (`canonical.rs`):
//!
//! ```text
//! U -> U + Y   @ 1      V -> V + Y   @ 1      Y -> 0   @ 1
//! ```
//!
//! ODE: y' = u + v − y. Fixed point: sqrt(z² + 4h). Rate: the smaller of 1 and u + v. Source: constructions B1.

use crate::canonical;
use crate::pot::{Drive, Signal, Unit};

pub fn lower(unit: &mut Unit<'_>, drive: &Drive, h: f64) -> Signal {
    let y = unit.value("", 2.0 * h.sqrt());
    let (u, v) = canonical::pair(unit, drive, h);
    let copy = unit.constant("read", 1.0);
    unit.each("read_U", &[(u, 1)], &[(u, 1), (y, 1)], copy);
    unit.each("read_V", &[(v, 1)], &[(v, 1), (y, 1)], copy);
    let decay = unit.constant("decay", 1.0);
    unit.each("decay", &[(y, 1)], &[], decay);
    Signal::single(unit.axis, y)
}
