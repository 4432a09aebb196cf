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

use nnrc_crn::{Axis, Handle, Role};

use super::sigmoid::exponential;
use super::vessel::{I, J, Vessel, at};
use crate::pot::Species;

/// The value.
pub fn lower(
    vessel: &mut Vessel<'_>,
    name: &str,
    axis: Handle<Axis>,
    role: Role,
    p: [Species; 2],
) -> Species {
    vessel.module("softmax");
    let size = vessel.crn.axes[axis].size();
    let x = vessel.family(name, "", &[axis], role, vec![1.0 / size as f64; size]);
    let u = vessel.species(name, "U", &[axis], 1.0);
    let rate = vessel.combinational();
    exponential(vessel, &format!("{name}.U"), axis, p, u, &rate);
    vessel.react_distinct(
        &format!("{name}.share"),
        &[axis, axis],
        Some((0, 1)),
        &[at(u, &[I])],
        (&[at(x, &[J])], &[at(x, &[I])]),
        &rate,
    );
    x
}
