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
use crate::layer_builder::{Drive, LayerBuilder, Signal};
use crate::one_pot::delta::Delta;
use crate::one_pot::rails::{Rails, Stage};

/// Its reactions in each construction.
pub fn reactions(h: f64) -> Reactions {
    Reactions {
        fixed_point: Some(Box::new(move |builder, drive| lower(builder, drive, h))),
        one_pot: Some(OnePot { of_species: None, delta: Backward::Error(Box::new(delta)) }),
        phased: None,
    }
}

fn lower(builder: &mut LayerBuilder<'_>, drive: &Drive, h: f64) -> Signal {
    let y = builder.value("", 2.0 * h.sqrt());
    let (u, v) = canonical::pair(builder, drive, h);
    let copy = builder.constant("read", 1.0);
    builder.each("read_U", &[(u, 1)], &[(u, 1), (y, 1)], copy);
    builder.each("read_V", &[(v, 1)], &[(v, 1), (y, 1)], copy);
    let decay = builder.constant("decay", 1.0);
    builder.each("decay", &[(y, 1)], &[], decay);
    Signal::single(builder.axis, y)
}

fn delta(builder: &mut LayerBuilder<'_>, stage: &Stage, e: Rails) -> Rails {
    let (u, v) = (stage.own(builder, "U"), stage.own(builder, "V"));
    let mut delta = Delta::new(builder);
    let d = delta.rails("D");
    delta.product("D.make_U", e, u, d, 1.0);
    delta.product("D.make_V", e, v, d, -1.0);
    delta.drain(d, &[u, v]);
    d
}
