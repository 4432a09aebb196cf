//! Rational softmax.
//!
//! Smoothed ReLU neurons U_i, and shares P_i of a conserved total:
//!
//! ```text
//! U_i + P_j -> U_i + P_i   @ 1      for every j other than i      Σ P = 1
//! ```
//!
//! ODE: p_i' = u_i − (Σ u) p_i. Fixed point: p_i = R_h(z_i) / Σ R_h(z). Rate: Σ u, globally on the simplex, after the
//! neurons. Source: constructions B1.
//!
//! It learns where it ends the output and the loss is cross-entropy: D' = p − t − (u + v) D, with the gradient
//! (p − t) / (u + v) of the loss at rest (`one_pot/delta.rs`).

use super::reactions::{Backward, OnePot, Reactions};
use crate::canonical::{self, neuron};
use crate::layer_builder::{Drive, LayerBuilder, Signal};
use crate::one_pot::delta::Delta;
use crate::one_pot::rails::{Rails, Stage};
use crate::one_pot::teacher::Teacher;

/// Its reactions in each construction.
pub fn reactions(h: f64) -> Reactions {
    Reactions {
        fixed_point: Some(Box::new(move |builder, drive| lower(builder, drive, h))),
        one_pot: Some(OnePot {
            of_species: None,
            delta: Backward::Loss(Box::new(move |builder, stage, teacher| delta(builder, stage, teacher, h))),
        }),
        phased: None,
    }
}

fn lower(builder: &mut LayerBuilder<'_>, drive: &Drive, h: f64) -> Signal {
    let units = builder.crn.axes[builder.axis].size() as f64;
    let p = builder.value("", 1.0 / units);
    let u = builder.species("U", h.sqrt());
    neuron(builder, "U", drive, u, h, true);
    let share = builder.constant("share", 1.0);
    builder.each_pair("share", (&[(u, 1)], &[(p, 1)]), (&[(u, 1), (p, 1)], &[]), share);
    Signal::single(builder.axis, p)
}

fn delta(builder: &mut LayerBuilder<'_>, stage: &Stage, teacher: &Teacher, h: f64) -> Rails {
    let u = stage.own(builder, "U");
    let v = canonical::mirror(builder, &stage.drive, h);
    let mut delta = Delta::new(builder);
    let d = delta.rails("D");
    teacher.compare(delta.builder, &stage.value, d);
    delta.drain(d, &[u, v]);
    d
}
