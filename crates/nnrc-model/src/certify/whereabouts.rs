//! What is known of the quantities of a stage on their way.

use super::budget::Budget;
use super::magnitude::Magnitude;
use super::obstacle::Obstacle;
use super::stages::Stage;
use crate::activation::Quantity;
use crate::interval::Interval;

/// A stage with its budget, and where it stands in the network.
#[derive(Clone, Copy)]
pub struct At<'a> {
    /// Name of the layer.
    pub layer: &'a str,
    /// The stage.
    pub stage: &'a Stage,
    /// Its budget.
    pub budget: &'a Budget,
}

/// What is known of the way from a start. All times are at the forward speed 1.
pub trait Whereabouts {
    /// A layer begins, whose sources are settled at `ready`.
    fn enter(&mut self, node: usize, ready: f64) -> Result<(), Obstacle>;

    /// The next stage of the layer begins, whose pre-activation is settled at `ready`.
    fn begin(&mut self, at: At<'_>, ready: f64) -> Result<(), Obstacle>;

    /// Where a neuron of a unit is at any time.
    fn neuron(&self, q: Quantity, unit: usize, at: At<'_>) -> Interval;

    /// How far a linear block, or u of an annihilating pair, is from its rest at the time `ready`.
    fn distance(&mut self, q: Quantity, at: At<'_>, ready: f64) -> Result<Magnitude, Obstacle>;

    /// How far the rails of a linear stage are from their rest at the time `ready`.
    fn rails(&mut self, at: At<'_>, ready: f64) -> Result<Magnitude, Obstacle>;

    /// How far ln(x / (1 − x)) of a logistic unit is from its rest, and after which time more.
    fn logistic(&self, q: Quantity, at: At<'_>, a: f64) -> (f64, f64);

    /// A quantity is within its budget from `time` on.
    fn settled(&mut self, q: Quantity, at: At<'_>, time: f64);

    /// The stage has ended: its value is settled at `time`, its rails at `rails`.
    fn end(&mut self, at: At<'_>, time: f64, rails: f64);
}
