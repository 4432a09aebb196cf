//! What the `noise` block says.

use nnrc_syntax::Span;

use crate::activation::Activation;
use crate::data::DataReference;

/// A study of noise: what is disturbed, how often, and what is compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Noise {
    /// Where the block stands.
    pub span: Span,
    /// What disturbs the rate constants, one after another; none: nothing does.
    pub rates: Vec<RateNoise>,
    /// What disturbs the concentrations, one after another; none: nothing does.
    pub concentrations: Vec<ConcentrationNoise>,
    /// Whether each noise of rates is combined with each noise of concentrations; otherwise each is studied alone.
    pub combined: bool,
    /// Draws of each noise.
    pub replicates: usize,
    /// Seed of all draws.
    pub seed: u64,
    /// Activations that the smooth rectifiers of the network are compared with.
    pub compare: Vec<Activation>,
    /// Running times at which the outputs are read, sorted, in time units; none: when the network has settled.
    pub times: Vec<f64>,
    /// The samples; none: those that the file tests with.
    pub data: Option<DataReference>,
}

/// Factors on rate constants, each of a size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RateNoise {
    /// Standard deviation of the logarithm, or largest deviation from 1 of uniform factors.
    pub size: f64,
    /// When factors are drawn.
    pub redraw: Redraw,
    /// Whether factors are uniform; otherwise they are log-normal.
    pub uniform: bool,
}

/// When factors are drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Redraw {
    /// Once for each replicate.
    Static,
    /// At each presentation.
    Presentation,
    /// They wander, as an Ornstein–Uhlenbeck process.
    OrnsteinUhlenbeck {
        /// Correlation time, in time units.
        tau: f64,
        /// Time during which a factor stays the same, in time units.
        step: f64,
    },
}

/// How concentrations are disturbed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ConcentrationNoise {
    /// Multiplied by 1 + size N on a grid of times.
    Kicks {
        /// Standard deviation of the factor.
        size: f64,
        /// Time between kicks, in time units.
        every: f64,
    },
    /// The chemical Langevin equation.
    Langevin {
        /// Molecules that the concentration 1 means.
        molecules: f64,
        /// Time step of the noise, in time units.
        step: f64,
    },
    /// Exact simulation of molecule numbers.
    Stochastic {
        /// Molecules that the concentration 1 means.
        molecules: f64,
    },
}

impl ConcentrationNoise {
    /// Molecules that the concentration 1 means, where molecules are counted.
    pub fn molecules(self) -> Option<f64> {
        match self {
            Self::Kicks { .. } => None,
            Self::Langevin { molecules, .. } | Self::Stochastic { molecules } => Some(molecules),
        }
    }
}
