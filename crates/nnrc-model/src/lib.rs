//! The checked neural network: what a `.nnr` file says, without its text and without reactions.
//!
//! [`Model`] is made by `nnrc-analysis` and turned into chemistry by `nnrc-lower`; here stands what is known of it by
//! plain computation: its values ([`forward`]), ranges, rails and a certificate ([`certify`]). Files are read by the caller, through [`Resources`].

pub mod activation;
pub mod certify;
pub mod clock;
pub mod encoding;
pub mod forward;
pub mod interval;
pub mod judge;
pub mod output;
pub mod random;
pub mod ranges;
pub mod relay;
pub mod resources;
pub mod risk;

mod chemistry;
mod clocked_sgd;
mod data;
mod expectation;
mod gradient_descent;
mod gradient_flow;
pub mod lanes;
mod model;
mod network;
mod noise;
mod optimisation;
mod output_kind;
mod samples;
mod simulation;
mod sweep;
mod training;
mod transform;

pub use chemistry::{
    Chemistry, Clock, Construction, FixedPointSettings, OnePotSettings, PhasedSettings, Signs, Teacher,
    WeightCarrier,
};
pub use clocked_sgd::ClockedSgd;
pub use data::{DataReference, Dataset, NoSuchData, Subset, Targets, find_data, hold_out};
pub use expectation::{Expectation, ExpectationKind};
pub use gradient_descent::{GradientDescent, Precision, Validation};
pub use gradient_flow::GradientFlow;
pub use model::Model;
pub use network::{Node, NodeKind, Operation};
pub use noise::{ConcentrationNoise, Noise, RateNoise, Redraw};
pub use optimisation::{Loss, Metric, Optimiser, Schedule, StopRule};
pub use resources::{Arrays, Memory, ResourceError, Resources, Table, TableLayout, Tensor};
pub use risk::Risk;
pub use samples::Samples;
pub use simulation::{Method, Simulation};
pub use sweep::{Sweep, SweepAxis, SweepVerb};
pub use training::{Rule, Training};
pub use transform::is_rectifier;
