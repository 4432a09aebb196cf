//! Inverse multiquadric, a radial basis function.
//!
//! With the canonical pair U, V (`canonical.rs`):
//!
//! ```text
//! 0 -> Y   @ 1      U + Y -> U   @ 1      V + Y -> V   @ 1
//! ```
//!
//! ODE: y' = 1 − (u + v) y. Fixed point: 1 / sqrt(z² + 4h). Rate: u + v, globally. Source: constructions B1.
//!
//! Chemical derivative (`one_pot/delta.rs`): K' = y² − K, H' = E K − H, D' = H (v − u) − (u + v) D,
//! D / E = −(u − v) y² / (u + v).

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
    let y = unit.value("", 0.5 / h.sqrt());
    let (u, v) = canonical::pair(unit, drive, h);
    let inflow = unit.constant("supply", 1.0);
    unit.each("supply", &[], &[(y, 1)], inflow);
    let drain = unit.constant("drain", 1.0);
    unit.each("drain_U", &[(u, 1), (y, 1)], &[(u, 1)], drain);
    unit.each("drain_V", &[(v, 1), (y, 1)], &[(v, 1)], drain);
    Signal::single(unit.axis, y)
}

fn delta(unit: &mut Unit<'_>, stage: &Stage, e: Rails) -> Rails {
    let (u, v) = (stage.own(unit, "U"), stage.own(unit, "V"));
    let mut delta = Delta::new(unit);
    let k = delta.squared(stage.first());
    let weighted = delta.weighted(e, k);
    let d = delta.rails("D");
    delta.product("D.make_U", weighted, u, d, -1.0);
    delta.product("D.make_V", weighted, v, d, 1.0);
    delta.drain(d, &[u, v]);
    d
}
