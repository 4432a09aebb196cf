//! ReLU by annihilation.
//!
//! ```text
//! A -> A + U (terms that push up), A -> A + V (down)   @ weight
//! U -> 0, V -> 0   @ 1      U + V -> 0   @ k
//! ```
//!
//! ODE: u' = z+ − u − k u v, v' = z− − v − k u v. Fixed point: u = (q + sqrt(q² + 4 z+ / k)) / 2 with q = z − 1/k,
//! which tends to max(z, 0) as k grows; it depends on the sum z+ of what pushes up, not on z alone. Rate: at least
//! 1, globally. Source: constructions B1.

use super::reactions::Reactions;
use crate::layer_builder::{Drive, LayerBuilder, Signal};

/// Its reactions in each construction.
pub fn reactions(k: f64) -> Reactions {
    Reactions {
        fixed_point: Some(Box::new(move |builder, drive| lower(builder, drive, k))),
        one_pot: None,
        phased: None,
    }
}

fn lower(builder: &mut LayerBuilder<'_>, drive: &Drive, k: f64) -> Signal {
    let u = builder.value("", 0.0);
    let v = builder.species("V", 0.0);
    builder.drive("", drive, (&[], &[(u, 1)]), (&[], &[(v, 1)]));
    let decay = builder.constant("decay", 1.0);
    builder.each("decay_U", &[(u, 1)], &[], decay);
    builder.each("decay_V", &[(v, 1)], &[], decay);
    let meet = builder.constant("meet", k);
    builder.each("meet", &[(u, 1), (v, 1)], &[], meet);
    Signal::single(builder.axis, u)
}
