//! Hyperbolic tangent, exactly: the reactions of the sigmoid at twice their speed.
//!
//! ```text
//! as `sigmoid` with c = 1: u = e^z, v = e^{−z};  rails X and Y, x + y = 1
//! ```
//!
//! x = u/(u + v) = (1 + tanh z)/2, so x − y = tanh z: the complementary species are the rails. Residual as there.

use nnrc_crn::{Axis, Handle, Role};

use super::sigmoid;
use super::vessel::Vessel;
use crate::pot::Species;

/// The rails of the value.
pub fn lower(
    vessel: &mut Vessel<'_>,
    name: &str,
    axis: Handle<Axis>,
    role: Role,
    p: [Species; 2],
) -> [Species; 2] {
    vessel.module("tanh");
    let size = vessel.crn.axes[axis].size();
    let rails = ["p", "m"].map(|rail| vessel.family(name, rail, &[axis], role, vec![0.5; size]));
    sigmoid::pair(vessel, name, axis, p, 1.0, rails);
    rails
}
