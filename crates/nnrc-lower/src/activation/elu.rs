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
//!
//! Chemical derivative (`one_pot/delta.rs`): K' = n² − K, H' = E K − H, D' = E u + H v − (u + v) D,
//! D / E = (u + n² v) / (u + v).

use super::reactions::{Backward, OnePot, Reactions};
use crate::canonical;
use crate::canonical::neuron;
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

fn delta(unit: &mut Unit<'_>, stage: &Stage, e: Rails) -> Rails {
    let (n, u, v) = (stage.own(unit, "N"), stage.first(), stage.own(unit, "V"));
    let mut delta = Delta::new(unit);
    let k = delta.squared(n);
    let weighted = delta.weighted(e, k);
    let d = delta.rails("D");
    delta.product("D.make_U", e, u, d, 1.0);
    delta.product("D.make_V", weighted, v, d, 1.0);
    delta.drain(d, &[u, v]);
    d
}
