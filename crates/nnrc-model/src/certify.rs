//! What is proven of a compiled network: fixed point, rate, time to settle.

use crate::model::Model;

/// For which inputs a certificate holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Inputs<'a> {
    /// Every input within the ranges of the model.
    Ranges,
    /// One input.
    Point(&'a [f64]),
}

/// A proven statement with its reason.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// What holds.
    pub statement: String,
    /// The theorem.
    pub theorem: &'static str,
    /// The hypotheses that were checked.
    pub hypotheses: Vec<String>,
}

/// What is proven, or why nothing is.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Certificate {
    /// Proven statements; empty if not certified.
    pub claims: Vec<Claim>,
    /// Hypotheses that fail; empty if certified.
    pub obstacles: Vec<String>,
    /// Local rate of approach per time unit: exact for a point, a lower bound for ranges.
    pub local_rate: Option<f64>,
    /// Rate of approach from any start, per time unit.
    pub global_rate: Option<f64>,
    /// Time after which every output stays within `tolerance` of its value, from the initial state.
    pub settling_time: Option<f64>,
    /// Tolerance of the settling time, in concentration units.
    pub tolerance: f64,
}

/// Certifies a model.
pub fn certify(_model: &Model, _inputs: Inputs<'_>, tolerance: f64) -> Certificate {
    Certificate { tolerance, ..Certificate::default() }
}
