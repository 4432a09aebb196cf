//! Michaelis unit, for z >= 0.
//!
//! ```text
//! A + C -> A + X   @ weight      X -> C   @ k        X + C = 1
//! ```
//!
//! ODE: x' = z (1 − x) − k x. Fixed point: z / (k + z). Rate: k + z, globally. Source: constructions B1.
//!
//! Terms that push down cannot turn C into X at a negative rate. With them the value has two rails, both driven
//! and drained alike (the quotient of B1 in two rails):
//!
//! ```text
//! A -> A + Y+, A + Y± -> A            @ weight   (terms that push up)
//! A -> A + Y-, A + Y± -> A + 2 Y±     @ weight   (terms that push down)
//! Y± -> 0                             @ k
//! ```
//!
//! ODE: y' = z − (k + z) y. Fixed point: z / (k + z). Rate: k + z, globally.

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

/// The value, which a Hill unit has of another drive.
pub fn lower(builder: &mut LayerBuilder<'_>, drive: &Drive, k: f64) -> Signal {
    let half = builder.constant("half", k);
    if !drive.is_signed() {
        let x = builder.value("", 0.0);
        let c = builder.species("C", 1.0);
        builder.drive("", drive, (&[(c, 1)], &[(x, 1)]), (&[], &[]));
        builder.each("release", &[(x, 1)], &[(c, 1)], half);
        return Signal::single(builder.axis, x);
    }
    let (positive, negative) = (builder.value("p", 0.0), builder.value("m", 0.0));
    builder.drive("make", drive, (&[], &[(positive, 1)]), (&[], &[(negative, 1)]));
    for (module, rail) in [("drain_p", positive), ("drain_m", negative)] {
        builder.drive(module, drive, (&[(rail, 1)], &[]), (&[(rail, 1)], &[(rail, 2)]));
        builder.each(&format!("{module}.release"), &[(rail, 1)], &[], half);
    }
    Signal::dual(builder.axis, positive, negative)
}
