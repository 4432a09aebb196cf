//! Square: z².

use super::annihilated::annihilated_pair;
use super::circuit::{Circuit, Form, follows};
use super::facts::{Domain, Facts, Learns, Reads};
use super::function::{Function, Holding, Map, Pair, Pointwise, Rails, even};
use crate::interval::Interval;

/// What does not depend on parameters.
pub const FACTS: Facts = Facts {
    name: "square",
    parameters: &[],
    formula: "z²",
    domain: Domain::Everywhere,
    middle: None,
    cross_entropy: None,
    is_rectifier: false,
    fixed_point: Some(Reads::Species),
    one_pot: Some(Learns::Anywhere),
    phased: None,
};

/// It has no parameters.
#[derive(Debug, Clone, Copy)]
pub struct Square;

impl Function for Square {
    fn map(&self) -> Map<'_> {
        Map::Pointwise(self)
    }

    fn range(&self, z: Interval, _zp: f64) -> Interval {
        even(self, z)
    }

    fn holding(&self) -> Holding<'_> {
        Holding::AsDriven(self)
    }

    fn approach(&self, _signed: bool, _units: usize) -> Option<Circuit> {
        Some(Circuit::of_last(vec![follows(Form::product(1.0, &[0, 0]), 0.0)]))
    }
}

impl Pointwise for Square {
    fn value(&self, z: f64) -> f64 {
        z * z
    }

    fn slope(&self, z: f64) -> f64 {
        2.0 * z
    }

    fn beyond(&self, _z: f64) -> Option<f64> {
        None
    }
}

impl Pair for Square {
    fn at_rest(&self, (p, m): Rails, k: f64) -> Rails {
        annihilated_pair(p * p + m * m, 2.0 * p * m, k)
    }

    fn bounds(&self, _z: Interval, (p, m): Rails) -> Rails {
        (p * p + m * m, 2.0 * p * m)
    }
}
