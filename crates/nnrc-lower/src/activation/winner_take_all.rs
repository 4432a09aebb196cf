//! Winner take all.
//!
//! Smoothed ReLU neurons that quench each other as well as themselves:
//!
//! ```text
//! 0 -> X_i   @ h      A + X_i -> A + 2 X_i, A + X_i -> A   @ weight      2 X_i -> X_i   @ 1
//! X_i + X_j -> X_j    @ 1      for every j other than i
//! ```
//!
//! ODE: x_i' = h + x_i (z_i − S), S = Σ x. Fixed point: x_i = h / (S − z_i) with Σ h / (S − z_i) = S > max(0, z):
//! S is a smooth maximum of 0 and all z, x / S a smooth argmax. Unique and globally attracting (natural gradient flow
//! of a convex function); the slowest rate is about the gap between the two largest z. Source: constructions B1.

use super::reactions::Reactions;
use crate::canonical::neuron;
use crate::layer_builder::{Drive, LayerBuilder, Signal};

/// Its reactions in each construction.
pub fn reactions(h: f64) -> Reactions {
    Reactions {
        fixed_point: Some(Box::new(move |builder, drive| lower(builder, drive, h))),
        one_pot: None,
        phased: None,
    }
}

fn lower(builder: &mut LayerBuilder<'_>, drive: &Drive, h: f64) -> Signal {
    let units = builder.crn.axes[builder.axis].size() as f64;
    let x = builder.value("", (h / units).sqrt());
    neuron(builder, "", drive, x, h, true);
    let compete = builder.constant("compete", 1.0);
    builder.each_pair("compete", (&[(x, 1)], &[(x, 1)]), (&[], &[(x, 1)]), compete);
    Signal::single(builder.axis, x)
}
