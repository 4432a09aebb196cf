//! Hill unit, for z >= 0: a Michaelis unit (`michaelis.rs`) that is driven by the square Q of the pre-activation
//! (`square.rs`) instead of the terms.
//!
//! ```text
//! Q + C -> Q + X   @ 1      X -> C   @ k        X + C = 1
//! ```
//!
//! ODE: x' = q (1 − x) − k x. Fixed point: z² / (k + z²). Rate: k + z², after the square. Source: constructions B1.

use super::reactions::Reactions;
use super::{michaelis, square};
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
    let squares = square::squares(builder, drive);
    let drive = builder.drive_of(&squares);
    michaelis::lower(builder, &drive, k)
}
