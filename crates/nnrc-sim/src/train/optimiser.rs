//! Gradient descent, plain and adaptive.

use super::number::Number;
use crate::elementary::whole_power;

/// How a gradient becomes a step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Optimiser {
    /// v ← momentum · v + g; w ← w − rate · v.
    Sgd {
        /// Learning rate.
        rate: f64,
        /// Share of the last step that is kept.
        momentum: f64,
    },
    /// Adam (Kingma and Ba 2015), with bias correction.
    Adam {
        /// Learning rate.
        rate: f64,
        /// Decay of the mean of gradients.
        beta1: f64,
        /// Decay of the mean of their squares.
        beta2: f64,
        /// Added to the root of the mean square.
        epsilon: f64,
    },
}

impl Optimiser {
    /// Its name on the command line of a program.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sgd { .. } => "sgd",
            Self::Adam { .. } => "adam",
        }
    }

    /// Learning rate.
    pub fn rate(self) -> f64 {
        match self {
            Self::Sgd { rate, .. } | Self::Adam { rate, .. } => rate,
        }
    }

    /// Whether it keeps the mean of squares.
    pub fn has_second_moment(self) -> bool {
        matches!(self, Self::Adam { .. })
    }

    /// Moves some parameters: `gradient` is that of the summed loss, which `step` makes a mean. `second` is empty where
    /// there is no second moment.
    #[inline(always)]
    pub fn step<R: Number>(
        self,
        step: Step,
        parameters: &mut [R],
        gradient: &[R],
        first: &mut [R],
        second: &mut [R],
    ) {
        let Step { factor, number, decay, scale } = step;
        let (decay, scale) = (R::of(decay), R::of(scale));
        match self {
            Self::Sgd { rate, momentum } => {
                let (rate, momentum) = (R::of(factor * rate), R::of(momentum));
                for ((w, g), v) in parameters.iter_mut().zip(gradient).zip(first) {
                    let g = *g * scale + decay * *w;
                    *v = (momentum * *v + g).faded();
                    *w -= rate * *v;
                }
            }
            Self::Adam { rate, beta1, beta2, epsilon } => {
                let rate = R::of(factor * rate / (1.0 - whole_power(beta1, number)));
                let root = R::of(1.0 / (1.0 - whole_power(beta2, number)).sqrt());
                // Shares are taken in double precision: 1 − 0.999 has lost half its digits in the other.
                let [rest1, rest2] = [beta1, beta2].map(|beta| R::of(1.0 - beta));
                let [beta1, beta2, epsilon] = [beta1, beta2, epsilon].map(R::of);
                let moments = first.iter_mut().zip(second);
                for ((w, g), (m, v)) in parameters.iter_mut().zip(gradient).zip(moments) {
                    let g = *g * scale + decay * *w;
                    *m = (beta1 * *m + rest1 * g).faded();
                    *v = (beta2 * *v + rest2 * g * g).faded();
                    *w -= rate * *m / (v.root() * root + epsilon);
                }
            }
        }
    }
}

/// What a step depends on beside the optimiser.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// Factor of the learning rate.
    pub factor: f64,
    /// Which step of the training, from 1.
    pub number: u64,
    /// Weight decay λ: λ w is added to the gradient.
    pub decay: f64,
    /// What makes the gradient of a sum a mean: one over the number of samples.
    pub scale: f64,
}
