//! Softplus: ln(1 + e^z), by the clocked construction only.

use nnrc_sim::elementary::{exp, ln_1p, sigmoid};

use super::circuit::Circuit;
use super::facts::{Clocked, Domain, Exposure, Facts, Learns};
use super::function::{Function, Holding, Map, Pointwise, monotone};
use crate::interval::Interval;

/// What does not depend on parameters.
pub const FACTS: Facts = Facts {
    name: "softplus",
    parameters: &[],
    formula: "ln(1 + e^z)",
    domain: Domain::Everywhere,
    middle: None,
    cross_entropy: None,
    is_rectifier: false,
    fixed_point: None,
    one_pot: None,
    phased: Some(Clocked {
        exposure: Some(Exposure { exponent: None }),
        learns: Learns::Anywhere,
        cross_entropy: false,
        reach: (0.0, f64::INFINITY),
    }),
};

/// It has no parameters.
#[derive(Debug, Clone, Copy)]
pub struct Softplus;

impl Function for Softplus {
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

impl Pointwise for Softplus {
    fn value(&self, z: f64) -> f64 {
        z.max(0.0) + ln_1p(exp(-z.abs()))
    }

    fn slope(&self, z: f64) -> f64 {
        sigmoid(z)
    }

    fn beyond(&self, _z: f64) -> Option<f64> {
        None
    }
}
