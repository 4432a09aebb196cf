//! Disturbances, one after another.

use nnrc_model::{ConcentrationNoise, Noise, RateNoise, Redraw};
use nnrc_noise::{Concentrations, Distribution, Disturbance, Rates};

use crate::numbers::short;

/// One disturbance; none of both is the noiseless run.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Case {
    /// Of the rate constants.
    pub rates: Option<RateNoise>,
    /// Of the concentrations.
    pub concentrations: Option<ConcentrationNoise>,
}

impl Case {
    /// All disturbances of a study, the noiseless one first.
    pub fn all(noise: &Noise) -> Vec<Self> {
        let mut cases = vec![Self::default()];
        let only_rates = noise.rates.iter().map(|&rates| Self { rates: Some(rates), concentrations: None });
        let only = |noise| Self { rates: None, concentrations: Some(noise) };
        if noise.rates.is_empty() || noise.concentrations.is_empty() || !noise.combined {
            cases.extend(only_rates);
            cases.extend(noise.concentrations.iter().map(|&noise| only(noise)));
        } else {
            for &rates in &noise.rates {
                let both = |&noise| Self { rates: Some(rates), concentrations: Some(noise) };
                cases.extend(noise.concentrations.iter().map(both));
            }
        }
        cases
    }

    /// Whether nothing is disturbed.
    pub fn is_noiseless(self) -> bool {
        self == Self::default()
    }

    /// Kind of noise in rate constants, and its size.
    pub fn rate_kind(self) -> Option<(String, f64)> {
        let RateNoise { size, redraw, uniform } = self.rates?;
        let kind = match redraw {
            Redraw::Static => "static".to_owned(),
            Redraw::Presentation => "presentation".to_owned(),
            Redraw::OrnsteinUhlenbeck { tau, .. } => format!("ou(tau = {})", short(tau)),
        };
        Some((if uniform { format!("{kind}, uniform") } else { kind }, size))
    }

    /// Kind of noise in concentrations, and its size or the molecules of the concentration 1.
    pub fn concentration_kind(self) -> Option<(String, f64)> {
        Some(match self.concentrations? {
            ConcentrationNoise::Kicks { size, every } => (format!("kicks(every = {})", short(every)), size),
            ConcentrationNoise::Langevin { molecules, .. } => ("langevin".to_owned(), molecules),
            ConcentrationNoise::Stochastic { molecules } => ("ssa".to_owned(), molecules),
        })
    }

    /// The molecules of the concentration 1, where the noise in concentrations is that of finite numbers.
    pub fn molecules(self) -> Option<f64> {
        self.concentrations.and_then(ConcentrationNoise::molecules)
    }

    /// The noise in words.
    pub fn words(self) -> String {
        let rates = self.rate_kind().map(|(kind, size)| format!("rates {kind} {}", short(size)));
        let unit = if self.molecules().is_some() { " molecules" } else { "" };
        let concentrations =
            self.concentration_kind().map(|(kind, size)| format!("{kind} {}{unit}", short(size)));
        let both: Vec<String> = rates.into_iter().chain(concentrations).collect();
        if both.is_empty() { "none".to_owned() } else { both.join(", ") }
    }

    /// What the integration is disturbed by.
    pub(super) fn disturbance(self) -> Disturbance {
        let concentrations = match self.concentrations {
            Some(ConcentrationNoise::Kicks { size, every }) => Concentrations::Kicks { size, every },
            Some(ConcentrationNoise::Langevin { molecules, step }) => {
                Concentrations::Langevin { volume: molecules, step }
            }
            // Molecules are counted elsewhere.
            Some(ConcentrationNoise::Stochastic { .. }) | None => Concentrations::None,
        };
        Disturbance { rates: rate_noise(self.rates), concentrations }
    }
}

/// A noise of rates as it is drawn.
pub(super) fn rate_noise(noise: Option<RateNoise>) -> Rates {
    let Some(RateNoise { size, redraw, uniform }) = noise else { return Rates::None };
    let distribution = if uniform { Distribution::Uniform } else { Distribution::LogNormal };
    match redraw {
        Redraw::Static => Rates::Static { size, distribution },
        Redraw::Presentation => Rates::Presentation { size, distribution },
        Redraw::OrnsteinUhlenbeck { tau, step } => Rates::OrnsteinUhlenbeck { size, tau, step },
    }
}
