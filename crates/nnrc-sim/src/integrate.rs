//! The time course: tolerances, the choice of method, and the driver that reports at requested times.

use crate::outlook::Outlook;
use crate::{Error, Integrator, Layered};
use std::ops::Range;

/// Which error of a step is accepted: each component's estimated error stays below
/// absolute + relative · |x|. The largest component decides, so species that stand still dilute nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Tolerances {
    /// Relative tolerance, positive or zero.
    pub relative: f64,
    /// Absolute tolerance, positive, in concentration units.
    pub absolute: Absolute,
}

/// Absolute tolerance: one number, or one for each variable.
#[derive(Debug, Clone, PartialEq)]
pub enum Absolute {
    /// The same for all variables.
    Uniform(f64),
    /// One for each variable.
    Each(Vec<f64>),
}

impl Tolerances {
    /// The same absolute tolerance for all variables.
    pub fn new(relative: f64, absolute: f64) -> Self {
        Tolerances { relative, absolute: Absolute::Uniform(absolute) }
    }
}

impl Default for Tolerances {
    /// Relative 1e-7, absolute 1e-10.
    fn default() -> Self {
        Tolerances::new(1e-7, 1e-10)
    }
}

/// How to step through time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Method {
    /// Starts explicit and changes to the Rosenbrock method where stability, not accuracy, limits the
    /// step and enough of the time course is left for the change to pay; and back.
    #[default]
    Auto,
    /// Tsit5, for systems that are not stiff.
    Explicit,
    /// Rodas4, for stiff systems.
    Rosenbrock,
    /// ROS34PW2, of order 3 whatever the [`Layered`] solves leave out of the Jacobian; of use where what is stiff can be
    /// solved for cheaply.
    RosenbrockW,
}

/// What an integration cost, and how far below zero it went.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Statistics {
    /// Accepted steps of both methods.
    pub steps: usize,
    /// Steps thrown away, for their error or for going below zero.
    pub rejected: usize,
    /// Evaluations of the derivative.
    pub evaluations: usize,
    /// Linearisations.
    pub linearisations: usize,
    /// Solves with the shifted Jacobian.
    pub solves: usize,
    /// Accepted steps of the Rosenbrock method.
    pub rosenbrock_steps: usize,
    /// Changes between the two methods.
    pub switches: usize,
    /// How far an accepted state went below zero, in a variable that started at zero or above (for one
    /// that started below: how far below its start). In concentration units; 0 if never.
    pub undershoot: f64,
}

/// Follows the time course of `system` from `state` over `span`; `state` becomes the final state.
///
/// `observe(time, state)` is called for each of `outputs`, which are sorted and within `span`, by dense
/// output: they do not change the steps.
///
/// # Errors
///
/// [`Error::Invalid`] for lengths, times or tolerances that make no sense, and what stops the steps:
/// [`Error::StepTooSmall`], [`Error::TooManySteps`], [`Error::OutOfReach`], [`Error::NonFinite`]. `state` is then the
/// last accepted one.
pub fn integrate<S: Layered + ?Sized>(
    system: &mut S,
    method: Method,
    tolerances: &Tolerances,
    state: &mut [f64],
    span: Range<f64>,
    outputs: &[f64],
    mut observe: impl FnMut(f64, &[f64]),
) -> Result<Statistics, Error> {
    let inside = |time: &f64| span.start <= *time && *time <= span.end;
    if !outputs.is_sorted() || !outputs.iter().all(inside) {
        return Err(Error::Invalid {
            reason: "output times must be sorted and lie within the span".to_owned(),
        });
    }
    let mut integrator = Integrator::new(state.len());
    let mut outlook = Outlook::new(span.start, span.end);
    integrator.start(system, method, tolerances, state, span)?;
    let mut buffer = vec![0.0; if outputs.is_empty() { 0 } else { state.len() }];
    let mut due = outputs.iter().copied().peekable();
    while let Some(time) = due.next_if(|&time| time <= integrator.time()) {
        observe(time, state);
    }
    while !integrator.finished() {
        let taken = |statistics: &Statistics| statistics.steps + statistics.rejected;
        let result = integrator
            .step(system)
            .and_then(|()| outlook.look(taken(integrator.statistics()), integrator.time()));
        if result.is_err() {
            state.copy_from_slice(integrator.state());
        }
        result?;
        while let Some(time) = due.next_if(|&time| time <= integrator.time()) {
            integrator.interpolate(time, &mut buffer);
            observe(time, &buffer);
        }
    }
    state.copy_from_slice(integrator.state());
    Ok(*integrator.statistics())
}

#[cfg(test)]
mod tests;
