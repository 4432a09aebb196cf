//! Smoothed ReLU: R_h(z) = (z + sqrt(z² + 4h)) / 2. It is off max(z, 0) by at most sqrt(h).

use super::canonical::{self, share};
use super::circuit::{Block, Circuit};
use super::facts::{Clocked, Domain, Facts, Learns, Parameter, Reads};
use super::function::{Function, Holding, Map, Pointwise, monotone, rounded};
use crate::interval::Interval;
use crate::lanes::{LANES, Lanes};

/// What does not depend on parameters.
pub const FACTS: Facts = Facts {
    name: "smooth_relu",
    parameters: &[Parameter::positive("h", 0.1)],
    formula: "u",
    domain: Domain::Everywhere,
    middle: None,
    cross_entropy: None,
    is_rectifier: true,
    fixed_point: Some(Reads::Drive { beside: 1 }),
    one_pot: Some(Learns::Anywhere),
    phased: Some(Clocked {
        exposure: None,
        learns: Learns::Anywhere,
        cross_entropy: false,
        reach: (0.0, f64::INFINITY),
    }),
};

/// With its parameter.
#[derive(Debug, Clone, Copy)]
pub struct SmoothRelu {
    pub h: f64,
}

impl Function for SmoothRelu {
    fn map(&self) -> Map<'_> {
        Map::Pointwise(self)
    }

    fn range(&self, z: Interval, _zp: f64) -> Interval {
        monotone(self, z)
    }

    fn holding(&self) -> Holding<'_> {
        Holding::One
    }

    fn approach(&self, _signed: bool, _units: usize) -> Option<Circuit> {
        Some(Circuit::of_last(vec![Block::Neuron { h: self.h, upright: true }]))
    }
}

impl Pointwise for SmoothRelu {
    fn value(&self, z: f64) -> f64 {
        canonical::smooth_relu(z, self.h)
    }

    fn slope(&self, z: f64) -> f64 {
        share(z, self.h)
    }

    fn beyond(&self, _z: f64) -> Option<f64> {
        None
    }

    fn block(&self, z: &[Lanes], y: &mut [Lanes], slopes: &mut [Lanes]) {
        let h = self.h;
        // By the plain root, which vectorises: squares overflow only where training has diverged.
        for ((z, y), slope) in z.iter().zip(y).zip(slopes) {
            for lane in 0..LANES {
                let root = (z[lane] * z[lane] + 4.0 * h).sqrt();
                let far = (root + z[lane].abs()) / 2.0;
                let near = h / far;
                y[lane] = if z[lane] >= 0.0 { far } else { near };
                slope[lane] = y[lane] / root;
            }
        }
    }

    #[allow(clippy::cast_possible_truncation, reason = "rounding is what is asked for")]
    fn single(&self, z: &[f32], y: &mut [f32], slopes: &mut [f32]) {
        // The widest layers end in it, so it is computed in single precision itself, as long as its parameter can be.
        let h = self.h as f32;
        if !(f32::MIN_POSITIVE..=f32::MAX / 4.0).contains(&h) {
            return rounded(|z, y, slopes| self.block(z, y, slopes), z, y, slopes);
        }
        for ((z, y), slope) in z.iter().zip(y).zip(slopes) {
            let root = (z * z + 4.0 * h).sqrt();
            let far = (root + z.abs()) / 2.0;
            let near = h / far;
            *y = if *z >= 0.0 { far } else { near };
            *slope = *y / root;
        }
    }
}
