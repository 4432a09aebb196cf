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
use crate::layer_builder::{Drive, LayerBuilder, Signal};
use crate::one_pot::delta::Delta;
use crate::one_pot::rails::{Rails, Stage};

/// Its reactions in each construction.
pub fn reactions(a: f64) -> Reactions {
    Reactions {
        fixed_point: Some(Box::new(move |builder, drive| lower(builder, drive, a))),
        one_pot: Some(OnePot {
            of_species: None,
            delta: Backward::Error(Box::new(move |builder, stage, e| delta(builder, stage, e, a))),
        }),
        phased: None,
    }
}

fn lower(builder: &mut LayerBuilder<'_>, drive: &Drive, a: f64) -> Signal {
    let x = builder.value("", 0.5);
    let c = builder.species("C", 0.5);
    if drive.order() + 2 <= builder.chemistry.max_order {
        let both: &[_] = &[(x, 1), (c, 1)];
        builder.drive("", drive, (both, &[(x, 2)]), (both, &[(c, 2)]));
    } else {
        let (f, b) = (builder.species("F", 0.0), builder.species("B", 0.0));
        builder.drive("", drive, (&[(x, 1)], &[(x, 1), (f, 1)]), (&[(c, 1)], &[(c, 1), (b, 1)]));
        let turn = builder.constant("turn", 1.0);
        builder.each("turn_on", &[(f, 1), (c, 1)], &[(f, 1), (x, 1)], turn);
        builder.each("turn_off", &[(b, 1), (x, 1)], &[(b, 1), (c, 1)], turn);
        let decay = builder.constant("decay", 1.0);
        builder.each("decay_F", &[(f, 1)], &[], decay);
        builder.each("decay_B", &[(b, 1)], &[], decay);
    }
    let restore = builder.constant("restore", a);
    builder.each("restore_off", &[(x, 1)], &[(c, 1)], restore);
    builder.each("restore_on", &[(c, 1)], &[(x, 1)], restore);
    Signal::single(builder.axis, x)
}

fn delta(builder: &mut LayerBuilder<'_>, stage: &Stage, e: Rails, a: f64) -> Rails {
    let c = stage.own(builder, "C");
    let (u, v) = canonical::pair(builder, &stage.drive, a * a);
    Delta::new(builder).balance(e, [stage.first(), c], [u, v], 1.0)
}
