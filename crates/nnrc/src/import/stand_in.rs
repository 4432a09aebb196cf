//! What stands in for the activations of other frameworks: the nearest function that a fixed point of reactions
//! computes, or a weighted sum of two.
//!
//! Deviations are the largest over all pre-activations z; the parameters are those that make them the least. Two units
//! with g(z; h) = z / sqrt(z² + 4h) come twelve times as near to a tanh as one:
//!
//! ```text
//! tanh z ≈ 1.9546 g(z; 0.4341) − 0.9584 g(z; 1.0443)      sigmoid z = (1 + tanh(z / 2)) / 2
//! ```
//!
//! Both factors are kept below 2: without a bound the fit is a little nearer, by factors of ±29 that cancel, which a pot
//! pays for in range and noise.

use nnrc_import::Activation as Source;
use nnrc_model::activation::Activation;

/// How near activations come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Closeness {
    /// One unit for each.
    #[default]
    Cheap,
    /// Two units for each sigmoid and tanh.
    Close,
}

/// Parameter of the one unit for a tanh; that for a sigmoid is four times as large, since g(z / 2; h) = g(z; 4h).
const TANH: f64 = 0.1824;
const SIGMOID: f64 = 0.7294;
/// Factors and parameters of the two units for a tanh.
const PAIR: [(f64, f64); 2] = [(1.9546, 0.4341), (-0.9584, 1.0443)];
const SOFTPLUS: f64 = 0.3810;
const SILU: f64 = 0.5108;
const GELU: f64 = 0.1676;
const SOFTSIGN: f64 = 1e-4;

/// What stands in for an activation: constant + Σ factor · unit.
#[derive(Debug, Clone, PartialEq)]
pub struct StandIn {
    /// The units with their factors: one, whose factor is 1, or two.
    pub units: Vec<(f64, Activation)>,
    /// What is added.
    pub constant: f64,
    /// The largest deviation over all pre-activations; 0 where the function is the same.
    pub deviation: f64,
}

impl StandIn {
    /// For an activation, where a rectifier may be off by `tolerance`.
    pub fn of(source: Source, closeness: Closeness, tolerance: f64) -> Self {
        let h = tolerance * tolerance;
        let one = |activation, deviation| Self { units: vec![(1.0, activation)], constant: 0.0, deviation };
        match (source, closeness) {
            (Source::Identity, _) => one(Activation::Identity, 0.0),
            (Source::Relu, _) => one(Activation::SmoothRelu { h }, tolerance),
            (Source::LeakyRelu(slope), _) => {
                one(Activation::SmoothLeakyRelu { h, slope }, (1.0 - slope) * tolerance)
            }
            (Source::Tanh, Closeness::Cheap) => one(Activation::AlgebraicTanh { h: TANH }, 0.0444),
            (Source::Sigmoid, Closeness::Cheap) => one(Activation::AlgebraicSigmoid { h: SIGMOID }, 0.0222),
            (Source::Tanh, Closeness::Close) => {
                let unit = |(factor, h)| (factor, Activation::AlgebraicTanh { h });
                Self { units: PAIR.map(unit).to_vec(), constant: 0.0, deviation: 0.0038 }
            }
            (Source::Sigmoid, Closeness::Close) => {
                let unit = |(factor, h)| (factor, Activation::AlgebraicSigmoid { h: 4.0 * h });
                // Each unit is (1 + g) / 2: what their halves add up to beyond 1/2 is taken away.
                let constant = 0.5 * (1.0 - PAIR[0].0 - PAIR[1].0);
                Self { units: PAIR.map(unit).to_vec(), constant, deviation: 0.0019 }
            }
            (Source::Softsign, _) => one(Activation::Softsign { h: SOFTSIGN }, 0.0002),
            (Source::Softplus, _) => one(Activation::SmoothRelu { h: SOFTPLUS }, 0.0760),
            (Source::Silu, _) => one(Activation::Swish { h: SILU }, 0.0669),
            (Source::Gelu, _) => one(Activation::Swish { h: GELU }, 0.0493),
            (Source::GeluTanh, _) => one(Activation::Swish { h: GELU }, 0.0497),
            (Source::Elu, _) => one(Activation::Elu { h }, 0.2037),
        }
    }
}

/// Whether what stands in is another function, however small its parameter.
pub fn is_another(source: Source) -> bool {
    matches!(source, Source::Elu)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What stands in for the activation at a pre-activation; none of the units asks what that is made of.
    fn value(stand_in: &StandIn, z: f64) -> f64 {
        let of =
            |&(factor, activation): &(f64, Activation)| factor * activation.value(z, z.max(0.0)).unwrap();
        stand_in.constant + stand_in.units.iter().map(of).sum::<f64>()
    }

    /// The largest deviation over a fine grid, which is denser around 0.
    fn largest(source: Source, stand_in: &StandIn) -> f64 {
        let grid = (-60_000..=60_000).map(|k| f64::from(k) * 1e-3);
        grid.map(|z| (value(stand_in, z) - source.apply(z)).abs()).fold(0.0, f64::max)
    }

    #[test]
    fn deviations_are_what_they_are_said_to_be() {
        let all = [
            Source::Identity,
            Source::Relu,
            Source::LeakyRelu(0.1),
            Source::Tanh,
            Source::Sigmoid,
            Source::Softsign,
            Source::Softplus,
            Source::Silu,
            Source::Gelu,
            Source::GeluTanh,
            Source::Elu,
        ];
        for source in all {
            for closeness in [Closeness::Cheap, Closeness::Close] {
                let stand_in = StandIn::of(source, closeness, 0.01);
                let largest = largest(source, &stand_in);
                let said = stand_in.deviation;
                assert!(largest <= said, "{source}: {largest} is more than {said}");
                // Not by much: what is said is what a user plans with.
                assert!(said <= 1.02 * largest + 5e-5, "{source}: {said} is said of {largest}");
            }
        }
    }
}
