//! Sigmoid: 1 / (1 + e^−z), by the clocked construction only.

use nnrc_sim::elementary;

use super::circuit::Circuit;
use super::facts::{Clocked, CrossEntropy, Domain, Exposure, Facts, Learns};
use super::function::{Function, Holding, Map, Pointwise, monotone};
use crate::interval::Interval;

/// What does not depend on parameters.
pub const FACTS: Facts = Facts {
    name: "sigmoid",
    parameters: &[],
    formula: "1 / (1 + e^−z)",
    domain: Domain::Everywhere,
    middle: Some((0.5, "between 0 and 1")),
    cross_entropy: Some(CrossEntropy::OfEach),
    is_rectifier: false,
    fixed_point: None,
    one_pot: None,
    phased: Some(Clocked {
        exposure: Some(Exposure { exponent: Some(0.5) }),
        learns: Learns::Anywhere,
        cross_entropy: true,
        reach: (0.0, 1.0),
    }),
};

/// It has no parameters.
#[derive(Debug, Clone, Copy)]
pub struct Sigmoid;

impl Function for Sigmoid {
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

impl Pointwise for Sigmoid {
    fn value(&self, z: f64) -> f64 {
        elementary::sigmoid(z)
    }

    fn slope(&self, z: f64) -> f64 {
        let y = self.value(z);
        y * (1.0 - y)
    }

    fn beyond(&self, _z: f64) -> Option<f64> {
        None
    }
}
