//! ELU-like unit.
//!
//! With the canonical pair U, V (`canonical.rs`); U is the positive rail, S the negative one:
//!
//! ```text
//! V + N -> V + S   @ 1      S -> N   @ 1      N + S = 1
//! ```
//!
//! ODE: s' = v (1 − s) − s. Fixed point: y = u − s = R_h(z) − v / (1 + v), which tends to −1 far below zero.
//! Rate: the smaller of u + v and 1 + v. Source: constructions B1, elu_like.

use crate::canonical;
use crate::canonical::neuron;
use crate::pot::{Drive, Signal, Unit};

pub fn lower(unit: &mut Unit<'_>, drive: &Drive, h: f64) -> Signal {
    let (u, s) = (unit.value("p", h.sqrt()), unit.value("m", 0.0));
    let n = unit.species("N", 1.0);
    neuron(unit, "U", drive, u, h, true);
    let v = canonical::mirror(unit, drive, h);
    let turn = unit.constant("turn", 1.0);
    unit.each("take", &[(v, 1), (n, 1)], &[(v, 1), (s, 1)], turn);
    let release = unit.constant("release", 1.0);
    unit.each("release", &[(s, 1)], &[(n, 1)], release);
    Signal::dual(unit.axis, u, s)
}
