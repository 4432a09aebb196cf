//! Algebraic sigmoid: u / (u + v) = (1 + z / sqrt(z² + 4h)) / 2.

use super::canonical::{self, root};
use super::circuit::{Block, Circuit, Form, Origin, canonical as canonical_pair};
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

    fn approach(&self, _signed: bool, _units: usize) -> Option<Circuit> {
        Some(Circuit::of_last(balance(self.h)))
    }
}

/// x' = u − (u + v) x of a canonical pair: the share of x + c = 1 that u pulls at, against v.
pub fn balance(h: f64) -> Vec<Block> {
    let share = Block::Linear { inflow: Form::of(1), decay: Form::of(3), start: 0.5, origin: Origin::Share };
    [canonical_pair(h), vec![share]].concat()
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
