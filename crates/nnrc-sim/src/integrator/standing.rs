//! Where an integration is between two steps, so that another one can go on from there to the same bits.

use super::Integrator;
use crate::error::Error;
use crate::settings::{Method, Tolerances};
use crate::system::Layered;
use std::ops::Range;

/// All that the next steps of an integration depend on, beside the equations, the tolerances and the method.
/// What [`Method::Auto`] remembers to choose by is not part of it: there the choice begins anew.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Standing {
    /// Time reached.
    pub time: f64,
    /// State there.
    pub state: Vec<f64>,
    /// What counts as below zero, for each variable.
    pub floor: Vec<f64>,
    /// Length proposed for the next step.
    pub step: f64,
    /// Error of the last step relative to the tolerances, and its length, as the step sizes remember them.
    pub past_error: f64,
    /// See there.
    pub past_step: f64,
    /// Halvings for going below zero, and steps since the last one.
    pub halvings: usize,
    /// See there.
    pub steps_above_zero: usize,
}

impl Integrator {
    /// Where it is: after an accepted step, or at the start.
    pub fn standing(&self) -> Standing {
        Standing {
            time: self.time,
            state: self.state.clone(),
            floor: self.floor.clone(),
            step: self.step,
            past_error: self.past_error,
            past_step: self.past_step,
            halvings: self.halvings,
            steps_above_zero: self.steps_above_zero,
        }
    }

    /// Goes on from where another integration was, of the same system over the same `span` with the same method and
    /// tolerances. Steps and states are the same as if it had not been interrupted; statistics begin at 0.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start), and [`Error::Invalid`] for a place at which no integration can be.
    pub fn resume<S: Layered + ?Sized>(
        &mut self,
        system: &mut S,
        method: Method,
        tolerances: &Tolerances,
        standing: &Standing,
        span: Range<f64>,
    ) -> Result<(), Error> {
        self.check(system.dimension(), tolerances, &standing.state, &span)?;
        let good = [standing.time, standing.step, standing.past_error, standing.past_step];
        let within = span.start <= standing.time && standing.time <= span.end;
        if standing.floor.len() != standing.state.len() || good.iter().any(|x| !x.is_finite()) || !within {
            return Err(Error::Invalid { reason: "no integration can be at this place".to_owned() });
        }
        self.place(method, tolerances, &standing.state, span);
        self.floor.copy_from_slice(&standing.floor);
        (self.time, self.previous, self.step) = (standing.time, standing.time, standing.step);
        (self.past_error, self.past_step) = (standing.past_error, standing.past_step);
        (self.halvings, self.steps_above_zero) = (standing.halvings, standing.steps_above_zero);
        if self.finished() { Ok(()) } else { self.first_stage(system) }
    }
}
