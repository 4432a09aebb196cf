//! Restored sigmoid.
//!
//! ```text
//! A + X + C -> A + 2 X   @ weight  (terms that push up)      X -> C   @ a
//! A + X + C -> A + 2 C   @ weight  (terms that push down)    C -> X   @ a        X + C = 1
//! ```
//!
//! ODE: x' = z x (1 − x) + a (1 − 2x). Fixed point: (1 + z / (2a + sqrt(z² + 4a²))) / 2, the only one in (0, 1).
//! Rate: sqrt(z² + 4a²). Source: constructions B1, logistic_restored.
//!
//! Where three reactants are too many, the pair of catalysts becomes a relay, which leaves the fixed point as it is:
//!
//! ```text
//! A + X -> A + X + F   @ weight    F -> 0   @ 1    F + C -> F + X   @ 1
//! A + C -> A + C + B   @ weight    B -> 0   @ 1    B + X -> B + C   @ 1
//! ```
//!
//! Chemical derivative (`one_pot/delta.rs`), with a canonical pair of u v = a²: G' = x c − G, D' = E G − (u + v) D,
//! D / E = x c / (u + v).

use super::reactions::{Backward, OnePot, Reactions};
use crate::canonical;
use crate::one_pot::delta::Delta;
use crate::one_pot::rails::{Rails, Stage};
use crate::pot::{Drive, Signal, Unit};

/// Its reactions in each construction.
pub fn reactions(a: f64) -> Reactions {
    Reactions {
        fixed_point: Some(Box::new(move |unit, drive| lower(unit, drive, a))),
        one_pot: Some(OnePot {
            of_species: None,
            delta: Backward::Error(Box::new(move |unit, stage, e| delta(unit, stage, e, a))),
        }),
        phased: None,
    }
}

fn lower(unit: &mut Unit<'_>, drive: &Drive, a: f64) -> Signal {
    let x = unit.value("", 0.5);
    let c = unit.species("C", 0.5);
    if drive.order() + 2 <= unit.chemistry.max_order {
        let both: &[_] = &[(x, 1), (c, 1)];
        unit.drive("", drive, (both, &[(x, 2)]), (both, &[(c, 2)]));
    } else {
        let (f, b) = (unit.species("F", 0.0), unit.species("B", 0.0));
        unit.drive("", drive, (&[(x, 1)], &[(x, 1), (f, 1)]), (&[(c, 1)], &[(c, 1), (b, 1)]));
        let turn = unit.constant("turn", 1.0);
        unit.each("turn_on", &[(f, 1), (c, 1)], &[(f, 1), (x, 1)], turn);
        unit.each("turn_off", &[(b, 1), (x, 1)], &[(b, 1), (c, 1)], turn);
        let decay = unit.constant("decay", 1.0);
        unit.each("decay_F", &[(f, 1)], &[], decay);
        unit.each("decay_B", &[(b, 1)], &[], decay);
    }
    let restore = unit.constant("restore", a);
    unit.each("restore_off", &[(x, 1)], &[(c, 1)], restore);
    unit.each("restore_on", &[(c, 1)], &[(x, 1)], restore);
    Signal::single(unit.axis, x)
}

fn delta(unit: &mut Unit<'_>, stage: &Stage, e: Rails, a: f64) -> Rails {
    let c = stage.own(unit, "C");
    let (u, v) = canonical::pair(unit, &stage.drive, a * a);
    Delta::new(unit).balance(e, [stage.first(), c], [u, v], 1.0)
}
