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
    let (u, s) = (builder.value("p", h.sqrt()), builder.value("m", 0.0));
    let n = builder.species("N", 1.0);
    neuron(builder, "U", drive, u, h, true);
    let v = canonical::mirror(builder, drive, h);
    let turn = builder.constant("turn", 1.0);
    builder.each("take", &[(v, 1), (n, 1)], &[(v, 1), (s, 1)], turn);
    let release = builder.constant("release", 1.0);
    builder.each("release", &[(s, 1)], &[(n, 1)], release);
    Signal::dual(builder.axis, u, s)
}

fn delta(builder: &mut LayerBuilder<'_>, stage: &Stage, e: Rails) -> Rails {
    let (n, u, v) = (stage.own(builder, "N"), stage.first(), stage.own(builder, "V"));
    let mut delta = Delta::new(builder);
    let k = delta.squared(n);
    let weighted = delta.weighted(e, k);
    let d = delta.rails("D");
    delta.product("D.make_U", e, u, d, 1.0);
    delta.product("D.make_V", weighted, v, d, 1.0);
    delta.drain(d, &[u, v]);
    d
}
