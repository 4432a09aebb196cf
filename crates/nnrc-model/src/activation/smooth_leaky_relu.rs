//! Smoothed leaky ReLU: slope · z + (1 − slope) R_h(z) = u − slope v.

use super::canonical::{self, share, smooth_relu};
use super::circuit::{Block, Circuit, Form, follows};
use super::facts::{Domain, Facts, Learns, Parameter, Reads};
use super::function::{Function, Holding, Map, Pair, Pointwise, Rails, monotone};
use crate::interval::Interval;

/// What does not depend on parameters.
pub const FACTS: Facts = Facts {
    name: "smooth_leaky_relu",
    parameters: &[Parameter::positive("h", 0.1), Parameter::share("slope", 0.1)],
    formula: "slope · z + (1 − slope) u",
    domain: Domain::Everywhere,
    middle: None,
    cross_entropy: None,
    is_rectifier: true,
    fixed_point: Some(Reads::Drive { beside: 1 }),
    one_pot: Some(Learns::Anywhere),
    phased: None,
};

/// With its parameters.
#[derive(Debug, Clone, Copy)]
pub struct SmoothLeakyRelu {
    pub h: f64,
    pub slope: f64,
}

impl Function for SmoothLeakyRelu {
    fn map(&self) -> Map<'_> {
        Map::Pointwise(self)
    }

    fn range(&self, z: Interval, _zp: f64) -> Interval {
        monotone(self, z)
    }

    fn holding(&self) -> Holding<'_> {
        // Without a slope it is the smoothed ReLU.
        if self.slope > 0.0 { Holding::Two(self) } else { Holding::One }
    }

    fn approach(&self, _signed: bool, _units: usize) -> Option<Circuit> {
        let neuron = Block::Neuron { h: self.h, upright: true };
        if self.slope == 0.0 {
            return Some(Circuit::of_last(vec![neuron]));
        }
        // m' = slope v − m beside u.
        let mirror = Block::Neuron { h: self.h, upright: false };
        let leak = follows(Form::product(self.slope, &[2]), self.slope * self.h.sqrt());
        let value = Form::of(1).and(Form::product(-1.0, &[3]));
        Some(Circuit { blocks: vec![neuron, mirror, leak], value })
    }
}

impl Pointwise for SmoothLeakyRelu {
    fn value(&self, z: f64) -> f64 {
        let (u, v) = canonical::pair(z, self.h);
        u - self.slope * v
    }

    fn slope(&self, z: f64) -> f64 {
        self.slope + (1.0 - self.slope) * share(z, self.h)
    }

    fn beyond(&self, _z: f64) -> Option<f64> {
        None
    }
}

impl Pair for SmoothLeakyRelu {
    fn at_rest(&self, (p, m): Rails, _k: f64) -> Rails {
        (smooth_relu(p - m, self.h), self.slope * smooth_relu(m - p, self.h))
    }

    fn bounds(&self, z: Interval, _drive: Rails) -> Rails {
        (smooth_relu(z.high, self.h), self.slope * smooth_relu(-z.low, self.h))
    }
}
