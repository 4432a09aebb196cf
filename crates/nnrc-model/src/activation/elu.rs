//! ELU-like unit: u − v / (1 + v) with u = R_h(z), v = R_h(−z). It tends to −1 far below zero.

use super::canonical::{self, root, share, smooth_relu};
use super::circuit::{Block, Circuit, Form, Origin};
use super::facts::{Domain, Facts, Learns, Parameter, Reads};
use super::function::{Function, Holding, Map, Pair, Pointwise, Rails, monotone};
use crate::interval::Interval;

/// What does not depend on parameters.
pub const FACTS: Facts = Facts {
    name: "elu",
    parameters: &[Parameter::positive("h", 0.1)],
    formula: "u − v / (1 + v)",
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
pub struct Elu {
    pub h: f64,
}

impl Function for Elu {
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
        // s' = v − (1 + v) s beside u.
        let neuron = Block::Neuron { h: self.h, upright: true };
        let mirror = Block::Neuron { h: self.h, upright: false };
        let decay = Form::constant(1.0).and(Form::of(2));
        let below = Block::Linear { inflow: Form::of(2), decay, start: 0.0, origin: Origin::Share };
        let value = Form::of(1).and(Form::product(-1.0, &[3]));
        Some(Circuit { blocks: vec![neuron, mirror, below], value })
    }
}

impl Pointwise for Elu {
    fn value(&self, z: f64) -> f64 {
        let (u, v) = canonical::pair(z, self.h);
        u - v / (1.0 + v)
    }

    fn slope(&self, z: f64) -> f64 {
        let v = smooth_relu(-z, self.h);
        share(z, self.h) + v / root(z, self.h) / (1.0 + v).powi(2)
    }

    fn beyond(&self, _z: f64) -> Option<f64> {
        None
    }
}

impl Pair for Elu {
    fn at_rest(&self, (p, m): Rails, _k: f64) -> Rails {
        let (u, v) = canonical::pair(p - m, self.h);
        (u, v / (1.0 + v))
    }

    fn bounds(&self, z: Interval, _drive: Rails) -> Rails {
        (smooth_relu(z.high, self.h), 1.0)
    }
}
