//! Sigmoid, exactly, by catalysts that decay.
//!
//! ```text
//! P+ + U -> P+ + 2 U,  P- + U -> P-        @ c kc       u = e^{c z}
//! P- + V -> P- + 2 V,  P+ + V -> P+        @ c kc       v = e^{−c z}
//! U + Y -> U + X,      V + X -> V + Y      @ kc         x + y = 1
//! RESET -> RESET + U,  RESET + U -> RESET, and V        @ gated
//! ```
//!
//! With c = 1/2. ODE: u' = c kc (p+ − p−) u; the exposure ∫ p dt = z / kc gives u = e^{cz}, v = e^{−cz}. x' = kc (u y − v x) has
//! the fixed point u/(u + v) = 1/(1 + e^{−2cz}) and the rate kc (u + v) >= 2 kc. X keeps its value until the next
//! RESET: it is a register. Residual: what of the exposure is missing changes the value by at most a quarter of it,
//! and x itself lags by e^(−2 kc · time).

use super::reactions::Reactions;
use crate::phased::derivative::{self, Slope};
use crate::phased::error::Parts;
use crate::phased::exposure;
use crate::phased::site::{Response, Site};
use nnrc_crn::{Axis, Handle, Rate};

use crate::layer_builder::{Signal, Species};
use crate::phased::pot_builder::{I, PotBuilder, at, times};
use crate::phased::register::reset;

/// Its reactions in each construction: no fixed point computes it.
pub fn reactions() -> Reactions {
    Reactions { fixed_point: None, one_pot: None, phased: Some(Box::new(clocked)) }
}

fn clocked(pot: &mut PotBuilder<'_>, site: &Site<'_>) -> Response {
    let (name, axis) = (site.name, site.axis);
    let p = exposure::lower(pot, site);
    pot.module("sigmoid");
    let size = pot.crn.axes[axis].size();
    let x = pot.family(name, "", &[axis], site.role, vec![0.5; size]);
    let y = pot.species(name, "Y", &[axis], 0.5);
    pair(pot, name, axis, p, 0.5, [x, y]);
    let slope = if site.learns { derivative::lower(pot, name, axis, [x, y], 1.0) } else { Slope::One };
    Response { value: Signal::single(axis, x), slope, parts: Parts::Pair([x, y]) }
}

/// X and Y of a layer, given the rails P of its exposure: `half` is c.
pub fn pair(
    pot: &mut PotBuilder<'_>,
    name: &str,
    axis: Handle<Axis>,
    p: [Species; 2],
    half: f64,
    [x, y]: [Species; 2],
) {
    let speed = half * pot.settings.combinational;
    let growth = if half == 1.0 { pot.combinational() } else { pot.constant("half_combinational", speed) };
    let u = pot.species(name, "U", &[axis], 1.0);
    let v = pot.species(name, "V", &[axis], 1.0);
    exponential(pot, &format!("{name}.U"), axis, p, u, &growth);
    exponential(pot, &format!("{name}.V"), axis, [p[1], p[0]], v, &growth);
    let rate = pot.combinational();
    let (x, y) = (at(x, &[I]), at(y, &[I]));
    for (what, driver, from, to) in [("rise", u, &y, &x), ("fall", v, &x, &y)] {
        let change = (std::slice::from_ref(from), std::slice::from_ref(to));
        pot.react(&format!("{name}.{what}"), &[axis], &[at(driver, &[I])], change, &rate);
    }
}

/// U grows by P+ and shrinks by P−; RESET returns it to 1.
pub fn exponential(
    pot: &mut PotBuilder<'_>,
    name: &str,
    axis: Handle<Axis>,
    [up, down]: [Species; 2],
    u: Species,
    growth: &Rate,
) {
    let one = at(u, &[I]);
    let one = std::slice::from_ref(&one);
    pot.react(&format!("{name}.grow"), &[axis], &[at(up, &[I])], (one, &[times(2, u, &[I])]), growth);
    pot.react(&format!("{name}.shrink"), &[axis], &[at(down, &[I])], (one, &[]), growth);
    reset(pot, &format!("{name}.reset"), axis, u, 1.0);
}
