//! Softplus, exactly, by catalysts that decay. Needs `max_order = 3`.
//!
//! ```text
//! P+ + X + C -> P+ + 2 X,      P- + X + C -> P- + 2 C     @ kc      x + c = 1
//! P+ + X -> P+ + X + Y+,       P- + X -> P- + X + Y-      @ kc
//! RESET + X -> RESET + C,      RESET + C -> RESET + X     @ gated
//! RESET -> RESET + Y+ (ln 2 gated),  RESET + Y^s -> RESET @ gated
//! ```
//!
//! ODE with ζ' = kc (p+ − p−): x' = ζ' x (1 − x), x(0) = 1/2 gives x = σ(ζ), and y' = ζ' x gives y = ln(1 + e^ζ) for
//! y(0) = ln 2; the exposure takes ζ from 0 to z. X is the slope. Residual: what of the exposure is missing.

use super::reactions::Reactions;
use crate::layer_builder::Signal;
use crate::phased::derivative::Slope;
use crate::phased::exposure;
use crate::phased::phases::Phase;
use crate::phased::pot_builder::{I, PotBuilder, at, times};
use crate::phased::register::reset;
use crate::phased::site::{Response, Site};

/// Its reactions in each construction: no fixed point computes it.
pub fn reactions() -> Reactions {
    Reactions { fixed_point: None, one_pot: None, phased: Some(Box::new(clocked)) }
}

fn clocked(pot: &mut PotBuilder<'_>, site: &Site<'_>) -> Response {
    let (name, axis) = (site.name, site.axis);
    let [up, down] = exposure::lower(pot, site);
    pot.module("softplus");
    let size = pot.crn.axes[axis].size();
    let start = std::f64::consts::LN_2;
    let rails = [("p", start), ("m", 0.0)]
        .map(|(rail, start)| pot.family(name, rail, &[axis], site.role, vec![start; size]));
    let x = pot.species(name, "S", &[axis], 0.5);
    let c = pot.species(name, "C", &[axis], 0.5);
    let rate = pot.combinational();
    let both = [at(x, &[I]), at(c, &[I])];
    for (what, driver, winner, value) in [("rise", up, x, rails[0]), ("fall", down, c, rails[1])] {
        let driver = at(driver, &[I]);
        let two = [times(2, winner, &[I])];
        let name = format!("{name}.{what}");
        pot.react(&name, &[axis], std::slice::from_ref(&driver), (&both, &two), &rate);
        let name = format!("{name}.value");
        pot.react(&name, &[axis], &[driver, at(x, &[I])], (&[], &[at(value, &[I])]), &rate);
    }
    let (gate, gated) = ([pot.gate(Phase::Reset)], pot.gated());
    for (what, from, to) in [("even", &both[0], &both[1]), ("back", &both[1], &both[0])] {
        let change = (std::slice::from_ref(from), std::slice::from_ref(to));
        pot.react(&format!("{name}.reset.{what}"), &[axis], &gate, change, &gated);
    }
    reset(pot, &format!("{name}.reset_p"), axis, rails[0], start);
    reset(pot, &format!("{name}.reset_m"), axis, rails[1], 0.0);
    Response::open(Signal::dual(axis, rails[0], rails[1]), Slope::Value(x))
}
