//! ReLU by annihilation: the larger root u of u² − (z − 1/k) u − z₊/k = 0, which tends to max(z, 0). It depends on how much
//! is produced, z₊, not on z alone.

use super::annihilated::annihilated_pair;
use super::circuit::{Block, Circuit, Form, follows};
use super::facts::{Domain, Facts, Parameter, Reads};
use super::function::{Function, Holding, Map, Produced};
use crate::interval::Interval;

/// What does not depend on parameters.
pub const FACTS: Facts = Facts {
    name: "annihilation_relu",
    parameters: &[Parameter::positive("k", 1e4)],
    formula: "(q + sqrt(q² + 4 z₊ / k)) / 2, q = z − 1/k",
    domain: Domain::Everywhere,
    middle: None,
    cross_entropy: None,
    is_rectifier: false,
    fixed_point: Some(Reads::Drive { beside: 0 }),
    one_pot: None,
    phased: None,
};

/// With its parameter.
#[derive(Debug, Clone, Copy)]
pub struct AnnihilationRelu {
    pub k: f64,
}

impl Function for AnnihilationRelu {
    fn map(&self) -> Map<'_> {
        Map::Produced(self)
    }

    fn range(&self, z: Interval, zp: f64) -> Interval {
        Interval::new(0.0, annihilated_pair(zp, (zp - z.high).max(0.0), self.k).0)
    }

    fn holding(&self) -> Holding<'_> {
        Holding::One
    }

    fn approach(&self, _signed: bool, _units: usize) -> Option<Circuit> {
        Some(Circuit::of_last(vec![
            follows(Form::of(0), 0.0),
            Block::Annihilation { difference: 1, k: self.k },
        ]))
    }
}

impl Produced for AnnihilationRelu {
    fn value(&self, z: f64, zp: f64) -> f64 {
        annihilated_pair(zp, zp - z, self.k).0
    }

    fn slope(&self, z: f64, zp: f64) -> f64 {
        // u² − (z − 1/k) u − zp/k = 0, so (2u − q) du = u dz + dzp/k.
        self.value(z, zp) / self.root(z, zp)
    }

    fn slope_of_production(&self, z: f64, zp: f64) -> f64 {
        1.0 / (self.k * self.root(z, zp))
    }
}

impl AnnihilationRelu {
    /// 2u − q = sqrt(q² + 4 zp/k) with q = z − 1/k, the rate at which the pair comes to rest.
    fn root(&self, z: f64, zp: f64) -> f64 {
        let q = z - 1.0 / self.k;
        (q * q + 4.0 * zp / self.k).sqrt()
    }
}
