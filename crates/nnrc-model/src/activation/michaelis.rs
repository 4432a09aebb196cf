//! Michaelis unit, for z >= 0: z / (k + z).

use super::circuit::{Block, Circuit, Form, Origin, Quantity};
use super::facts::{Domain, Facts, Parameter, Reads};
use super::function::{Function, Holding, Map, Pair, Pointwise, Rails, monotone};
use crate::interval::Interval;

/// What does not depend on parameters.
pub const FACTS: Facts = Facts {
    name: "michaelis",
    parameters: &[Parameter::positive("k", 1.0)],
    formula: "z / (k + z)",
    domain: Domain::NotNegative,
    middle: Some((0.5, "between 0 and 1")),
    cross_entropy: None,
    is_rectifier: false,
    fixed_point: Some(Reads::Drive { beside: 1 }),
    one_pot: None,
    phased: None,
};

/// With its parameter.
#[derive(Debug, Clone, Copy)]
pub struct Michaelis {
    pub k: f64,
}

impl Function for Michaelis {
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
        Some(Circuit::of_last(vec![quotient(self.k, 0, signed)]))
    }
}

/// y' = q − (k + q) y, where q is a quantity: of one rail a share of y + c = 1, of two rails their difference.
pub fn quotient(k: f64, q: Quantity, signed: bool) -> Block {
    let decay = Form::constant(k).and(Form::of(q));
    let origin = if signed { Origin::Anywhere } else { Origin::Share };
    Block::Linear { inflow: Form::of(q), decay, start: 0.0, origin }
}

impl Pointwise for Michaelis {
    fn value(&self, z: f64) -> f64 {
        z / (self.k + z)
    }

    fn slope(&self, z: f64) -> f64 {
        self.k / (self.k + z.max(0.0)).powi(2)
    }

    fn beyond(&self, z: f64) -> Option<f64> {
        // On with the slope at 0.
        (z < 0.0).then(|| z / self.k)
    }
}

impl Pair for Michaelis {
    fn at_rest(&self, (p, m): Rails, _k: f64) -> Rails {
        (p / (self.k + p - m), m / (self.k + p - m))
    }

    fn bounds(&self, z: Interval, (p, m): Rails) -> Rails {
        (p / (self.k + z.low.max(0.0)), m / (self.k + z.low.max(0.0)))
    }
}
