//! Algebraic sigmoid and tanh.
//!
//! With the canonical pair U, V (`canonical.rs`):
//!
//! ```text
//! U + C -> U + X     @ 1          V + X -> V + C     @ 1          X + C = 1
//! ```
//!
//! ODE: x' = u (1 − x) − v x. Fixed point: x = u / (u + v) = (1 + z / sqrt(z² + 4h)) / 2. Rate: u + v, globally on
//! the conserved segment. The tanh reads X and C as its two rails: x − c = z / sqrt(z² + 4h).
//! Source: constructions B1, alg_sigmoid_uv and alg_tanh.

use crate::canonical;
use crate::pot::{Drive, Signal, Species, Unit};

pub fn lower_sigmoid(unit: &mut Unit<'_>, drive: &Drive, h: f64) -> Signal {
    let x = unit.value("", 0.5);
    let c = unit.species("C", 0.5);
    balance(unit, drive, h, x, c);
    Signal::single(unit.axis, x)
}

pub fn lower_tanh(unit: &mut Unit<'_>, drive: &Drive, h: f64) -> Signal {
    let (x, c) = (unit.value("p", 0.5), unit.value("m", 0.5));
    balance(unit, drive, h, x, c);
    Signal::dual(unit.axis, x, c)
}

fn balance(unit: &mut Unit<'_>, drive: &Drive, h: f64, x: Species, c: Species) {
    let (u, v) = canonical::pair(unit, drive, h);
    let turn = unit.constant("turn", 1.0);
    unit.each("turn_on", &[(u, 1), (c, 1)], &[(u, 1), (x, 1)], turn);
    unit.each("turn_off", &[(v, 1), (x, 1)], &[(v, 1), (c, 1)], turn);
}
