//! What an activation has reactions for.

use crate::layer_builder::{Drive, LayerBuilder, Signal};
use crate::one_pot::rails::{Rails, Stage};
use crate::one_pot::teacher::Teacher;
use crate::phased::pot_builder::PotBuilder;
use crate::phased::site::{Response, Site};

/// The value of a drive.
pub type AtRest = Box<dyn Fn(&mut LayerBuilder<'_>, &Drive) -> Signal>;
/// The value of a pre-activation that stands as species.
pub type OfSpecies = Box<dyn Fn(&mut LayerBuilder<'_>, &Signal) -> Signal>;
/// D of a stage from the rails of its E.
pub type OfError = Box<dyn Fn(&mut LayerBuilder<'_>, &Stage, Rails) -> Rails>;
/// D of the stage that ends the output.
pub type OfLoss = Box<dyn Fn(&mut LayerBuilder<'_>, &Stage, &Teacher) -> Rails>;
/// What becomes of a sum under a clock.
pub type UnderClock = Box<dyn Fn(&mut PotBuilder<'_>, &Site<'_>) -> Response>;

/// The reactions of an activation in each construction; none where it has none. `nnrc_model::activation::Facts` says
/// the same, for whoever checks a model.
pub struct Reactions {
    /// The value of a drive, as a fixed point. Those that read species make them from the drive.
    pub fixed_point: Option<AtRest>,
    /// Learning in one pot, on top of the fixed point.
    pub one_pot: Option<OnePot>,
    /// Value and slope under a clock.
    pub phased: Option<UnderClock>,
}

/// What learning in one pot needs of an activation.
pub struct OnePot {
    /// The value of a pre-activation that the pot holds as species; none where the fixed point's reactions read it as a
    /// drive.
    pub of_species: Option<OfSpecies>,
    /// The chemical derivative.
    pub delta: Backward,
}

/// What the gradient of a pre-activation, D = dL/dz, is made from.
pub enum Backward {
    /// The error of the value, E = dL/dy.
    Error(OfError),
    /// The value and its target, where it ends the output: the loss has no error of each value by itself.
    Loss(OfLoss),
}
