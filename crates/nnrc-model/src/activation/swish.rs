//! Algebraic swish: z (1 + z / sqrt(z² + 4h)) / 2, the product of z and a gate.

use super::annihilated::annihilated_pair;
use super::canonical::{self, root, share};
use super::circuit::{Block, Circuit, Form, Origin, canonical as canonical_pair, follows};
use super::facts::{Domain, Facts, Learns, Parameter, Reads};
use super::function::{Function, Holding, Map, Pair, Pointwise, Rails, monotone};
use crate::interval::Interval;

/// What does not depend on parameters.
pub const FACTS: Facts = Facts {
    name: "swish",
    parameters: &[Parameter::positive("h", 1.0)],
    formula: "z (1 + z / sqrt(z² + 4h)) / 2",
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
pub struct Swish {
    pub h: f64,
}

impl Function for Swish {
    fn map(&self) -> Map<'_> {
        Map::Pointwise(self)
    }

    fn range(&self, z: Interval, _zp: f64) -> Interval {
        let ends = monotone(self, z);
        if z.low < 0.0 {
            // It has one minimum, −0.3003 sqrt(h) at z = −1.57 sqrt(h).
            Interval::new(ends.low.min(ends.high).min(-0.31 * self.h.sqrt()), ends.low.max(ends.high))
        } else {
            ends
        }
    }

    fn holding(&self) -> Holding<'_> {
        Holding::AsDriven(self)
    }

    fn approach(&self, _signed: bool, _units: usize) -> Option<Circuit> {
        // The gate g' = x − (2x − z) g by its quotient q = g / x: with v = h / x, which follows the equation of
        // the mirrored neuron, q' = 1 − (x + v) q, whatever z does.
        let quotient = Block::Linear {
            inflow: Form::constant(1.0),
            decay: Form::of(3),
            start: 0.5 / self.h.sqrt(),
            origin: Origin::Quotient,
        };
        let value = follows(Form::product(1.0, &[0, 1, 4]), 0.0);
        Some(Circuit::of_last([canonical_pair(self.h), vec![quotient, value]].concat()))
    }
}

impl Pointwise for Swish {
    fn value(&self, z: f64) -> f64 {
        let (u, v) = canonical::pair(z, self.h);
        z * u / (u + v)
    }

    fn slope(&self, z: f64) -> f64 {
        share(z, self.h) + z * 2.0 * self.h / root(z, self.h).powi(3)
    }

    fn beyond(&self, _z: f64) -> Option<f64> {
        None
    }
}

impl Pair for Swish {
    fn at_rest(&self, (p, m): Rails, k: f64) -> Rails {
        let (u, v) = canonical::pair(p - m, self.h);
        let gate = u / (u + v);
        annihilated_pair(p * gate, m * gate, k)
    }

    fn bounds(&self, _z: Interval, (p, m): Rails) -> Rails {
        // The gate is below 1.
        (p, m)
    }
}
