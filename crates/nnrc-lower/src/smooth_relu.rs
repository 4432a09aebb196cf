//! Smoothed ReLU, and its leaky form.
//!
//! ```text
//! 0 -> X                 @ h            2 X -> X      @ 1
//! A + X -> A + 2 X       @ weight       (terms that push up)
//! A + X -> A             @ weight       (terms that push down)
//! ```
//!
//! ODE: x' = h + z x − x². Fixed point: the only positive root, R_h(z) = (z + sqrt(z² + 4h)) / 2, reached from
//! every positive start. Rate: sqrt(z² + 4h) locally, 2 sqrt(h) globally in ln x. Source: Anderson, Joshi and
//! Deshpande (2021); constructions B1, B-T2.
//!
//! The leaky form reads the canonical pair u = R_h(z), v = R_h(−z), u − v = z: slope z + (1 − slope) u = u −
//! slope v. Its negative rail M follows slope v:
//!
//! ```text
//! V -> V + M   @ slope          M -> 0   @ 1
//! ```

use crate::canonical::{self, neuron};
use crate::pot::{Drive, Signal, Unit};

pub fn lower(unit: &mut Unit<'_>, drive: &Drive, h: f64) -> Signal {
    let x = unit.value("", h.sqrt());
    neuron(unit, "", drive, x, h, true);
    Signal::single(unit.axis, x)
}

pub fn lower_leaky(unit: &mut Unit<'_>, drive: &Drive, h: f64, slope: f64) -> Signal {
    if slope == 0.0 {
        return lower(unit, drive, h);
    }
    let u = unit.value("p", h.sqrt());
    let m = unit.value("m", slope * h.sqrt());
    let v = canonical::mirror(unit, drive, h);
    neuron(unit, "U", drive, u, h, true);
    let leak = unit.constant("leak", slope);
    unit.each("leak", &[(v, 1)], &[(v, 1), (m, 1)], leak);
    let decay = unit.constant("decay", 1.0);
    unit.each("decay", &[(m, 1)], &[], decay);
    Signal::dual(unit.axis, u, m)
}
