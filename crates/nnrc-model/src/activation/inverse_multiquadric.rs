//! Inverse multiquadric, a radial basis function: 1 / sqrt(z² + 4h).

use super::canonical::root;
use super::circuit::{Block, Circuit, Form, Origin, canonical as canonical_pair};
use super::facts::{Domain, Facts, Learns, Parameter, Reads};
use super::function::{Function, Holding, Map, Pointwise, even};
use crate::interval::Interval;

/// What does not depend on parameters.
pub const FACTS: Facts = Facts {
    name: "inverse_multiquadric",
    parameters: &[Parameter::positive("h", 1.0)],
    formula: "1 / sqrt(z² + 4h)",
    domain: Domain::Everywhere,
    middle: None,
    cross_entropy: None,
    is_rectifier: false,
    fixed_point: Some(Reads::Drive { beside: 1 }),
    one_pot: Some(Learns::Anywhere),
    phased: None,
};

/// With its parameter.
#[derive(Debug, Clone, Copy)]
pub struct InverseMultiquadric {
    pub h: f64,
}

impl Function for InverseMultiquadric {
    fn map(&self) -> Map<'_> {
        Map::Pointwise(self)
    }

    fn range(&self, z: Interval, _zp: f64) -> Interval {
        even(self, z)
    }

    fn holding(&self) -> Holding<'_> {
        Holding::One
    }

    fn approach(&self, _signed: bool, _units: usize) -> Option<Circuit> {
        let value = Block::Linear {
            inflow: Form::constant(1.0),
            decay: Form::of(3),
            start: 0.5 / self.h.sqrt(),
            origin: Origin::Anywhere,
        };
        Some(Circuit::of_last([canonical_pair(self.h), vec![value]].concat()))
    }
}

impl Pointwise for InverseMultiquadric {
    fn value(&self, z: f64) -> f64 {
        1.0 / root(z, self.h)
    }

    fn slope(&self, z: f64) -> f64 {
        -z / root(z, self.h).powi(3)
    }

    fn beyond(&self, _z: f64) -> Option<f64> {
        None
    }
}
