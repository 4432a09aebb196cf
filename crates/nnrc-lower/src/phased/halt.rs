//! The halt: the network stops its own clock.
//!
//! ```text
//! HALT + O_i -> HALT     @ 20 k
//! ```
//!
//! A species of the clock grows at rate k, so above HALT = 1/20 none can: the clock dies, every gate closes, and
//! every register keeps its value. Below, the clock runs on, and its period is hardly longer. Gates set from outside
//! open no more above that level.

use super::pot_builder::{I, PotBuilder, at};
use crate::layer_builder::Species;

/// Suppression of the clock relative to its growth.
pub const STRENGTH: f64 = 20.0;

/// HALT above which nothing goes on.
pub const LEVEL: f64 = 1.0 / STRENGTH;

pub fn lower(pot: &mut PotBuilder<'_>, halt: Species, clock_rate: f64) {
    pot.module("halt");
    let rate = pot.constant("halt", STRENGTH * clock_rate);
    let clock = pot.clock;
    let axis = pot.crn.species[clock].axes[0];
    pot.react("halt.clock", &[axis], &[at(halt, &[])], (&[at(clock, &[I])], &[]), &rate);
}
