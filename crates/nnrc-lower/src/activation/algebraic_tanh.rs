//! Algebraic tanh: the reactions of the algebraic sigmoid (`algebraic_sigmoid.rs`), with X and C as its two rails.
//!
//! ```text
//! U + C -> U + X     @ 1          V + X -> V + C     @ 1          X + C = 1
//! ```
//!
//! ODE: x' = u (1 − x) − v x. Fixed point: x − c = (u − v) / (u + v) = z / sqrt(z² + 4h). Rate: u + v, globally on the
//! conserved segment. Source: constructions B1, alg_tanh.
//!
//! Chemical derivative (`one_pot/delta.rs`): G' = 4 x c − G, D' = E G − (u + v) D, D / E = 4 x c / (u + v).

use super::algebraic_sigmoid::balance;
use super::reactions::{Backward, OnePot, Reactions};
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
    let (x, c) = (builder.value("p", 0.5), builder.value("m", 0.5));
    balance(builder, drive, h, x, c);
    Signal::dual(builder.axis, x, c)
}

fn delta(builder: &mut LayerBuilder<'_>, stage: &Stage, e: Rails) -> Rails {
    let (u, v) = (stage.own(builder, "U"), stage.own(builder, "V"));
    let c = stage.value.rails.get(1).map_or(stage.first(), |rail| rail.0);
    Delta::new(builder).balance(e, [stage.first(), c], [u, v], 4.0)
}
