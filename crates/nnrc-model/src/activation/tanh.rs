//! Hyperbolic tangent, by the clocked construction only.

use nnrc_sim::elementary;

use super::circuit::Circuit;
use super::facts::{Clocked, Domain, Exposure, Facts, Learns};
use super::function::{Function, Holding, Map, Pointwise, monotone};
use crate::interval::Interval;

/// What does not depend on parameters.
pub const FACTS: Facts = Facts {
    name: "tanh",
    parameters: &[],
    formula: "tanh z",
    domain: Domain::Everywhere,
    middle: Some((0.0, "between −1 and 1")),
    cross_entropy: None,
    is_rectifier: false,
    fixed_point: None,
    one_pot: None,
    phased: Some(Clocked {
        exposure: Some(Exposure { exponent: Some(1.0) }),
        learns: Learns::Anywhere,
        cross_entropy: false,
        reach: (-1.0, 1.0),
    }),
};

/// It has no parameters.
#[derive(Debug, Clone, Copy)]
pub struct Tanh;

impl Function for Tanh {
    fn map(&self) -> Map<'_> {
        Map::Pointwise(self)
    }

    fn range(&self, z: Interval, _zp: f64) -> Interval {
        monotone(self, z)
    }

    fn holding(&self) -> Holding<'_> {
        Holding::Clocked
    }

    fn approach(&self, _signed: bool, _units: usize) -> Option<Circuit> {
        None
    }
}

impl Pointwise for Tanh {
    fn value(&self, z: f64) -> f64 {
        elementary::tanh(z)
    }

    fn slope(&self, z: f64) -> f64 {
        1.0 - elementary::tanh(z).powi(2)
    }

    fn beyond(&self, _z: f64) -> Option<f64> {
        None
    }
}
