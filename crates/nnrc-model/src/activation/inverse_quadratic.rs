//! Inverse quadratic, a radial basis function: 1 / (1 + z²).

use super::circuit::{Block, Circuit, Form, Origin, follows};
use super::facts::{Domain, Facts, Learns, Reads};
use super::function::{Function, Holding, Map, Pointwise, even};
use crate::interval::Interval;

/// What does not depend on parameters.
pub const FACTS: Facts = Facts {
    name: "inverse_quadratic",
    parameters: &[],
    formula: "1 / (1 + z²)",
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
pub struct InverseQuadratic;

impl Function for InverseQuadratic {
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
        let square = follows(Form::product(1.0, &[0, 0]), 0.0);
        let decay = Form::constant(1.0).and(Form::of(1));
        let value =
            Block::Linear { inflow: Form::constant(1.0), decay, start: 1.0, origin: Origin::Anywhere };
        Some(Circuit::of_last(vec![square, value]))
    }
}

impl Pointwise for InverseQuadratic {
    fn value(&self, z: f64) -> f64 {
        1.0 / (1.0 + z * z)
    }

    fn slope(&self, z: f64) -> f64 {
        -2.0 * z / (1.0 + z * z).powi(2)
    }

    fn beyond(&self, _z: f64) -> Option<f64> {
        None
    }
}
