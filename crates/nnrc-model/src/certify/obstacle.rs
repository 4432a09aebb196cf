//! What stands in the way of a certificate: the hypothesis that fails, and where.

use std::fmt;

/// A hypothesis that fails.
#[derive(Debug, Clone, PartialEq)]
pub enum Obstacle {
    /// Nothing is proven of an activation.
    Activation {
        /// The layer.
        layer: String,
        /// The activation's name in the language.
        activation: &'static str,
    },
    /// What a block does on its way depends on how much is produced, and nothing bounds that.
    Production {
        /// The layer.
        layer: String,
        /// The layer whose rails it reads.
        source: String,
    },
    /// A logistic unit with followers: its rest and its rate are proven, the time is not.
    Followers {
        /// The layer.
        layer: String,
    },
    /// A decay that is positive at rest, but not all the way.
    Decay {
        /// The layer.
        layer: String,
        /// Its smallest value on the way; none: nothing bounds it.
        least: Option<f64>,
    },
    /// Beyond what a number can be.
    Growth {
        /// The layer.
        layer: String,
    },
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Activation { layer, activation } => {
                write!(f, "layer `{layer}`: no theorem covers `{activation}`")
            }
            Self::Production { layer, source } => write!(
                f,
                "layer `{layer}`: it depends on how much is produced, which two rails of `{source}` do not bound; \
                 a linear layer between them would"
            ),
            Self::Followers { layer } => write!(
                f,
                "layer `{layer}`: restored_sigmoid through the followers F and B may overshoot; with `max_order = 3` \
                 it has none"
            ),
            Self::Decay { layer, least: Some(least) } => {
                let least = nnrc_syntax::wording::shown((least * 1e4).round() / 1e4);
                write!(f, "layer `{layer}`: on the way a decay may fall to {least}, and must stay above 0")
            }
            Self::Decay { layer, least: None } => {
                write!(
                    f,
                    "layer `{layer}`: a decay that reads two rails is negative where these start the wrong way"
                )
            }
            Self::Growth { layer } => {
                write!(f, "layer `{layer}`: what it may start from grows beyond what a number can be")
            }
        }
    }
}
