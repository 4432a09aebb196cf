//! Softmax, exactly, by catalysts that decay.
//!
//! ```text
//! P+_i + U_i -> P+_i + 2 U_i,  P-_i + U_i -> P-_i      @ kc      u_i = e^{z_i}
//! U_i + X_j -> U_i + X_i                               @ kc      (j is not i)
//! RESET -> RESET + U_i,  RESET + U_i -> RESET          @ gated
//! ```
//!
//! ODE: x_i' = kc (u_i Σ x − x_i Σ u). Σ x = 1 is conserved; fixed point u_i / Σ u; rate kc Σ u, which is small
//! where all pre-activations are far below zero.

use super::reactions::Reactions;
use super::sigmoid::exponential;
use crate::layer_builder::Signal;
use crate::phased::derivative::Slope;
use crate::phased::error::Parts;
use crate::phased::exposure;
use crate::phased::pot_builder::{I, J, PotBuilder, at};
use crate::phased::site::{Response, Site};

/// Its reactions in each construction: no fixed point computes it.
pub fn reactions() -> Reactions {
    Reactions { fixed_point: None, one_pot: None, phased: Some(Box::new(clocked)) }
}

fn clocked(pot: &mut PotBuilder<'_>, site: &Site<'_>) -> Response {
    let (name, axis) = (site.name, site.axis);
    let p = exposure::lower(pot, site);
    pot.module("softmax");
    let size = pot.crn.axes[axis].size();
    let x = pot.family(name, "", &[axis], site.role, vec![1.0 / size as f64; size]);
    let u = pot.species(name, "U", &[axis], 1.0);
    let rate = pot.combinational();
    exponential(pot, &format!("{name}.U"), axis, p, u, &rate);
    pot.react_distinct(
        &format!("{name}.share"),
        &[axis, axis],
        Some((0, 1)),
        &[at(u, &[I])],
        (&[at(x, &[J])], &[at(x, &[I])]),
        &rate,
    );
    // It learns by cross-entropy, which needs no slope.
    Response { value: Signal::single(axis, x), slope: Slope::One, parts: Parts::Shares(x) }
}
