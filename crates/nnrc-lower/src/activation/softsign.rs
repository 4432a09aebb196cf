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
//!
//! Chemical derivative (`one_pot/delta.rs`): K' = n² − K, H' = E K − H, D' = H (u + v + 4h) − (u + v) D,
//! D / E = n² (1 + 4h / (u + v)).

use super::reactions::{Backward, OnePot, Reactions};
use crate::canonical;
use crate::one_pot::delta::Delta;
use crate::one_pot::rails::{Rails, Stage};
use crate::pot::{Drive, Signal, Unit};

/// Its reactions in each construction.
pub fn reactions(h: f64) -> Reactions {
    Reactions {
        fixed_point: Some(Box::new(move |unit, drive| lower(unit, drive, h))),
        one_pot: Some(OnePot {
            of_species: None,
            delta: Backward::Error(Box::new(move |unit, stage, e| delta(unit, stage, e, h))),
        }),
        phased: None,
    }
}

fn lower(unit: &mut Unit<'_>, drive: &Drive, h: f64) -> Signal {
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

fn delta(unit: &mut Unit<'_>, stage: &Stage, e: Rails, h: f64) -> Rails {
    let (n, u, v) = (stage.own(unit, "N"), stage.own(unit, "U"), stage.own(unit, "V"));
    let mut delta = Delta::new(unit);
    let k = delta.squared(n);
    let weighted = delta.weighted(e, k);
    let d = delta.rails("D");
    delta.product("D.make_U", weighted, u, d, 1.0);
    delta.product("D.make_V", weighted, v, d, 1.0);
    delta.copy("D.make", weighted, d, 4.0 * h);
    delta.drain(d, &[u, v]);
    d
}
