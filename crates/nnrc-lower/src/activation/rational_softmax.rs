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
use crate::one_pot::delta::Delta;
use crate::one_pot::rails::{Rails, Stage};
use crate::one_pot::teacher::Teacher;
use crate::pot::{Drive, Signal, Unit};

/// Its reactions in each construction.
pub fn reactions(h: f64) -> Reactions {
    Reactions {
        fixed_point: Some(Box::new(move |unit, drive| lower(unit, drive, h))),
        one_pot: Some(OnePot {
            of_species: None,
            delta: Backward::Loss(Box::new(move |unit, stage, teacher| delta(unit, stage, teacher, h))),
        }),
        phased: None,
    }
}

fn lower(unit: &mut Unit<'_>, drive: &Drive, h: f64) -> Signal {
    let units = unit.crn.axes[unit.axis].size() as f64;
    let p = unit.value("", 1.0 / units);
    let u = unit.species("U", h.sqrt());
    neuron(unit, "U", drive, u, h, true);
    let share = unit.constant("share", 1.0);
    unit.each_pair("share", (&[(u, 1)], &[(p, 1)]), (&[(u, 1), (p, 1)], &[]), share);
    Signal::single(unit.axis, p)
}

fn delta(unit: &mut Unit<'_>, stage: &Stage, teacher: &Teacher, h: f64) -> Rails {
    let u = stage.own(unit, "U");
    let v = canonical::mirror(unit, &stage.drive, h);
    let mut delta = Delta::new(unit);
    let d = delta.rails("D");
    teacher.compare(delta.unit, &stage.value, d);
    delta.drain(d, &[u, v]);
    d
}
