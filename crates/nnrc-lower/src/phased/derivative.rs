//! Slopes of activations, from their values.
//!
//! ```text
//! X + Y -> X + Y + G     @ c kc        G -> 0     @ kc
//! ```
//!
//! ODE: g' = kc (c x y − g). Fixed point c x (1 − x): for c = 1 the slope of the sigmoid, for c = 4, with the rails of
//! tanh, 1 − tanh². Rate kc; residual e^(−kc · time).

use nnrc_crn::{Axis, Handle};

use super::vessel::{I, Vessel, at};
use crate::pot::Species;

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
    vessel: &mut Vessel<'_>,
    name: &str,
    axis: Handle<Axis>,
    [x, y]: [Species; 2],
    factor: f64,
) -> Slope {
    vessel.module("derivative");
    let g = vessel.species(name, "G", &[axis], 0.0);
    let rate = vessel.combinational();
    let speed = vessel.settings.combinational;
    let make =
        if factor == 1.0 { rate.clone() } else { vessel.constant("quadruple_combinational", factor * speed) };
    vessel.react(
        &format!("{name}.slope"),
        &[axis],
        &[at(x, &[I]), at(y, &[I])],
        (&[], &[at(g, &[I])]),
        &make,
    );
    vessel.decay(&format!("{name}.slope.decay"), &[axis], g, &rate);
    Slope::Value(g)
}
