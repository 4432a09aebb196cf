//! How far the shares of a rational softmax are from those of a softmax.

use nnrc_import::{Network, softmax};
use nnrc_model::Dataset;
use nnrc_model::activation::Activation;

/// How many inputs of a range are tried: every second one is a corner of it.
const TRIED: usize = 2000;

/// Shares that stand in for a softmax, and how far they are from it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shares {
    /// Parameter of the rational softmax.
    pub h: f64,
    /// The largest deviation, of the same logits.
    pub largest: f64,
    /// The mean of its absolute value.
    pub mean: f64,
    /// Whether it was found by samples, and not in the range of the inputs.
    pub is_sampled: bool,
}

impl Shares {
    /// By the samples.
    pub fn by_samples(network: &Network, h: f64, samples: &Dataset) -> Self {
        let raw = |row: usize| match &samples.scale {
            Some(scale) => scale.undo(samples.input(row)),
            None => samples.input(row).to_vec(),
        };
        Self::found(network, h, (0..samples.rows()).map(raw), true)
    }

    /// Within a range of the inputs.
    pub fn within(network: &Network, h: f64, (low, high): (f64, f64)) -> Self {
        let mut state = 1;
        let mut inputs = Vec::with_capacity(TRIED);
        for number in 0..TRIED {
            let place = || {
                let share = uniform(&mut state);
                if number % 2 == 0 { share } else { share.round() }
            };
            let places = std::iter::repeat_with(place).take(network.input_width());
            inputs.push(places.map(|place| low + place * (high - low)).collect());
        }
        Self::found(network, h, inputs.into_iter(), false)
    }

    fn found(network: &Network, h: f64, inputs: impl Iterator<Item = Vec<f64>>, is_sampled: bool) -> Self {
        let (mut largest, mut sum, mut count) = (0f64, 0.0, 0usize);
        for input in inputs {
            let logits = network.logits(&input);
            let found = rational(Activation::RationalSoftmax { h }, &logits);
            for (found, wanted) in found.iter().zip(softmax(&logits)) {
                let deviation = (found - wanted).abs();
                largest = largest.max(deviation);
                sum += deviation;
                count += 1;
            }
        }
        Self { h, largest, mean: sum / count.max(1) as f64, is_sampled }
    }

    /// What makes them.
    pub fn activation(&self) -> Activation {
        Activation::RationalSoftmax { h: self.h }
    }

    /// Where it was found, in words.
    pub fn place(&self) -> &'static str {
        if self.is_sampled { "on the samples" } else { "within the range of the inputs" }
    }
}

/// What an activation makes of logits.
pub fn rational(activation: Activation, logits: &[f64]) -> Vec<f64> {
    let rails: Vec<(f64, f64)> = logits.iter().map(|z| (z.max(0.0), (-z).max(0.0))).collect();
    activation.values(&rails)
}

/// A number from 0 to 1, the same ones each time.
fn uniform(state: &mut u64) -> f64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*state >> 11) as f64 / (1u64 << 53) as f64
}
