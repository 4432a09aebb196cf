//! Rational softmax: shares P_i = u_i / Σ u with u = R_h(z).

use super::canonical::{share, smooth_relu};
use super::circuit::{Block, Circuit, Form, Origin};
use super::facts::{CrossEntropy, Domain, Facts, Learns, Parameter, Reads};
use super::function::{Function, Holding, Joint, Map, Rails};
use crate::interval::Interval;

/// What does not depend on parameters.
pub const FACTS: Facts = Facts {
    name: "rational_softmax",
    parameters: &[Parameter::positive("h", 0.1)],
    formula: "uᵢ / Σ u",
    domain: Domain::Everywhere,
    middle: None,
    cross_entropy: Some(CrossEntropy::OfShares),
    is_rectifier: false,
    fixed_point: Some(Reads::Drive { beside: 1 }),
    one_pot: Some(Learns::AtTheOutput),
    phased: None,
};

/// With its parameter.
#[derive(Debug, Clone, Copy)]
pub struct RationalSoftmax {
    pub h: f64,
}

impl Function for RationalSoftmax {
    fn map(&self) -> Map<'_> {
        Map::Joint(self)
    }

    fn range(&self, _z: Interval, _zp: f64) -> Interval {
        Interval::new(0.0, 1.0)
    }

    fn holding(&self) -> Holding<'_> {
        Holding::One
    }

    fn approach(&self, _signed: bool, units: usize) -> Option<Circuit> {
        let neuron = Block::Neuron { h: self.h, upright: true };
        if units == 1 {
            // There is nobody to share with: no reaction changes the one share.
            return Some(Circuit { blocks: vec![neuron], value: Form::constant(1.0) });
        }
        let start = 1.0 / units as f64;
        let share = Block::Linear { inflow: Form::of(1), decay: Form::of(2), start, origin: Origin::Share };
        Some(Circuit::of_last(vec![neuron, Block::Sum { of: 1 }, share]))
    }
}

impl Joint for RationalSoftmax {
    fn values(&self, drive: &[Rails]) -> Vec<f64> {
        let u: Vec<f64> = drive.iter().map(|(p, m)| smooth_relu(p - m, self.h)).collect();
        let total: f64 = u.iter().sum();
        u.iter().map(|u| u / total).collect()
    }

    fn pull_back(&self, z: &[f64], y: &[f64], adjoint: &[f64]) -> Vec<f64> {
        // dP_i/dz_k = (u_k'/Σu) (δ_ik − P_i)
        let mean: f64 = y.iter().zip(adjoint).map(|(p, g)| p * g).sum();
        let u: Vec<f64> = z.iter().map(|z| smooth_relu(*z, self.h)).collect();
        let total: f64 = u.iter().sum();
        let slopes = z.iter().map(|z| share(*z, self.h));
        slopes.zip(adjoint).map(|(slope, g)| slope / total * (g - mean)).collect()
    }
}
