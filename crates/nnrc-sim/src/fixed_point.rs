//! The fixed point that a time course ends in.
//!
//! The time course decides *which* fixed point: a root finder started anywhere may return a negative or an
//! unstable root. Only once the estimated rest of the way is short is it walked by corrections, see
//! [`corrections`]. Whether a pot has come to rest is judged species by species, each by its own size and its own
//! fluxes: a pot may hold 1e-12 of one species beside a million of another, and both have all their digits.

mod corrections;
#[cfg(test)]
mod tests;

use self::corrections::{Corrections, Start};
use crate::error::Error;
use crate::integrator::Integrator;
use crate::settings::{Method, Statistics, Tolerances};
use crate::system::Layered;

/// The first look at the distance comes after this many steps, the later ones when time has grown by
/// `PATIENCE`.
const FIRST_LOOK: usize = 6;
const PATIENCE: f64 = 1.3;
/// Where the time course ends before the pot rests, it is followed once more in relative steps: so many, with this
/// relative tolerance, first to this time, then to its square and so on to the last one.
const RELATIVE_STEPS: usize = 2000;
const RELATIVE: f64 = 1e-3;
const FIRST_TIME: f64 = 1e6;
const LAST_TIME: f64 = 1e30;
/// There nothing is too small to be followed.
const NOTHING: f64 = 1e-200;

/// When a state counts as settled, and how long to wait for it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settle {
    /// Last correction accepted, relative to each variable. Corrections go on until they no longer shrink, so the
    /// result is usually exact to rounding.
    pub tolerance: f64,
    /// Time of the time course after which it is given up, in model units.
    pub max_time: f64,
    /// Steps of the time course after which it is given up.
    pub max_steps: usize,
    /// Method of the time approach.
    pub method: Method,
    /// Whether a time course that is given up is followed once more in relative steps, however slow it is: the question
    /// is where the pot rests, not whether it does so in time.
    pub is_patient: bool,
}

impl Default for Settle {
    /// Tolerance 1e-10, a million time units, a million steps, automatic choice of method, with patience.
    fn default() -> Self {
        Settle {
            tolerance: 1e-10,
            max_time: 1e6,
            max_steps: 1_000_000,
            method: Method::Auto,
            is_patient: true,
        }
    }
}

/// A fixed point was reached.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settled {
    /// How far the time course was followed; from there the fixed point was reached by corrections.
    /// This is not the settling time: see [`settling_time`](crate::settling_time).
    pub time: f64,
    /// Largest last correction, relative to its variable.
    pub residual: f64,
    /// Estimated slowest rate (1 / time) of the approach, where there was an approach to measure.
    pub slowest_rate: Option<f64>,
    /// Cost of the time course and of the corrections.
    pub statistics: Statistics,
}

/// Follows the time course from `state` to the fixed point it ends in; `state` becomes that fixed point.
///
/// Each variable is right relative to itself, as far as its own fluxes tell: where large fluxes cancel, to the rounding
/// error of these. Variables that are zero at the fixed point are returned as zero, not as a rounding error below it. A
/// fixed point with a negative concentration, or whose slowest mode grows, is passed by.
/// `tolerances` are those of the time course and may be loose: they do not limit the accuracy of the
/// result.
///
/// # Errors
///
/// [`Error::NotSettled`] where the pot still moves, and those of [`integrate`](crate::integrate);
/// `state` is then the last one reached.
pub fn settle<S: Layered + ?Sized>(
    system: &mut S,
    state: &mut [f64],
    tolerances: &Tolerances,
    limit: &Settle,
) -> Result<Settled, Error> {
    if !(limit.tolerance > 0.0 && limit.tolerance.is_finite()) {
        return Err(Error::Invalid { reason: "the tolerance of a fixed point must be positive".to_owned() });
    }
    let mut approach = Approach {
        integrator: Integrator::new(state.len()),
        corrections: Corrections::new(state, limit.tolerance),
        next_look: 0.0,
    };
    approach.integrator.limit_steps(limit.max_steps);
    approach.integrator.start(system, limit.method, tolerances, state, 0.0..limit.max_time)?;
    let result = approach.follow(system, Start::Near);
    if let Ok(Some(settled)) = result {
        state.copy_from_slice(approach.corrections.state());
        return Ok(settled);
    }
    let (start, time) = (state.to_vec(), approach.integrator.time());
    state.copy_from_slice(approach.integrator.state());
    // Explicit is the method of those whose solves are too dear, or not exact.
    if limit.is_patient && limit.method != Method::Explicit {
        // What stopped the course of the caller says more than what stops the rest of it.
        if let Ok(Some(settled)) = approach.follow_small(system, &start) {
            state.copy_from_slice(approach.corrections.state());
            return Ok(settled);
        }
    }
    result?;
    Err(approach.corrections.explain_failure(system, state, time))
}

/// A time course with the looks at how far its end is.
struct Approach {
    integrator: Integrator,
    corrections: Corrections,
    next_look: f64,
}

impl Approach {
    /// Follows the course; none if its end is reached before the fixed point.
    fn follow<S: Layered + ?Sized>(
        &mut self,
        system: &mut S,
        start: Start,
    ) -> Result<Option<Settled>, Error> {
        while !self.integrator.finished() {
            self.integrator.step(system)?;
            let time = self.integrator.time();
            let due = self.integrator.statistics().steps >= FIRST_LOOK && time >= self.next_look;
            if !due && !self.integrator.finished() {
                continue;
            }
            self.next_look = PATIENCE * time;
            if self.corrections.walk(system, self.integrator.state(), start, 0.1 / time) {
                let mut statistics = *self.integrator.statistics();
                self.corrections.add_cost(&mut statistics);
                return Ok(Some(Settled {
                    time,
                    residual: self.corrections.size(),
                    slowest_rate: self.corrections.slowest_rate(),
                    statistics,
                }));
            }
        }
        Ok(None)
    }

    /// Follows the course once more in steps that are judged by each variable alone: what is small beside the tolerances
    /// of the caller has a time course of its own then, and what is slow has time.
    fn follow_small<S: Layered + ?Sized>(
        &mut self,
        system: &mut S,
        state: &[f64],
    ) -> Result<Option<Settled>, Error> {
        let first = self.corrections.first_step(system, state);
        let mut end = FIRST_TIME;
        let tolerances = Tolerances::new(RELATIVE, NOTHING);
        self.integrator.limit_steps(RELATIVE_STEPS);
        self.integrator.start_with_step(system, Method::Rosenbrock, &tolerances, state, (0.0..end, first))?;
        self.next_look = 0.0;
        loop {
            let found = self.follow(system, Start::Anywhere)?;
            if found.is_some() || end >= LAST_TIME {
                return Ok(found);
            }
            end *= FIRST_TIME;
            self.integrator.extend(end);
        }
    }
}
