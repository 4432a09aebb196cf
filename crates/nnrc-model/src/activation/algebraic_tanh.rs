//! Algebraic tanh: (u − v) / (u + v) = z / sqrt(z² + 4h).

use super::algebraic_sigmoid::balance;
use super::canonical::root;
use super::circuit::{Circuit, Form};
use super::facts::{Domain, Facts, Learns, Parameter, Reads};
use super::function::{Function, Holding, Map, Pair, Pointwise, Rails, monotone};
use crate::interval::Interval;

/// What does not depend on parameters.
pub const FACTS: Facts = Facts {
    name: "algebraic_tanh",
    parameters: &[Parameter::positive("h", 1.0)],
    formula: "z / sqrt(z² + 4h)",
    domain: Domain::Everywhere,
    middle: Some((0.0, "between −1 and 1")),
    cross_entropy: None,
    is_rectifier: false,
    fixed_point: Some(Reads::Drive { beside: 1 }),
    one_pot: Some(Learns::Anywhere),
    phased: None,
};

/// With its parameter.
#[derive(Debug, Clone, Copy)]
pub struct AlgebraicTanh {
    pub h: f64,
}

impl Function for AlgebraicTanh {
    fn map(&self) -> Map<'_> {
        Map::Pointwise(self)
    }

    fn range(&self, z: Interval, _zp: f64) -> Interval {
        monotone(self, z)
    }

    fn holding(&self) -> Holding<'_> {
        Holding::Two(self)
    }

    fn approach(&self, _signed: bool, _units: usize) -> Option<Circuit> {
        // x − c with x + c = 1.
        let value = Form::product(2.0, &[4]).and(Form::constant(-1.0));
        Some(Circuit { blocks: balance(self.h), value })
    }
}

impl Pointwise for AlgebraicTanh {
    fn value(&self, z: f64) -> f64 {
        z / root(z, self.h)
    }

    fn slope(&self, z: f64) -> f64 {
        4.0 * self.h / root(z, self.h).powi(3)
    }

    fn beyond(&self, _z: f64) -> Option<f64> {
        None
    }
}

impl Pair for AlgebraicTanh {
    fn at_rest(&self, (p, m): Rails, _k: f64) -> Rails {
        let value = self.value(p - m);
        ((1.0 + value) / 2.0, (1.0 - value) / 2.0)
    }

    fn bounds(&self, _z: Interval, _drive: Rails) -> Rails {
        (1.0, 1.0)
    }
}
