//! Gradient descent, plain and adaptive.

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
    pub fn step(
        self,
        step: Step,
        parameters: &mut [f64],
        gradient: &[f64],
        first: &mut [f64],
        second: &mut [f64],
    ) {
        let Step { factor, number, decay, scale } = step;
        match self {
            Self::Sgd { rate, momentum } => {
                let rate = factor * rate;
                for ((w, g), v) in parameters.iter_mut().zip(gradient).zip(first) {
                    let g = g * scale + decay * *w;
                    *v = momentum * *v + g;
                    *w -= rate * *v;
                }
            }
            Self::Adam { rate, beta1, beta2, epsilon } => {
                let rate = factor * rate / (1.0 - whole_power(beta1, number));
                let root = 1.0 / (1.0 - whole_power(beta2, number)).sqrt();
                let moments = first.iter_mut().zip(second);
                for ((w, g), (m, v)) in parameters.iter_mut().zip(gradient).zip(moments) {
                    let g = g * scale + decay * *w;
                    *m = beta1 * *m + (1.0 - beta1) * g;
                    *v = beta2 * *v + (1.0 - beta2) * g * g;
                    *w -= rate * *m / (v.sqrt() * root + epsilon);
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
