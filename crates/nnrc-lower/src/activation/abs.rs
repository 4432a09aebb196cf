//! Smoothed absolute value.
//!
//! With the canonical pair U, V (`canonical.rs`):
//!
//! ```text
//! U -> U + Y   @ 1      V -> V + Y   @ 1      Y -> 0   @ 1
//! ```
//!
//! ODE: y' = u + v − y. Fixed point: sqrt(z² + 4h). Rate: the smaller of 1 and u + v. Source: constructions B1.
//!
//! Chemical derivative (`one_pot/delta.rs`): D' = E (u − v) − (u + v) D, D / E = (u − v) / (u + v).

use super::reactions::{Backward, OnePot, Reactions};
use crate::canonical;
use crate::one_pot::delta::Delta;
use crate::one_pot::rails::{Rails, Stage};
use crate::pot::{Drive, Signal, Unit};

/// Its reactions in each construction.
pub fn reactions(h: f64) -> Reactions {
    Reactions {
        fixed_point: Some(Box::new(move |unit, drive| lower(unit, drive, h))),
        one_pot: Some(OnePot { of_species: None, delta: Backward::Error(Box::new(delta)) }),
        phased: None,
    }
}

fn lower(unit: &mut Unit<'_>, drive: &Drive, h: f64) -> Signal {
    let y = unit.value("", 2.0 * h.sqrt());
    let (u, v) = canonical::pair(unit, drive, h);
    let copy = unit.constant("read", 1.0);
    unit.each("read_U", &[(u, 1)], &[(u, 1), (y, 1)], copy);
    unit.each("read_V", &[(v, 1)], &[(v, 1), (y, 1)], copy);
    let decay = unit.constant("decay", 1.0);
    unit.each("decay", &[(y, 1)], &[], decay);
    Signal::single(unit.axis, y)
}

fn delta(unit: &mut Unit<'_>, stage: &Stage, e: Rails) -> Rails {
    let (u, v) = (stage.own(unit, "U"), stage.own(unit, "V"));
    let mut delta = Delta::new(unit);
    let d = delta.rails("D");
    delta.product("D.make_U", e, u, d, 1.0);
    delta.product("D.make_V", e, v, d, -1.0);
    delta.drain(d, &[u, v]);
    d
}
