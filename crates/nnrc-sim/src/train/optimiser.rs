//! Gradient descent, plain and adaptive.

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

    /// Moves some parameters. `gradient` is replaced by what it is after `decay` (g + decay · w); `step` counts from
    /// 1; `second` is empty where there is no second moment.
    pub(super) fn step(
        self,
        (factor, step, decay): (f64, u64, f64),
        parameters: &mut [f64],
        gradient: &mut [f64],
        first: &mut [f64],
        second: &mut [f64],
    ) {
        if decay != 0.0 {
            for (g, w) in gradient.iter_mut().zip(parameters.iter()) {
                *g += decay * w;
            }
        }
        match self {
            Self::Sgd { rate, momentum } => {
                for ((w, g), v) in parameters.iter_mut().zip(gradient.iter()).zip(first) {
                    *v = momentum * *v + g;
                    *w -= factor * rate * *v;
                }
            }
            Self::Adam { rate, beta1, beta2, epsilon } => {
                // powf, since a long training counts beyond what powi takes.
                let rate = factor * rate / (1.0 - beta1.powf(step as f64));
                let scale = 1.0 / (1.0 - beta2.powf(step as f64)).sqrt();
                let moments = first.iter_mut().zip(second);
                for ((w, g), (m, v)) in parameters.iter_mut().zip(gradient.iter()).zip(moments) {
                    *m = beta1 * *m + (1.0 - beta1) * g;
                    *v = beta2 * *v + (1.0 - beta2) * g * g;
                    *w -= rate * *m / (v.sqrt() * scale + epsilon);
                }
            }
        }
    }
}
