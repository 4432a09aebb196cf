//! Softsign.
//!
//! With the canonical pair U, V (`canonical.rs`):
//!
//! ```text
//! U + N -> U + Y+   @ 1      V + N -> V + Y-   @ 1      Y+ -> N, Y- -> N   @ 1      N + Y+ + Y- = 1
//! ```
//!
//! ODE: y+' = u n − y+, y−' = v n − y−. Fixed point: y = z / (1 + sqrt(z² + 4h)). Rates: 1 and 1 + u + v.
//! Source: constructions B1, smooth_softsign.

use crate::canonical;
use crate::pot::{Drive, Signal, Unit};

pub fn lower(unit: &mut Unit<'_>, drive: &Drive, h: f64) -> Signal {
    let (positive, negative) = (unit.value("p", 0.0), unit.value("m", 0.0));
    let n = unit.species("N", 1.0);
    let (u, v) = canonical::pair(unit, drive, h);
    let turn = unit.constant("turn", 1.0);
    unit.each("take_p", &[(u, 1), (n, 1)], &[(u, 1), (positive, 1)], turn);
    unit.each("take_m", &[(v, 1), (n, 1)], &[(v, 1), (negative, 1)], turn);
    let release = unit.constant("release", 1.0);
    unit.each("release_p", &[(positive, 1)], &[(n, 1)], release);
    unit.each("release_m", &[(negative, 1)], &[(n, 1)], release);
    Signal::dual(unit.axis, positive, negative)
}
