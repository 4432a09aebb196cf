//! The time course: the driver that reports at requested times.

use crate::error::Error;
use crate::integrator::Integrator;
use crate::outlook::Outlook;
use crate::settings::{Method, Statistics, Tolerances};
use crate::system::Layered;
use std::ops::Range;

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
