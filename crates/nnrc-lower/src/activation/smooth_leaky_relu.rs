//! Smoothed leaky ReLU.
//!
//! It reads the canonical pair u = R_h(z), v = R_h(−z), u − v = z (`canonical.rs`): slope z + (1 − slope) u = u −
//! slope v. Its positive rail is U, its negative rail M follows slope v:
//!
//! ```text
//! V -> V + M   @ slope          M -> 0   @ 1
//! ```
//!
//! ODE: m' = slope v − m. Fixed point: u − m. Rate: the smaller of 1 and u + v. Without a slope it is the smoothed ReLU
//! (`smooth_relu.rs`). Source: constructions B1.
//!
//! Chemical derivative (`one_pot/delta.rs`): D' = E (u + slope v) − (u + v) D.

use super::reactions::{Backward, OnePot, Reactions};
use super::smooth_relu;
use crate::canonical::{self, neuron};
use crate::layer_builder::{Drive, LayerBuilder, Signal};
use crate::one_pot::delta::Delta;
use crate::one_pot::rails::{Rails, Stage};

/// Its reactions in each construction.
pub fn reactions(h: f64, slope: f64) -> Reactions {
    Reactions {
        fixed_point: Some(Box::new(move |builder, drive| lower(builder, drive, h, slope))),
        one_pot: Some(OnePot {
            of_species: None,
            delta: Backward::Error(Box::new(move |builder, stage, e| delta(builder, stage, e, h, slope))),
        }),
        phased: None,
    }
}

fn lower(builder: &mut LayerBuilder<'_>, drive: &Drive, h: f64, slope: f64) -> Signal {
    if slope == 0.0 {
        return smooth_relu::lower(builder, drive, h);
    }
    let u = builder.value("p", h.sqrt());
    let m = builder.value("m", slope * h.sqrt());
    let v = canonical::mirror(builder, drive, h);
    neuron(builder, "U", drive, u, h, true);
    let leak = builder.constant("leak", slope);
    builder.each("leak", &[(v, 1)], &[(v, 1), (m, 1)], leak);
    let decay = builder.constant("decay", 1.0);
    builder.each("decay", &[(m, 1)], &[], decay);
    Signal::dual(builder.axis, u, m)
}

fn delta(builder: &mut LayerBuilder<'_>, stage: &Stage, e: Rails, h: f64, slope: f64) -> Rails {
    let u = stage.first();
    let v = if slope == 0.0 { canonical::mirror(builder, &stage.drive, h) } else { stage.own(builder, "V") };
    let mut delta = Delta::new(builder);
    let d = delta.rails("D");
    delta.product("D.make_U", e, u, d, 1.0);
    if slope > 0.0 {
        delta.product("D.make_V", e, v, d, slope);
    }
    delta.drain(d, &[u, v]);
    d
}
