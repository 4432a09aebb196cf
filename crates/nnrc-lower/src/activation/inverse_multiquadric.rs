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
    let y = builder.value("", 0.5 / h.sqrt());
    let (u, v) = canonical::pair(builder, drive, h);
    let inflow = builder.constant("supply", 1.0);
    builder.each("supply", &[], &[(y, 1)], inflow);
    let drain = builder.constant("drain", 1.0);
    builder.each("drain_U", &[(u, 1), (y, 1)], &[(u, 1)], drain);
    builder.each("drain_V", &[(v, 1), (y, 1)], &[(v, 1)], drain);
    Signal::single(builder.axis, y)
}

fn delta(builder: &mut LayerBuilder<'_>, stage: &Stage, e: Rails) -> Rails {
    let (u, v) = (stage.own(builder, "U"), stage.own(builder, "V"));
    let mut delta = Delta::new(builder);
    let k = delta.squared(stage.first());
    let weighted = delta.weighted(e, k);
    let d = delta.rails("D");
    delta.product("D.make_U", weighted, u, d, -1.0);
    delta.product("D.make_V", weighted, v, d, 1.0);
    delta.drain(d, &[u, v]);
    d
}
