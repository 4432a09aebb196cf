//! Slopes of activations, from their values.
//!
//! ```text
//! X + Y -> X + Y + G     @ c kc        G -> 0     @ kc
//! ```
//!
//! ODE: g' = kc (c x y − g). Fixed point c x (1 − x): for c = 1 the slope of the sigmoid, for c = 4, with the rails of
//! tanh, 1 − tanh². Rate kc; residual e^(−kc · time).

use nnrc_crn::{Axis, Handle};

use super::pot_builder::{I, PotBuilder, at};
use crate::layer_builder::Species;

/// How a layer multiplies errors by its slope.
#[derive(Debug, Clone, Copy)]
pub enum Slope {
    /// The slope is 1: a linear layer, or a loss whose gradient needs no slope.
    One,
    /// By this species.
    Value(Species),
    /// By x/(x + v) of a smoothed ReLU and its co-rail.
    Share {
        /// The value.
        x: Species,
        /// The co-rail.
        v: Species,
    },
}

pub fn lower(
    pot: &mut PotBuilder<'_>,
    name: &str,
    axis: Handle<Axis>,
    [x, y]: [Species; 2],
    factor: f64,
) -> Slope {
    pot.module("derivative");
    let g = pot.species(name, "G", &[axis], 0.0);
    let rate = pot.combinational();
    let speed = pot.settings.combinational;
    let make =
        if factor == 1.0 { rate.clone() } else { pot.constant("quadruple_combinational", factor * speed) };
    pot.react(&format!("{name}.slope"), &[axis], &[at(x, &[I]), at(y, &[I])], (&[], &[at(g, &[I])]), &make);
    pot.decay(&format!("{name}.slope.decay"), &[axis], g, &rate);
    Slope::Value(g)
}
