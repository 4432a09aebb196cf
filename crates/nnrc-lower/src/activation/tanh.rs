//! Hyperbolic tangent, exactly: the reactions of the sigmoid at twice their speed.
//!
//! ```text
//! as `sigmoid` with c = 1: u = e^z, v = e^{−z};  rails X and Y, x + y = 1
//! ```
//!
//! x = u/(u + v) = (1 + tanh z)/2, so x − y = tanh z: the complementary species are the rails. Residual as there.

use super::reactions::Reactions;
use super::sigmoid;
use crate::layer_builder::Signal;
use crate::phased::derivative::{self, Slope};
use crate::phased::error::Parts;
use crate::phased::exposure;
use crate::phased::pot_builder::PotBuilder;
use crate::phased::site::{Response, Site};

/// Its reactions in each construction: no fixed point computes it.
pub fn reactions() -> Reactions {
    Reactions { fixed_point: None, one_pot: None, phased: Some(Box::new(clocked)) }
}

fn clocked(pot: &mut PotBuilder<'_>, site: &Site<'_>) -> Response {
    let (name, axis) = (site.name, site.axis);
    let p = exposure::lower(pot, site);
    pot.module("tanh");
    let size = pot.crn.axes[axis].size();
    let rails = ["p", "m"].map(|rail| pot.family(name, rail, &[axis], site.role, vec![0.5; size]));
    sigmoid::pair(pot, name, axis, p, 1.0, rails);
    let slope = if site.learns { derivative::lower(pot, name, axis, rails, 4.0) } else { Slope::One };
    Response { value: Signal::dual(axis, rails[0], rails[1]), slope, parts: Parts::Rails(rails) }
}
