//! Hill unit, for z >= 0: z² / (k + z²).

use super::annihilated::annihilated_pair;
use super::circuit::{Circuit, Form, follows};
use super::facts::{Domain, Facts, Parameter, Reads};
use super::function::{Function, Holding, Map, Pair, Pointwise, Rails, monotone};
use super::michaelis::quotient;
use crate::interval::Interval;

/// What does not depend on parameters.
pub const FACTS: Facts = Facts {
    name: "hill",
    parameters: &[Parameter::positive("k", 1.0)],
    formula: "z² / (k + z²)",
    domain: Domain::NotNegative,
    middle: Some((0.5, "between 0 and 1")),
    cross_entropy: None,
    is_rectifier: false,
    fixed_point: Some(Reads::Species),
    one_pot: None,
    phased: None,
};

/// With its parameter.
#[derive(Debug, Clone, Copy)]
pub struct Hill {
    pub k: f64,
}

impl Function for Hill {
    fn map(&self) -> Map<'_> {
        Map::Pointwise(self)
    }

    fn range(&self, z: Interval, _zp: f64) -> Interval {
        monotone(self, z)
    }

    fn holding(&self) -> Holding<'_> {
        Holding::AsDriven(self)
    }

    fn approach(&self, signed: bool, _units: usize) -> Option<Circuit> {
        let square = follows(Form::product(1.0, &[0, 0]), 0.0);
        Some(Circuit::of_last(vec![square, quotient(self.k, 1, signed)]))
    }
}

impl Pointwise for Hill {
    fn value(&self, z: f64) -> f64 {
        z * z / (self.k + z * z)
    }

    fn slope(&self, z: f64) -> f64 {
        2.0 * z * self.k / (self.k + z * z).powi(2)
    }

    fn beyond(&self, _z: f64) -> Option<f64> {
        None
    }
}

impl Pair for Hill {
    fn at_rest(&self, (p, m): Rails, k: f64) -> Rails {
        let (q, r) = annihilated_pair(p * p + m * m, 2.0 * p * m, k);
        (q / (self.k + q - r), r / (self.k + q - r))
    }

    fn bounds(&self, _z: Interval, (p, m): Rails) -> Rails {
        ((p * p + m * m) / self.k, 2.0 * p * m / self.k)
    }
}
