//! Algebraic swish: z (1 + z / sqrt(z² + 4h)) / 2, the product of z and a gate.

use super::annihilated::annihilated_pair;
use super::approach::Approach;
use super::canonical::{self, root, share};
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

    fn approach(&self) -> Option<Approach> {
        None
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
