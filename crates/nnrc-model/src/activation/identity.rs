//! Identity: y = z. A layer without an activation is linear.

use super::annihilated::annihilated_pair;
use super::circuit::Circuit;
use super::facts::{Clocked, CrossEntropy, Domain, Facts, Learns, Reads};
use super::function::{Function, Holding, Map, Pair, Pointwise, Rails};
use crate::interval::Interval;
use crate::lanes::{LANES, Lanes};

/// What does not depend on parameters.
pub const FACTS: Facts = Facts {
    name: "identity",
    parameters: &[],
    formula: "z",
    domain: Domain::Everywhere,
    middle: Some((0.0, "linear, as logits are")),
    cross_entropy: Some(CrossEntropy::OfLogits),
    is_rectifier: false,
    fixed_point: Some(Reads::Drive { beside: 0 }),
    one_pot: Some(Learns::Anywhere),
    phased: Some(Clocked {
        exposure: None,
        learns: Learns::Anywhere,
        cross_entropy: false,
        reach: (f64::NEG_INFINITY, f64::INFINITY),
    }),
};

/// It has no parameters.
#[derive(Debug, Clone, Copy)]
pub struct Identity;

impl Function for Identity {
    fn map(&self) -> Map<'_> {
        Map::Pointwise(self)
    }

    fn range(&self, z: Interval, _zp: f64) -> Interval {
        z
    }

    fn holding(&self) -> Holding<'_> {
        Holding::Linear(self)
    }

    fn approach(&self, _signed: bool, _units: usize) -> Option<Circuit> {
        Some(Circuit::linear())
    }
}

impl Pointwise for Identity {
    fn value(&self, z: f64) -> f64 {
        z
    }

    fn slope(&self, _z: f64) -> f64 {
        1.0
    }

    fn beyond(&self, _z: f64) -> Option<f64> {
        None
    }

    fn block(&self, z: &[Lanes], y: &mut [Lanes], slopes: &mut [Lanes]) {
        y.copy_from_slice(z);
        slopes.fill([1.0; LANES]);
    }
}

impl Pair for Identity {
    fn at_rest(&self, (p, m): Rails, k: f64) -> Rails {
        annihilated_pair(p, m, k)
    }

    fn bounds(&self, _z: Interval, (p, m): Rails) -> Rails {
        (p, m)
    }
}
