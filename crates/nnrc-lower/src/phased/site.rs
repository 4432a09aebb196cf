//! Where an activation stands under a clock, and what it gives.

use nnrc_crn::{Axis, Handle, Role};

use super::derivative::Slope;
use super::error::Parts;
use crate::layer_builder::{Signal, Species};

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

/// What an activation gives.
#[derive(Debug, Clone)]
pub struct Response {
    /// Its value.
    pub value: Signal,
    /// How errors pass through it.
    pub slope: Slope,
    /// What adds up to one.
    pub parts: Parts,
}

impl Response {
    /// A value that is no part of a whole.
    pub fn open(value: Signal, slope: Slope) -> Self {
        Self { value, slope, parts: Parts::Open }
    }
}
