//! Smoothed absolute value: u + v = sqrt(z² + 4h).

use super::canonical::root;
use super::circuit::{Circuit, Form, canonical as canonical_pair, follows};
use super::facts::{Domain, Facts, Learns, Parameter, Reads};
use super::function::{Function, Holding, Map, Pointwise, even};
use crate::interval::Interval;

/// What does not depend on parameters.
pub const FACTS: Facts = Facts {
    name: "abs",
    parameters: &[Parameter::positive("h", 0.1)],
    formula: "sqrt(z² + 4h)",
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
pub struct Abs {
    pub h: f64,
}

impl Function for Abs {
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
        let start = 2.0 * self.h.sqrt();
        Some(Circuit::of_last([canonical_pair(self.h), vec![follows(Form::of(3), start)]].concat()))
    }
}

impl Pointwise for Abs {
    fn value(&self, z: f64) -> f64 {
        root(z, self.h)
    }

    fn slope(&self, z: f64) -> f64 {
        z / root(z, self.h)
    }

    fn beyond(&self, _z: f64) -> Option<f64> {
        None
    }
}
