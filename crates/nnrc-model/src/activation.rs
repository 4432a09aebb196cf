//! The activations: names, parameters, domains, closed forms and ranges.
//!
//! The closed forms are what the chemistry's fixed point computes; they serve range analysis, the plain forward
//! pass and the certificate, and are written so that nothing cancels. The reactions are in `lower/`.

use crate::interval::Interval;

/// What is applied to a pre-activation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Activation {
    /// z
    Identity,
    /// R_h(z) = (z + sqrt(z² + 4h)) / 2
    SmoothRelu { h: f64 },
    /// slope · z + (1 − slope) R_h(z)
    SmoothLeakyRelu { h: f64, slope: f64 },
    /// (1 + z / sqrt(z² + 4h)) / 2
    AlgebraicSigmoid { h: f64 },
    /// z / sqrt(z² + 4h)
    AlgebraicTanh { h: f64 },
    /// (1 + z / (2a + sqrt(z² + 4a²))) / 2
    RestoredSigmoid { a: f64 },
    /// z / (k + z)
    Michaelis { k: f64 },
    /// z² / (k + z²)
    Hill { k: f64 },
    /// z / (1 + sqrt(z² + 4h))
    Softsign { h: f64 },
    /// R_h(z) − v / (1 + v) with v = R_h(−z)
    Elu { h: f64 },
    /// sqrt(z² + 4h)
    Abs { h: f64 },
    /// z (1 + z / sqrt(z² + 4h)) / 2
    Swish { h: f64 },
    /// z²
    Square,
    /// 1 / sqrt(z² + 4h)
    InverseMultiquadric { h: f64 },
    /// 1 / (1 + z²)
    InverseQuadratic,
    /// The larger root u of u² − (z − 1/k) u − z₊/k = 0, which tends to max(z, 0)
    AnnihilationRelu { k: f64 },
    /// h / (S − z_i) with S = Σ_i h / (S − z_i), S > max(0, z)
    WinnerTakeAll { h: f64 },
    /// R_h(z_i) / Σ_j R_h(z_j)
    RationalSoftmax { h: f64 },
    /// 1 / (1 + e^−z), by the clocked construction only
    Sigmoid,
    /// tanh z, by the clocked construction only
    Tanh,
    /// e^(z_i) / Σ_j e^(z_j), by the clocked construction only
    Softmax,
    /// ln(1 + e^z), by the clocked construction only
    Softplus,
}

/// Name, parameters with defaults, and reach of an activation.
pub struct Spec {
    /// Name in the language.
    pub name: &'static str,
    /// Parameters in order, with defaults.
    pub parameters: &'static [(&'static str, f64)],
    /// Makes it from the parameters.
    pub make: fn(&[f64]) -> Activation,
    /// Whether a fixed point computes it.
    pub fixed_point: bool,
    /// Whether there are reactions for its derivative, so that one pot can learn with it.
    pub one_pot: bool,
}

/// Every activation of the language.
pub const SPECS: &[Spec] = &[
    spec("identity", &[], |_| Activation::Identity),
    spec("smooth_relu", &[("h", 0.1)], |p| Activation::SmoothRelu { h: p[0] }),
    spec("smooth_leaky_relu", &[("h", 0.1), ("slope", 0.1)], |p| Activation::SmoothLeakyRelu {
        h: p[0],
        slope: p[1],
    }),
    spec("algebraic_sigmoid", &[("h", 1.0)], |p| Activation::AlgebraicSigmoid { h: p[0] }),
    spec("algebraic_tanh", &[("h", 1.0)], |p| Activation::AlgebraicTanh { h: p[0] }),
    spec("restored_sigmoid", &[("a", 0.5)], |p| Activation::RestoredSigmoid { a: p[0] }),
    still("michaelis", &[("k", 1.0)], |p| Activation::Michaelis { k: p[0] }),
    still("hill", &[("k", 1.0)], |p| Activation::Hill { k: p[0] }),
    spec("softsign", &[("h", 0.1)], |p| Activation::Softsign { h: p[0] }),
    spec("elu", &[("h", 0.1)], |p| Activation::Elu { h: p[0] }),
    spec("abs", &[("h", 0.1)], |p| Activation::Abs { h: p[0] }),
    spec("swish", &[("h", 1.0)], |p| Activation::Swish { h: p[0] }),
    spec("square", &[], |_| Activation::Square),
    spec("inverse_multiquadric", &[("h", 1.0)], |p| Activation::InverseMultiquadric { h: p[0] }),
    spec("inverse_quadratic", &[], |_| Activation::InverseQuadratic),
    still("annihilation_relu", &[("k", 1e4)], |p| Activation::AnnihilationRelu { k: p[0] }),
    still("winner_take_all", &[("h", 0.01)], |p| Activation::WinnerTakeAll { h: p[0] }),
    spec("rational_softmax", &[("h", 0.1)], |p| Activation::RationalSoftmax { h: p[0] }),
    clocked("sigmoid", |_| Activation::Sigmoid),
    clocked("tanh", |_| Activation::Tanh),
    clocked("softmax", |_| Activation::Softmax),
    clocked("softplus", |_| Activation::Softplus),
];

const fn spec(
    name: &'static str,
    parameters: &'static [(&'static str, f64)],
    make: fn(&[f64]) -> Activation,
) -> Spec {
    Spec { name, parameters, make, fixed_point: true, one_pot: true }
}

/// One that a pot computes, but has no reactions to learn with.
const fn still(
    name: &'static str,
    parameters: &'static [(&'static str, f64)],
    make: fn(&[f64]) -> Activation,
) -> Spec {
    Spec { one_pot: false, ..spec(name, parameters, make) }
}

const fn clocked(name: &'static str, make: fn(&[f64]) -> Activation) -> Spec {
    Spec { name, parameters: &[], make, fixed_point: false, one_pot: false }
}

/// R_h(z), without cancellation for negative z.
pub fn smooth_relu(z: f64, h: f64) -> f64 {
    let root = z.hypot(2.0 * h.sqrt());
    if z >= 0.0 { (z + root) / 2.0 } else { 2.0 * h / (root - z) }
}

/// Rails (u, v) of a linear pair with annihilation: u' = p − u − k u v, v' = m − v − k u v at rest, so
/// u − v = p − m.
pub fn annihilated_pair(p: f64, m: f64, k: f64) -> (f64, f64) {
    if k == 0.0 {
        return (p, m);
    }
    let root = |own: f64, z: f64| {
        let q = z - 1.0 / k;
        let root = (q * q + 4.0 * own / k).sqrt();
        if q >= 0.0 { (q + root) / 2.0 } else { 2.0 * (own / k) / (root - q) }
    };
    let z = p - m;
    if z >= 0.0 {
        let v = root(m, -z);
        (v + z, v)
    } else {
        let u = root(p, z);
        (u, u - z)
    }
}

/// As the language writes it, with every parameter: `smooth_relu(h = 0.1)`.
impl std::fmt::Display for Activation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = self.name();
        let spec = SPECS.iter().find(|spec| spec.name == name);
        let names = spec.map_or(&[][..], |spec| spec.parameters).iter().map(|(name, _)| name);
        let parameters: Vec<String> = names
            .zip(self.parameters())
            .map(|(name, value)| format!("{name} = {}", nnrc_syntax::wording::shown(value)))
            .collect();
        write!(f, "{name}({})", parameters.join(", "))
    }
}

impl Activation {
    /// Name in the language.
    pub fn name(self) -> &'static str {
        SPECS
            .iter()
            .find(|spec| {
                let defaults: Vec<f64> = spec.parameters.iter().map(|(_, default)| *default).collect();
                std::mem::discriminant(&(spec.make)(&defaults)) == std::mem::discriminant(&self)
            })
            .map_or("", |spec| spec.name)
    }

    /// Its parameters, in the order in which the language names them.
    pub fn parameters(self) -> Vec<f64> {
        match self {
            Self::SmoothRelu { h }
            | Self::AlgebraicSigmoid { h }
            | Self::AlgebraicTanh { h }
            | Self::Softsign { h }
            | Self::Elu { h }
            | Self::Abs { h }
            | Self::Swish { h }
            | Self::InverseMultiquadric { h }
            | Self::WinnerTakeAll { h }
            | Self::RationalSoftmax { h } => vec![h],
            Self::SmoothLeakyRelu { h, slope } => vec![h, slope],
            Self::RestoredSigmoid { a } => vec![a],
            Self::Michaelis { k } | Self::Hill { k } | Self::AnnihilationRelu { k } => vec![k],
            Self::Identity
            | Self::Square
            | Self::InverseQuadratic
            | Self::Sigmoid
            | Self::Tanh
            | Self::Softmax
            | Self::Softplus => Vec::new(),
        }
    }

    /// Whether a clock must sequence it: no fixed point computes it.
    pub fn needs_phases(self) -> bool {
        matches!(self, Self::Sigmoid | Self::Tanh | Self::Softmax | Self::Softplus)
    }

    /// Whether the outputs depend on all pre-activations of the layer together.
    pub fn is_joint(self) -> bool {
        matches!(self, Self::WinnerTakeAll { .. } | Self::RationalSoftmax { .. } | Self::Softmax)
    }

    /// Values at rest for a layer driven by the rails (zp, zm), z = zp − zm.
    pub fn values(self, rails: &[(f64, f64)]) -> Vec<f64> {
        match self {
            Self::WinnerTakeAll { h } => {
                let z: Vec<f64> = rails.iter().map(|(p, m)| p - m).collect();
                let total = winner_total(&z, h);
                z.iter().map(|z| h / (total - z)).collect()
            }
            Self::RationalSoftmax { h } => {
                let u: Vec<f64> = rails.iter().map(|(p, m)| smooth_relu(p - m, h)).collect();
                let total: f64 = u.iter().sum();
                u.iter().map(|u| u / total).collect()
            }
            Self::Softmax => {
                let top = rails.iter().map(|(p, m)| p - m).fold(f64::NEG_INFINITY, f64::max);
                let e: Vec<f64> = rails.iter().map(|(p, m)| (p - m - top).exp()).collect();
                let total: f64 = e.iter().sum();
                e.iter().map(|e| e / total).collect()
            }
            _ => rails.iter().map(|&(p, m)| self.value(p - m, p)).collect(),
        }
    }

    /// Value at rest of a unit with pre-activation `z`, of which `zp` comes from producing reactions (only
    /// `annihilation_relu` depends on it). Joint activations have none.
    pub fn value(self, z: f64, zp: f64) -> f64 {
        let canonical = |h: f64| (smooth_relu(z, h), smooth_relu(-z, h));
        match self {
            Self::Identity => z,
            Self::SmoothRelu { h } => smooth_relu(z, h),
            Self::SmoothLeakyRelu { h, slope } => {
                let (u, v) = canonical(h);
                u - slope * v
            }
            Self::AlgebraicSigmoid { h } => {
                let (u, v) = canonical(h);
                u / (u + v)
            }
            Self::AlgebraicTanh { h } => z / z.hypot(2.0 * h.sqrt()),
            Self::RestoredSigmoid { a } => (1.0 + z / (2.0 * a + z.hypot(2.0 * a))) / 2.0,
            Self::Michaelis { k } => z / (k + z),
            Self::Hill { k } => z * z / (k + z * z),
            Self::Softsign { h } => z / (1.0 + z.hypot(2.0 * h.sqrt())),
            Self::Elu { h } => {
                let (u, v) = canonical(h);
                u - v / (1.0 + v)
            }
            Self::Abs { h } => z.hypot(2.0 * h.sqrt()),
            Self::Swish { h } => {
                let (u, v) = canonical(h);
                z * u / (u + v)
            }
            Self::Square => z * z,
            Self::InverseMultiquadric { h } => 1.0 / z.hypot(2.0 * h.sqrt()),
            Self::InverseQuadratic => 1.0 / (1.0 + z * z),
            Self::AnnihilationRelu { k } => annihilated_pair(zp, zp - z, k).0,
            Self::Sigmoid => 1.0 / (1.0 + (-z).exp()),
            Self::Tanh => z.tanh(),
            Self::Softplus => z.max(0.0) + (-z.abs()).exp().ln_1p(),
            Self::WinnerTakeAll { .. } | Self::RationalSoftmax { .. } | Self::Softmax => f64::NAN,
        }
    }

    /// The range of a value whose pre-activation lies in `z`, of which at most `zp` comes from producing reactions.
    pub fn range(self, z: Interval, zp: f64) -> Interval {
        let monotone = || Interval::new(self.value(z.low, 0.0), self.value(z.high, 0.0));
        match self {
            Self::Square | Self::Abs { .. } | Self::InverseMultiquadric { .. } | Self::InverseQuadratic => {
                Interval::hull([z.low, z.high, z.nearest_to_zero()].map(|z| self.value(z, 0.0)))
            }
            // Swish has one minimum, −0.3003 sqrt(h) at z = −1.57 sqrt(h).
            Self::Swish { h } if z.low < 0.0 => {
                let ends = monotone();
                Interval::new(ends.low.min(ends.high).min(-0.31 * h.sqrt()), ends.low.max(ends.high))
            }
            Self::AnnihilationRelu { k } => {
                Interval::new(0.0, annihilated_pair(zp, (zp - z.high).max(0.0), k).0)
            }
            Self::WinnerTakeAll { h } => Interval::new(0.0, smooth_relu(z.high, h)),
            Self::RationalSoftmax { .. } | Self::Softmax => Interval::new(0.0, 1.0),
            _ => monotone(),
        }
    }

    /// Upper bounds of the two rails of a value whose pre-activation lies in `z`, with rails of at most (`zp`, `zm`).
    pub fn rail_bounds(self, z: Interval, (zp, zm): (f64, f64)) -> (f64, f64) {
        let squares = (zp * zp + zm * zm, 2.0 * zp * zm);
        match self {
            Self::Identity => (zp, zm),
            // The gate is below 1.
            Self::Swish { .. } => (zp, zm),
            Self::SmoothLeakyRelu { h, slope } => (smooth_relu(z.high, h), slope * smooth_relu(-z.low, h)),
            Self::AlgebraicTanh { .. } | Self::Softsign { .. } => (1.0, 1.0),
            Self::Elu { h } => (smooth_relu(z.high, h), 1.0),
            Self::Square => squares,
            Self::Michaelis { k } => (zp / (k + z.low.max(0.0)), zm / (k + z.low.max(0.0))),
            Self::Hill { k } => (squares.0 / k, squares.1 / k),
            _ => (self.range(z, zp).high, 0.0),
        }
    }
}

/// S of the winner-take-all layer: the root of Σ h / (S − z_i) = S above max(0, z), by bisection and Newton.
fn winner_total(z: &[f64], h: f64) -> f64 {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_table() {
        assert_eq!(Activation::Swish { h: 3.0 }.name(), "swish");
        assert_eq!(Activation::Identity.name(), "identity");
    }

    #[test]
    fn smooth_relu_solves_its_quadratic_on_both_sides() {
        for z in [-1e6, -3.0, 0.0, 2.0, 1e6] {
            let x = smooth_relu(z, 0.25);
            assert!(((x * x - z * x - 0.25) / (x * x + z.abs() * x + 0.25)).abs() < 1e-12, "{z}");
        }
    }

    #[test]
    fn annihilated_pairs_rest() {
        for (p, m) in [(0.7, 0.0), (3.0, 2.0), (0.0, 0.0), (1.0, 4.0)] {
            let (u, v) = annihilated_pair(p, m, 100.0);
            assert!((p - u - 100.0 * u * v).abs() < 1e-12 * (1.0 + p + 100.0 * u * v));
            assert!((m - v - 100.0 * u * v).abs() < 1e-12 * (1.0 + m + 100.0 * u * v));
        }
    }

    #[test]
    fn winner_take_all_reproduces_the_worked_case() {
        let rails = [(1.0, 0.0), (2.0, 0.0), (1.7, 0.0), (0.0, 1.0)];
        let x = Activation::WinnerTakeAll { h: 0.01 }.values(&rails);
        for (x, expected) in x.iter().zip([0.0099492141, 1.9590519699, 0.0327756545, 0.0033276713]) {
            assert!((x - expected).abs() < 1e-10);
        }
    }

    #[test]
    fn ranges_hold_the_values() {
        let samples: Vec<f64> = (0..=60).map(|i| -3.0 + 0.1 * f64::from(i)).collect();
        for spec in SPECS.iter().filter(|spec| !["michaelis", "hill"].contains(&spec.name)) {
            let defaults: Vec<f64> = spec.parameters.iter().map(|(_, default)| *default).collect();
            let activation = (spec.make)(&defaults);
            if activation.is_joint() {
                continue;
            }
            let range = activation.range(Interval::new(-3.0, 3.0), 3.0);
            for &z in &samples {
                let value = activation.value(z, z.max(0.0));
                assert!(value >= range.low - 1e-12 && value <= range.high + 1e-12, "{} at {z}", spec.name);
            }
        }
    }
}
