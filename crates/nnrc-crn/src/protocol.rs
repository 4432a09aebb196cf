//! The experiment around the pot: timed settings of species.

use crate::arena::Handle;
use crate::network::SpeciesFamily;

/// Timed settings, in the order of their times. Between settings the chemistry is left alone.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Protocol {
    /// What is set when.
    pub settings: Vec<Setting>,
    /// The settings start again after this time; none: they happen once.
    pub period: Option<f64>,
}

/// At `time` every species of the family takes the concentration in `values`.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    /// Time units since the start (of the period).
    pub time: f64,
    /// Which family.
    pub species: Handle<SpeciesFamily>,
    /// New concentrations, as many as the family has members.
    pub values: Vec<f64>,
}
