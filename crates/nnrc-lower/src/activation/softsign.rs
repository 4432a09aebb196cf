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
use crate::layer_builder::{Drive, LayerBuilder, Signal};
use crate::one_pot::delta::Delta;
use crate::one_pot::rails::{Rails, Stage};

/// Its reactions in each construction.
pub fn reactions(h: f64) -> Reactions {
    Reactions {
        fixed_point: Some(Box::new(move |builder, drive| lower(builder, drive, h))),
        one_pot: Some(OnePot {
            of_species: None,
            delta: Backward::Error(Box::new(move |builder, stage, e| delta(builder, stage, e, h))),
        }),
        phased: None,
    }
}

fn lower(builder: &mut LayerBuilder<'_>, drive: &Drive, h: f64) -> Signal {
    let (positive, negative) = (builder.value("p", 0.0), builder.value("m", 0.0));
    let n = builder.species("N", 1.0);
    let (u, v) = canonical::pair(builder, drive, h);
    let turn = builder.constant("turn", 1.0);
    builder.each("take_p", &[(u, 1), (n, 1)], &[(u, 1), (positive, 1)], turn);
    builder.each("take_m", &[(v, 1), (n, 1)], &[(v, 1), (negative, 1)], turn);
    let release = builder.constant("release", 1.0);
    builder.each("release_p", &[(positive, 1)], &[(n, 1)], release);
    builder.each("release_m", &[(negative, 1)], &[(n, 1)], release);
    Signal::dual(builder.axis, positive, negative)
}

fn delta(builder: &mut LayerBuilder<'_>, stage: &Stage, e: Rails, h: f64) -> Rails {
    let (n, u, v) = (stage.own(builder, "N"), stage.own(builder, "U"), stage.own(builder, "V"));
    let mut delta = Delta::new(builder);
    let k = delta.squared(n);
    let weighted = delta.weighted(e, k);
    let d = delta.rails("D");
    delta.product("D.make_U", weighted, u, d, 1.0);
    delta.product("D.make_V", weighted, v, d, 1.0);
    delta.copy("D.make", weighted, d, 4.0 * h);
    delta.drain(d, &[u, v]);
    d
}
