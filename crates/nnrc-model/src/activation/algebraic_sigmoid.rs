//! Algebraic sigmoid: u / (u + v) = (1 + z / sqrt(z² + 4h)) / 2.

use super::approach::Approach;
use super::canonical::{self, root};
use super::facts::{Domain, Facts, Learns, Parameter, Reads};
use super::function::{Function, Holding, Map, Pointwise, monotone};
use crate::interval::Interval;

/// What does not depend on parameters.
pub const FACTS: Facts = Facts {
    name: "algebraic_sigmoid",
    parameters: &[Parameter::positive("h", 1.0)],
    formula: "(1 + z / sqrt(z² + 4h)) / 2",
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
pub struct AlgebraicSigmoid {
    pub h: f64,
}

impl Function for AlgebraicSigmoid {
    fn map(&self) -> Map<'_> {
        Map::Pointwise(self)
    }

    fn range(&self, z: Interval, _zp: f64) -> Interval {
        monotone(self, z)
    }

    fn holding(&self) -> Holding<'_> {
        Holding::One
    }

    fn approach(&self) -> Option<Approach> {
        None
    }
}

impl Pointwise for AlgebraicSigmoid {
    fn value(&self, z: f64) -> f64 {
        let (u, v) = canonical::pair(z, self.h);
        u / (u + v)
    }

    fn slope(&self, z: f64) -> f64 {
        2.0 * self.h / root(z, self.h).powi(3)
    }

    fn beyond(&self, _z: f64) -> Option<f64> {
        None
    }
}
