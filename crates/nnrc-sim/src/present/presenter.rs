//! The integration of a part of a presentation.

use crate::error::Error;
use crate::integrator::Integrator;
use crate::settings::{Method, Statistics, Tolerances};
use crate::system::Layered;

/// Steps between two looks for concentrations above the limit.
const LOOK: usize = 16;

/// Why a presentation could not be finished.
#[derive(Debug, Clone, PartialEq)]
pub enum Interruption {
    /// The integrator gave up.
    Solver(Error),
    /// A concentration is above the limit, or no number.
    Exceeded {
        /// Its place in the state.
        variable: usize,
        /// Its value.
        value: f64,
    },
}

impl From<Error> for Interruption {
    fn from(error: Error) -> Self {
        Self::Solver(error)
    }
}

/// Integrates parts of presentations. No part allocates after the first.
pub struct Presenter {
    integrator: Integrator,
    method: Method,
    tolerances: Tolerances,
    /// Concentrations above it interrupt.
    pub limit: f64,
    /// What all parts so far have cost.
    pub statistics: Statistics,
    between: Vec<f64>,
}

impl Presenter {
    /// For states of `dimension` variables.
    pub fn new(dimension: usize, method: Method, tolerances: Tolerances) -> Self {
        Self {
            integrator: Integrator::new(dimension),
            method,
            tolerances,
            limit: f64::INFINITY,
            statistics: Statistics::default(),
            between: Vec::new(),
        }
    }

    /// Integrates for `duration`, with `observe(time, system, state)` at each of the times that are due; `step` is the
    /// length of the first step of the same part before, 0 if there was none, and becomes that of this one.
    ///
    /// # Errors
    ///
    /// What stops the integration; the state is then the last accepted one.
    pub fn part<S: Layered>(
        &mut self,
        system: &mut S,
        state: &mut [f64],
        step: &mut f64,
        duration: f64,
        due: impl Iterator<Item = f64>,
        observe: &mut dyn FnMut(f64, &S, &[f64]),
    ) -> Result<(), Interruption> {
        let mut due = due.peekable();
        let integrator = &mut self.integrator;
        if *step > 0.0 {
            let begin = (0.0..duration, *step);
            integrator.start_with_step(system, self.method, &self.tolerances, state, begin)?;
        } else {
            integrator.start(system, self.method, &self.tolerances, state, 0.0..duration)?;
        }
        let mut first = true;
        while !integrator.finished() {
            let result = integrator.step(system);
            let looks = integrator.statistics().steps.is_multiple_of(LOOK) || integrator.finished();
            let exceeded = looks.then(|| exceeded(integrator.state(), self.limit)).flatten();
            if result.is_err() || exceeded.is_some() {
                state.copy_from_slice(integrator.state());
            }
            result?;
            if let Some((variable, value)) = exceeded {
                return Err(Interruption::Exceeded { variable, value });
            }
            if std::mem::take(&mut first) && !integrator.finished() {
                *step = integrator.time();
            }
            while let Some(time) = due.next_if(|time| *time < integrator.time() || integrator.finished()) {
                self.between.resize(state.len(), 0.0);
                integrator.interpolate(time, &mut self.between);
                observe(time, system, &self.between);
            }
        }
        state.copy_from_slice(integrator.state());
        let cost = integrator.statistics();
        self.statistics.steps += cost.steps;
        self.statistics.rejected += cost.rejected;
        self.statistics.evaluations += cost.evaluations;
        self.statistics.undershoot = self.statistics.undershoot.max(cost.undershoot);
        Ok(())
    }
}

/// The first concentration above the limit, or that is no number.
fn exceeded(state: &[f64], limit: f64) -> Option<(usize, f64)> {
    let is_good = |value: f64| value <= limit;
    let at = state.iter().position(|&value| !is_good(value))?;
    Some((at, state[at]))
}
