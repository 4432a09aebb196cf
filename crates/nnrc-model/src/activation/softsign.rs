//! Softsign: z / (1 + sqrt(z² + 4h)).

use super::canonical::{self, root};
use super::circuit::{Block, Circuit, Form, Origin, canonical as canonical_pair};
use super::facts::{Domain, Facts, Learns, Parameter, Reads};
use super::function::{Function, Holding, Map, Pair, Pointwise, Rails, monotone};
use crate::interval::Interval;

/// What does not depend on parameters.
pub const FACTS: Facts = Facts {
    name: "softsign",
    parameters: &[Parameter::positive("h", 0.1)],
    formula: "z / (1 + sqrt(z² + 4h))",
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
pub struct Softsign {
    pub h: f64,
}

impl Function for Softsign {
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
        // n' = 1 − (1 + u + v) n, and y' = (u − v) n − y for y = y₊ − y₋.
        let decay = Form::constant(1.0).and(Form::of(3));
        let free = Block::Linear { inflow: Form::constant(1.0), decay, start: 1.0, origin: Origin::Share };
        let pull = Form::product(1.0, &[1, 4]).and(Form::product(-1.0, &[2, 4]));
        let value = Block::Linear {
            inflow: pull,
            decay: Form::constant(1.0),
            start: 0.0,
            origin: Origin::Difference,
        };
        Some(Circuit::of_last([canonical_pair(self.h), vec![free, value]].concat()))
    }
}

impl Pointwise for Softsign {
    fn value(&self, z: f64) -> f64 {
        z / (1.0 + root(z, self.h))
    }

    fn slope(&self, z: f64) -> f64 {
        let root = root(z, self.h);
        (root + 4.0 * self.h) / (root * (1.0 + root).powi(2))
    }

    fn beyond(&self, _z: f64) -> Option<f64> {
        None
    }
}

impl Pair for Softsign {
    fn at_rest(&self, (p, m): Rails, _k: f64) -> Rails {
        let (u, v) = canonical::pair(p - m, self.h);
        (u / (1.0 + u + v), v / (1.0 + u + v))
    }

    fn bounds(&self, _z: Interval, _drive: Rails) -> Rails {
        (1.0, 1.0)
    }
}
