//! Factors on rate constants.

use nnrc_sim::elementary::{exp, exp_m1};

use crate::random::Stream;

/// How the rate constants are disturbed. `size` is the standard deviation of the logarithm of a log-normal factor,
/// or the largest deviation of a uniform one from 1.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Rates {
    /// Not at all.
    #[default]
    None,
    /// One factor for each reaction, drawn once.
    Static {
        /// Size.
        size: f64,
        /// Distribution of the factors.
        distribution: Distribution,
    },
    /// One factor for each reaction, drawn again at each presentation.
    Presentation {
        /// Size.
        size: f64,
        /// Distribution of the factors.
        distribution: Distribution,
    },
    /// Log-normal factors that wander in time: exp(ξ − σ²/2) with an Ornstein–Uhlenbeck process ξ.
    OrnsteinUhlenbeck {
        /// Standard deviation σ of ξ.
        size: f64,
        /// Correlation time τ, in time units.
        tau: f64,
        /// Time during which a factor stays the same, in time units.
        step: f64,
    },
}

/// Distribution of factors; their mean is 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Distribution {
    /// exp(σ N − σ²/2): never negative, whatever the size.
    #[default]
    LogNormal,
    /// Uniform in [1 − size, 1 + size]; a size of 1 or more would make constants negative.
    Uniform,
}

impl Distribution {
    fn draw(self, size: f64, stream: &mut Stream) -> f64 {
        match self {
            Self::LogNormal => exp(size * stream.normal() - 0.5 * size * size),
            Self::Uniform => (1.0 + size * (2.0 * stream.unit() - 1.0)).max(f64::MIN_POSITIVE),
        }
    }
}

/// Disturbed rate constants of one replicate.
#[derive(Debug, Clone)]
pub struct Factors {
    noise: Rates,
    nominal: Vec<f64>,
    /// Positions of the reactions that exist.
    members: Vec<usize>,
    /// The process behind each member, if there is one.
    wandering: Vec<f64>,
    values: Vec<f64>,
    stream: Stream,
}

impl Factors {
    /// Of these constants, 0 where there is no reaction. Nothing is drawn yet.
    pub fn new(noise: Rates, nominal: &[f64], stream: Stream) -> Self {
        let members: Vec<usize> = (0..nominal.len()).filter(|&at| nominal[at] != 0.0).collect();
        let wandering = vec![0.0; members.len()];
        Self { noise, nominal: nominal.to_vec(), members, wandering, values: nominal.to_vec(), stream }
    }

    /// The disturbed constants.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// Draws what holds from the start. Returns whether the constants have changed.
    pub fn begin(&mut self) -> bool {
        match self.noise {
            Rates::None | Rates::Presentation { .. } => return false,
            Rates::Static { size, distribution } => self.draw(size, distribution),
            Rates::OrnsteinUhlenbeck { size, .. } => {
                // The process is stationary from the start.
                for xi in &mut self.wandering {
                    *xi = size * self.stream.normal();
                }
                self.apply(size);
            }
        }
        true
    }

    /// Draws what holds for one presentation. Returns whether the constants have changed.
    pub fn present(&mut self) -> bool {
        let Rates::Presentation { size, distribution } = self.noise else { return false };
        self.draw(size, distribution);
        true
    }

    /// Time between two changes, if the constants change in time.
    pub fn step(&self) -> Option<f64> {
        match self.noise {
            Rates::OrnsteinUhlenbeck { step, .. } => Some(step),
            _ => None,
        }
    }

    /// Goes on by one step of the grid: ξ(t + Δ) = a ξ(t) + σ √(1 − a²) N with a = exp(−Δ/τ), which is exact.
    pub fn advance(&mut self) {
        let Rates::OrnsteinUhlenbeck { size, tau, step } = self.noise else { return };
        let kept = exp(-step / tau);
        let fresh = size * (-exp_m1(-2.0 * step / tau)).sqrt();
        for xi in &mut self.wandering {
            *xi = kept * *xi + fresh * self.stream.normal();
        }
        self.apply(size);
    }

    fn draw(&mut self, size: f64, distribution: Distribution) {
        for &at in &self.members {
            self.values[at] = self.nominal[at] * distribution.draw(size, &mut self.stream);
        }
    }

    fn apply(&mut self, size: f64) {
        for (&at, xi) in self.members.iter().zip(&self.wandering) {
            self.values[at] = self.nominal[at] * exp(xi - 0.5 * size * size);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factors_have_mean_one_and_the_size_asked_for() {
        let nominal = vec![2.0; 40_000];
        for (distribution, variance) in [
            (Distribution::LogNormal, 0.2f64.powi(2).exp_m1()),
            (Distribution::Uniform, 0.2f64.powi(2) / 3.0),
        ] {
            let noise = Rates::Static { size: 0.2, distribution };
            let mut factors = Factors::new(noise, &nominal, Stream::new(1, 0));
            assert!(factors.begin());
            let count = nominal.len() as f64;
            let mean = factors.values.iter().sum::<f64>() / (2.0 * count);
            let spread = factors.values.iter().map(|k| (k / 2.0 - mean).powi(2)).sum::<f64>() / count;
            assert!((mean - 1.0).abs() < 5.0 * (variance / count).sqrt(), "{mean}");
            assert!((spread / variance - 1.0).abs() < 0.04, "{spread} {variance}");
        }
    }

    #[test]
    fn the_process_is_stationary_and_forgets_with_its_time() {
        let nominal = vec![1.0; 20_000];
        let noise = Rates::OrnsteinUhlenbeck { size: 0.3, tau: 2.0, step: 0.5 };
        let mut factors = Factors::new(noise, &nominal, Stream::new(4, 0));
        factors.begin();
        let start = factors.wandering.clone();
        for _ in 0..4 {
            factors.advance();
        }
        let count = nominal.len() as f64;
        let covariance = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>() / count;
        let variance = covariance(&factors.wandering, &factors.wandering);
        assert!((variance / 0.09 - 1.0).abs() < 0.05, "{variance}");
        // One correlation time later e⁻¹ of it is left.
        let correlation = covariance(&start, &factors.wandering) / 0.09;
        assert!((correlation - (-1f64).exp()).abs() < 0.04, "{correlation}");
    }

    #[test]
    fn what_does_not_exist_stays_away() {
        let noise = Rates::Static { size: 0.5, distribution: Distribution::Uniform };
        let mut factors = Factors::new(noise, &[0.0, 1.0, 0.0], Stream::new(1, 0));
        factors.begin();
        assert_eq!((factors.values[0], factors.values[2]), (0.0, 0.0));
        assert!(factors.values[1] > 0.0 && factors.values[1] != 1.0);
    }
}
