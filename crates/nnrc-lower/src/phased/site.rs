//! Where an activation stands under a clock.

use nnrc_crn::{Axis, Handle, Role};

use crate::layer_builder::Species;

/// A layer whose pre-activation stands.
#[derive(Debug, Clone, Copy)]
pub struct Site<'a> {
    /// Its name, the stem of its species.
    pub name: &'a str,
    /// Its axis.
    pub axis: Handle<Axis>,
    /// What its value is there for.
    pub role: Role,
    /// Its place among the layers, from 1 on: phases of its own have it.
    pub number: usize,
    /// Rails of the pre-activation.
    pub z: [Species; 2],
    /// Whether errors pass through its slope.
    pub learns: bool,
}
