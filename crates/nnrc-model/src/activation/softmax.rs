//! Softmax: e^(z_i) / Σ_j e^(z_j), by the clocked construction only.

use nnrc_sim::elementary::exp;

use super::circuit::Circuit;
use super::facts::{Clocked, CrossEntropy, Domain, Exposure, Facts, Learns};
use super::function::{Function, Holding, Joint, Map, Rails};
use crate::interval::Interval;

/// What does not depend on parameters.
pub const FACTS: Facts = Facts {
    name: "softmax",
    parameters: &[],
    formula: "e^zᵢ / Σ e^z",
    domain: Domain::Everywhere,
    middle: None,
    cross_entropy: Some(CrossEntropy::OfShares),
    is_rectifier: false,
    fixed_point: None,
    one_pot: None,
    phased: Some(Clocked {
        exposure: Some(Exposure { exponent: Some(1.0) }),
        learns: Learns::AtTheOutput,
        cross_entropy: true,
        reach: (0.0, 1.0),
    }),
};

/// It has no parameters.
#[derive(Debug, Clone, Copy)]
pub struct Softmax;

impl Function for Softmax {
    fn map(&self) -> Map<'_> {
        Map::Joint(self)
    }

    fn range(&self, _z: Interval, _zp: f64) -> Interval {
        Interval::new(0.0, 1.0)
    }

    fn holding(&self) -> Holding<'_> {
        Holding::Clocked
    }

    fn approach(&self, _signed: bool, _units: usize) -> Option<Circuit> {
        None
    }
}

impl Joint for Softmax {
    fn values(&self, drive: &[Rails]) -> Vec<f64> {
        let top = drive.iter().map(|(p, m)| p - m).fold(f64::NEG_INFINITY, f64::max);
        let e: Vec<f64> = drive.iter().map(|(p, m)| exp(p - m - top)).collect();
        let total: f64 = e.iter().sum();
        e.iter().map(|e| e / total).collect()
    }

    fn pull_back(&self, _z: &[f64], y: &[f64], adjoint: &[f64]) -> Vec<f64> {
        let mean: f64 = y.iter().zip(adjoint).map(|(p, g)| p * g).sum();
        y.iter().zip(adjoint).map(|(p, g)| p * (g - mean)).collect()
    }
}
