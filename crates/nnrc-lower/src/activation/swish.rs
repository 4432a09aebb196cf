//! Algebraic swish.
//!
//! A smoothed ReLU neuron X, a gate G that follows its slope, and the product of gate and pre-activation:
//!
//! ```text
//! X -> X + G       @ 1      X + G -> X   @ 2
//! A + G -> A + 2 G @ weight (terms that push up)      A + G -> A          @ weight (terms that push down)
//! A + G -> A + G + Y+       (terms that push up)      A + G -> A + G + Y- (terms that push down)
//! Y± -> 0          @ 1      Y+ + Y- -> 0   @ annihilation
//! ```
//!
//! ODE: g' = x − (2x − z) g, y' = z g − y. Fixed point: g = x / sqrt(z² + 4h), y = z g. Rate: the smaller of 1 and
//! sqrt(z² + 4h). Source: constructions B1, alg_sigmoid_g and alg_swish.
//!
//! Chemical derivative (`one_pot/delta.rs`): φ' = g + z g' with z g' = 2 g (1 − g) (2g − 1), so K' = g² − K,
//! H' = E K − H, D' = 6 H − E g − 4 H g − D, D / E = −g + 6 g² − 4 g³.

use super::reactions::{Backward, OnePot, Reactions};
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
    let signed = drive.is_signed();
    let positive = builder.value(if signed { "p" } else { "" }, 0.0);
    let negative = if signed { builder.value("m", 0.0) } else { positive };
    let x = builder.species("X", h.sqrt());
    let g = builder.species("G", 0.5);
    neuron(builder, "X", drive, x, h, true);
    builder.drive("gate", drive, (&[(g, 1)], &[(g, 2)]), (&[(g, 1)], &[]));
    let open = builder.constant("open", 1.0);
    builder.each("gate.open", &[(x, 1)], &[(x, 1), (g, 1)], open);
    let close = builder.constant("close", 2.0);
    builder.each("gate.close", &[(x, 1), (g, 1)], &[(x, 1)], close);
    builder.drive("", drive, (&[(g, 1)], &[(g, 1), (positive, 1)]), (&[(g, 1)], &[(g, 1), (negative, 1)]));
    let decay = builder.constant("decay", 1.0);
    if !signed {
        builder.each("decay", &[(positive, 1)], &[], decay);
        return Signal::single(builder.axis, positive);
    }
    builder.each("decay_p", &[(positive, 1)], &[], decay);
    builder.each("decay_m", &[(negative, 1)], &[], decay);
    builder.annihilate("annihilate", positive, negative);
    Signal::dual(builder.axis, positive, negative)
}

fn delta(builder: &mut LayerBuilder<'_>, stage: &Stage, e: Rails) -> Rails {
    let g = stage.own(builder, "G");
    let mut delta = Delta::new(builder);
    let k = delta.squared(g);
    let weighted = delta.weighted(e, k);
    let d = delta.rails("D");
    delta.copy("D.make", weighted, d, 6.0);
    delta.product("D.make_G", e, g, d, -1.0);
    delta.product("D.make_H", weighted, g, d, -4.0);
    delta.decay("D", d);
    d
}
