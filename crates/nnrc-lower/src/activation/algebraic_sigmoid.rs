//! Algebraic sigmoid.
//!
//! With the canonical pair U, V (`canonical.rs`):
//!
//! ```text
//! U + C -> U + X     @ 1          V + X -> V + C     @ 1          X + C = 1
//! ```
//!
//! ODE: x' = u (1 − x) − v x. Fixed point: x = u / (u + v) = (1 + z / sqrt(z² + 4h)) / 2. Rate: u + v, globally on
//! the conserved segment. Source: constructions B1, alg_sigmoid_uv.
//!
//! Chemical derivative (`one_pot/delta.rs`): G' = 2 x c − G, D' = E G − (u + v) D, D / E = 2 x c / (u + v).

use super::reactions::{Backward, OnePot, Reactions};
use crate::canonical;
use crate::layer_builder::{Drive, LayerBuilder, Signal, Species};
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
    let x = builder.value("", 0.5);
    let c = builder.species("C", 0.5);
    balance(builder, drive, h, x, c);
    Signal::single(builder.axis, x)
}

/// The share x of x + c = 1 that U pulls at, against V.
pub fn balance(builder: &mut LayerBuilder<'_>, drive: &Drive, h: f64, x: Species, c: Species) {
    let (u, v) = canonical::pair(builder, drive, h);
    let turn = builder.constant("turn", 1.0);
    builder.each("turn_on", &[(u, 1), (c, 1)], &[(u, 1), (x, 1)], turn);
    builder.each("turn_off", &[(v, 1), (x, 1)], &[(v, 1), (c, 1)], turn);
}

fn delta(builder: &mut LayerBuilder<'_>, stage: &Stage, e: Rails) -> Rails {
    let (c, u, v) = (stage.own(builder, "C"), stage.own(builder, "U"), stage.own(builder, "V"));
    Delta::new(builder).balance(e, [stage.first(), c], [u, v], 2.0)
}
