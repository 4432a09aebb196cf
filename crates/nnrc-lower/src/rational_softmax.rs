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

use crate::canonical::neuron;
use crate::pot::{Drive, Signal, Unit};

pub fn lower(unit: &mut Unit<'_>, drive: &Drive, h: f64) -> Signal {
    let units = unit.crn.axes[unit.axis].size() as f64;
    let p = unit.value("", 1.0 / units);
    let u = unit.species("U", h.sqrt());
    neuron(unit, "U", drive, u, h, true);
    let share = unit.constant("share", 1.0);
    unit.each_pair("share", (&[(u, 1)], &[(p, 1)]), (&[(u, 1), (p, 1)], &[]), share);
    Signal::single(unit.axis, p)
}
