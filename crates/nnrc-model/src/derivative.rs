//! Derivatives of the activations at the chemistry's fixed point.
//!
//! The fixed point of `s' = f(s, z)` moves with z by implicit differentiation, ds/dz = −f_s⁻¹ f_z; each closed form
//! below is that quotient for one row of the activation table. They are written in the canonical rails u = R_h(z),
//! v = R_h(−z) with u + v = sqrt(z² + 4h), so that nothing cancels.

use crate::activation::{Activation, smooth_relu};

impl Activation {
    /// dy/dz of a unit with pre-activation `z`, of which `zp` comes from producing reactions. Joint activations have
    /// no single number: see [`Activation::pull_back`].
    ///
    /// `michaelis` and `hill` are defined for z >= 0; below, `michaelis` goes on with its slope at 0, as
    /// [`Activation::trained_value`] does, so that training finds its way back.
    pub fn slope(self, z: f64, zp: f64) -> f64 {
        let root = |h: f64| z.hypot(2.0 * h.sqrt());
        let share = |h: f64| smooth_relu(z, h) / root(h);
        match self {
            Self::Identity => 1.0,
            Self::SmoothRelu { h } => share(h),
            Self::SmoothLeakyRelu { h, slope } => slope + (1.0 - slope) * share(h),
            Self::AlgebraicSigmoid { h } => 2.0 * h / root(h).powi(3),
            Self::AlgebraicTanh { h } => 4.0 * h / root(h).powi(3),
            Self::RestoredSigmoid { a } => {
                let root = z.hypot(2.0 * a);
                a / (root * (2.0 * a + root))
            }
            Self::Michaelis { k } => k / (k + z.max(0.0)).powi(2),
            Self::Hill { k } => 2.0 * z * k / (k + z * z).powi(2),
            Self::Softsign { h } => (root(h) + 4.0 * h) / (root(h) * (1.0 + root(h)).powi(2)),
            Self::Elu { h } => {
                let v = smooth_relu(-z, h);
                share(h) + v / root(h) / (1.0 + v).powi(2)
            }
            Self::Abs { h } => z / root(h),
            Self::Swish { h } => share(h) + z * 2.0 * h / root(h).powi(3),
            Self::Square => 2.0 * z,
            Self::InverseMultiquadric { h } => -z / root(h).powi(3),
            Self::InverseQuadratic => -2.0 * z / (1.0 + z * z).powi(2),
            Self::AnnihilationRelu { k } => {
                // u² − (z − 1/k) u − zp/k = 0, so (2u − q) du = u dz + dzp/k.
                let u = self.value(z, zp);
                u / annihilation_root(z, zp, k)
            }
            Self::Sigmoid => {
                let y = self.value(z, zp);
                y * (1.0 - y)
            }
            Self::Tanh => 1.0 - z.tanh().powi(2),
            Self::Softplus => Self::Sigmoid.value(z, zp),
            Self::WinnerTakeAll { .. } | Self::RationalSoftmax { .. } | Self::Softmax => f64::NAN,
        }
    }

    /// dy/dzp at constant z: only `annihilation_relu` depends on how much is produced.
    pub fn slope_of_production(self, z: f64, zp: f64) -> f64 {
        match self {
            Self::AnnihilationRelu { k } => 1.0 / (k * annihilation_root(z, zp, k)),
            _ => 0.0,
        }
    }

    /// The value with the continuation that training uses where the activation is not defined.
    pub fn trained_value(self, z: f64, zp: f64) -> f64 {
        match self {
            Self::Michaelis { k } if z < 0.0 => z / k,
            _ => self.value(z, zp),
        }
    }

    /// dL/dz of a joint activation from its outputs `y`, its pre-activations `z` and dL/dy.
    pub fn pull_back(self, z: &[f64], y: &[f64], adjoint: &[f64]) -> Vec<f64> {
        match self {
            // x_i = h / (S − z_i), dS/dz_k = q_k / (1 + Σ q) with q_i = x_i² / h.
            Self::WinnerTakeAll { h } => {
                let q: Vec<f64> = y.iter().map(|x| x * x / h).collect();
                let along: f64 = q.iter().zip(adjoint).map(|(q, g)| q * g).sum();
                let mean = along / (1.0 + q.iter().sum::<f64>());
                q.iter().zip(adjoint).map(|(q, g)| q * (g - mean)).collect()
            }
            // dP_i/dz_k = (u_k'/Σu) (δ_ik − P_i)
            Self::RationalSoftmax { h } => {
                let mean: f64 = y.iter().zip(adjoint).map(|(p, g)| p * g).sum();
                let u: Vec<f64> = z.iter().map(|z| smooth_relu(*z, h)).collect();
                let total: f64 = u.iter().sum();
                let slopes = z.iter().map(|z| Self::SmoothRelu { h }.slope(*z, 0.0));
                slopes.zip(adjoint).map(|(slope, g)| slope / total * (g - mean)).collect()
            }
            Self::Softmax => {
                let mean: f64 = y.iter().zip(adjoint).map(|(p, g)| p * g).sum();
                y.iter().zip(adjoint).map(|(p, g)| p * (g - mean)).collect()
            }
            _ => z.iter().zip(adjoint).map(|(z, g)| g * self.slope(*z, z.max(0.0))).collect(),
        }
    }
}

/// 2u − q = sqrt(q² + 4 zp/k) with q = z − 1/k, the rate at which the pair comes to rest.
fn annihilation_root(z: f64, zp: f64, k: f64) -> f64 {
    let q = z - 1.0 / k;
    (q * q + 4.0 * zp / k).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activation::SPECS;

    fn default_of(name: &str) -> Activation {
        let spec = SPECS.iter().find(|spec| spec.name == name).unwrap();
        let defaults: Vec<f64> = spec.parameters.iter().map(|(_, default)| *default).collect();
        (spec.make)(&defaults)
    }

    #[test]
    fn slopes_are_those_of_the_values() {
        for spec in SPECS {
            let activation = default_of(spec.name);
            if activation.is_joint() {
                continue;
            }
            for z in [-3.0, -0.7, -0.05, 0.02, 0.4, 1.3, 5.0] {
                if z < 0.0 && ["michaelis", "hill"].contains(&spec.name) {
                    continue;
                }
                let (step, zp) = (1e-5, 6.0);
                let ends = [z + step, z - step].map(|z| activation.value(z, zp));
                let expected = (ends[0] - ends[1]) / (2.0 * step);
                let found = activation.slope(z, zp);
                assert!(
                    (found - expected).abs() < 1e-6 * expected.abs().max(1e-2),
                    "{} at {z}: {found} {expected}",
                    spec.name
                );
                let ends = [zp + step, zp - step].map(|zp| activation.value(z, zp));
                let expected = (ends[0] - ends[1]) / (2.0 * step);
                assert!(
                    (activation.slope_of_production(z, zp) - expected).abs() < 1e-8,
                    "{} at {z}",
                    spec.name
                );
            }
        }
    }

    #[test]
    fn joint_slopes_are_those_of_the_values() {
        let z = [1.0, 2.0, 1.7, -1.0];
        let adjoint = [0.3, -1.0, 0.7, 2.0];
        for name in ["winner_take_all", "rational_softmax", "softmax"] {
            let activation = default_of(name);
            let loss = |z: &[f64]| -> f64 {
                let rails: Vec<(f64, f64)> = z.iter().map(|z| (z.max(0.0), (-z).max(0.0))).collect();
                activation.values(&rails).iter().zip(adjoint).map(|(y, g)| y * g).sum()
            };
            let rails: Vec<(f64, f64)> = z.iter().map(|z: &f64| (z.max(0.0), (-z).max(0.0))).collect();
            let found = activation.pull_back(&z, &activation.values(&rails), &adjoint);
            for at in 0..z.len() {
                let shifted = |by: f64| {
                    let mut z = z;
                    z[at] += by;
                    loss(&z)
                };
                let expected = (shifted(1e-5) - shifted(-1e-5)) / 2e-5;
                assert!((found[at] - expected).abs() < 1e-6, "{name} {at}: {} {expected}", found[at]);
            }
        }
    }
}
