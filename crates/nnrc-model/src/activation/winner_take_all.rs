//! Winner take all: x_i = h / (S − z_i) with S = Σ x, S > max(0, z). S is a smooth maximum of 0 and all z.

use super::canonical::smooth_relu;
use super::circuit::{Block, Circuit};
use super::facts::{Domain, Facts, Parameter, Reads};
use super::function::{Function, Holding, Joint, Map, Rails};
use crate::interval::Interval;

/// What does not depend on parameters.
pub const FACTS: Facts = Facts {
    name: "winner_take_all",
    parameters: &[Parameter::positive("h", 0.01)],
    formula: "h / (S − zᵢ), S the root of Σ h / (S − zᵢ) = S above max(0, z)",
    domain: Domain::Everywhere,
    middle: None,
    cross_entropy: None,
    is_rectifier: false,
    fixed_point: Some(Reads::Drive { beside: 1 }),
    one_pot: None,
    phased: None,
};

/// With its parameter.
#[derive(Debug, Clone, Copy)]
pub struct WinnerTakeAll {
    pub h: f64,
}

impl Function for WinnerTakeAll {
    fn map(&self) -> Map<'_> {
        Map::Joint(self)
    }

    fn range(&self, z: Interval, _zp: f64) -> Interval {
        Interval::new(0.0, smooth_relu(z.high, self.h))
    }

    fn holding(&self) -> Holding<'_> {
        Holding::One
    }

    fn approach(&self, _signed: bool, _units: usize) -> Option<Circuit> {
        Some(Circuit::of_last(vec![Block::Winners { h: self.h }]))
    }
}

impl Joint for WinnerTakeAll {
    fn values(&self, drive: &[Rails]) -> Vec<f64> {
        let z: Vec<f64> = drive.iter().map(|(p, m)| p - m).collect();
        let total = self.total(&z);
        z.iter().map(|z| self.h / (total - z)).collect()
    }

    fn pull_back(&self, _z: &[f64], y: &[f64], adjoint: &[f64]) -> Vec<f64> {
        // dS/dz_k = q_k / (1 + Σ q) with q_i = x_i² / h.
        let q: Vec<f64> = y.iter().map(|x| x * x / self.h).collect();
        let along: f64 = q.iter().zip(adjoint).map(|(q, g)| q * g).sum();
        let mean = along / (1.0 + q.iter().sum::<f64>());
        q.iter().zip(adjoint).map(|(q, g)| q * (g - mean)).collect()
    }
}

impl WinnerTakeAll {
    /// S: the root of Σ h / (S − z_i) = S above max(0, z), by bisection.
    fn total(&self, z: &[f64]) -> f64 {
        let h = self.h;
        let floor = z.iter().copied().fold(0.0, f64::max);
        let excess = |s: f64| z.iter().map(|z| h / (s - z)).sum::<f64>() - s;
        // At S = floor + d the sum is at most n h / d: it is below S once d >= sqrt(n h).
        let (mut low, mut high) = (floor, floor + (z.len() as f64 * h).sqrt());
        for _ in 0..200 {
            let middle = low + (high - low) / 2.0;
            if middle <= low || middle >= high {
                break;
            }
            if excess(middle) > 0.0 {
                low = middle;
            } else {
                high = middle;
            }
        }
        high
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worked_case_is_reproduced() {
        let rails = [(1.0, 0.0), (2.0, 0.0), (1.7, 0.0), (0.0, 1.0)];
        let x = WinnerTakeAll { h: 0.01 }.values(&rails);
        for (x, expected) in x.iter().zip([0.0099492141, 1.9590519699, 0.0327756545, 0.0033276713]) {
            assert!((x - expected).abs() < 1e-10);
        }
    }
}
