//! Restored sigmoid: (1 + z / (2a + sqrt(z² + 4a²))) / 2.

use super::circuit::{Block, Circuit};
use super::facts::{Domain, Facts, Learns, Parameter, Reads};
use super::function::{Function, Holding, Map, Pointwise, monotone};
use crate::interval::Interval;

/// What does not depend on parameters.
pub const FACTS: Facts = Facts {
    name: "restored_sigmoid",
    parameters: &[Parameter::positive("a", 0.5)],
    formula: "(1 + z / (2a + sqrt(z² + 4a²))) / 2",
    domain: Domain::Everywhere,
    middle: Some((0.5, "between 0 and 1")),
    cross_entropy: None,
    is_rectifier: false,
    fixed_point: Some(Reads::Drive { beside: 1 }),
    one_pot: Some(Learns::Anywhere),
    phased: None,
};

/// With its parameter.
#[derive(Debug, Clone, Copy)]
pub struct RestoredSigmoid {
    pub a: f64,
}

impl Function for RestoredSigmoid {
    fn map(&self) -> Map<'_> {
        Map::Pointwise(self)
    }

    fn range(&self, z: Interval, _zp: f64) -> Interval {
        monotone(self, z)
    }

    fn holding(&self) -> Holding<'_> {
        Holding::One
    }

    fn approach(&self, _signed: bool, _units: usize) -> Option<Circuit> {
        Some(Circuit::of_last(vec![Block::Logistic { a: self.a }]))
    }
}

impl Pointwise for RestoredSigmoid {
    fn value(&self, z: f64) -> f64 {
        (1.0 + z / (2.0 * self.a + z.hypot(2.0 * self.a))) / 2.0
    }

    fn slope(&self, z: f64) -> f64 {
        let root = z.hypot(2.0 * self.a);
        self.a / (root * (2.0 * self.a + root))
    }

    fn beyond(&self, _z: f64) -> Option<f64> {
        None
    }
}
