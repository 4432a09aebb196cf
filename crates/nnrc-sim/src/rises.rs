//! Events of a time course: when a variable rises through a level, as a clock does once in each cycle.

use crate::{Error, Integrator, Layered, Method, Tolerances};
use std::ops::Range;

/// Steps, accepted and rejected, from one rise to the next after which the course is given up.
const STEP_LIMIT: usize = 2_000_000;
/// Halvings that locate an event within a step.
const HALVINGS: usize = 50;

/// A time course that stops at each rise of one variable through a level. The events change no step: they are
/// found in the dense output.
pub struct Rises {
    integrator: Integrator,
    variable: usize,
    level: f64,
    before: f64,
    state: Vec<f64>,
}

impl Rises {
    /// Begins at `state`; the course ends with `span`. A variable that starts at the level or above rises for the
    /// first time after it has fallen below.
    ///
    /// # Errors
    ///
    /// Those of [`Integrator::start`], and [`Error::Invalid`] where there is no such variable.
    pub fn start<S: Layered + ?Sized>(
        system: &mut S,
        method: Method,
        tolerances: &Tolerances,
        state: &[f64],
        span: Range<f64>,
        (variable, level): (usize, f64),
    ) -> Result<Self, Error> {
        let Some(&before) = state.get(variable) else {
            return Err(Error::Invalid { reason: format!("there is no variable {variable}") });
        };
        let mut integrator = Integrator::new(state.len());
        // Courses of many rises are long; between two of them `next` counts.
        integrator.limit_steps(usize::MAX);
        integrator.start(system, method, tolerances, state, span)?;
        Ok(Self { integrator, variable, level, before, state: state.to_vec() })
    }

    /// Goes on to the next rise, and gives its time; none if there is none by `until` or by the end of the span.
    /// `watch` sees every step on the way.
    ///
    /// # Errors
    ///
    /// Those of [`Integrator::step`], and [`Error::TooManySteps`] after two million without a rise.
    pub fn next<S: Layered + ?Sized>(
        &mut self,
        system: &mut S,
        until: f64,
        mut watch: impl FnMut(&Integrator),
    ) -> Result<Option<f64>, Error> {
        let taken =
            |integrator: &Integrator| integrator.statistics().steps + integrator.statistics().rejected;
        let first = taken(&self.integrator);
        while !self.integrator.finished() && self.integrator.time() < until {
            if taken(&self.integrator) - first > STEP_LIMIT {
                return Err(Error::TooManySteps { time: self.integrator.time(), steps: STEP_LIMIT });
            }
            self.integrator.step(system)?;
            watch(&self.integrator);
            let after = self.integrator.state()[self.variable];
            let rises = self.before < self.level && after >= self.level;
            self.before = after;
            if rises {
                return Ok(Some(self.locate()));
            }
        }
        self.state.copy_from_slice(self.integrator.state());
        Ok(None)
    }

    /// The time of the rise within the last step; the state there is kept.
    fn locate(&mut self) -> f64 {
        let (mut low, mut high) = (self.integrator.previous_time(), self.integrator.time());
        for _ in 0..HALVINGS {
            let middle = low + 0.5 * (high - low);
            if middle <= low || middle >= high {
                break;
            }
            self.integrator.interpolate(middle, &mut self.state);
            if self.state[self.variable] < self.level {
                low = middle;
            } else {
                high = middle;
            }
        }
        self.integrator.interpolate(high, &mut self.state);
        high
    }

    /// The state at the last rise, or where the search for one ended.
    pub fn state(&self) -> &[f64] {
        &self.state
    }

    /// The integration, which has gone on to the end of the step in which the rise lies.
    pub fn integrator(&self) -> &Integrator {
        &self.integrator
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Dense;
    use nalgebra::DMatrix;

    /// x'' = −x: sin t rises through a half at π/6 + 2πn.
    #[test]
    fn every_rise_is_found_once() {
        let turn = |x: &[f64], f: &mut [f64]| {
            f[0] = x[1];
            f[1] = -x[0];
        };
        let jacobian = |_: &[f64]| DMatrix::from_row_slice(2, 2, &[0.0, 1.0, -1.0, 0.0]);
        let mut system = Dense::new(2, turn, jacobian);
        let tolerances = Tolerances::new(1e-11, 1e-13);
        let start = [0.0, 1.0];
        let mut rises =
            Rises::start(&mut system, Method::Explicit, &tolerances, &start, 0.0..20.0, (0, 0.5)).unwrap();
        let mut times = Vec::new();
        while let Some(time) = rises.next(&mut system, 20.0, |_| {}).unwrap() {
            assert!((rises.state()[0] - 0.5).abs() < 1e-9);
            times.push(time);
        }
        assert_eq!(times.len(), 4);
        for (n, time) in times.iter().enumerate() {
            let expected = std::f64::consts::PI * (1.0 / 6.0 + 2.0 * n as f64);
            assert!((time - expected).abs() < 1e-8, "{time} is not {expected}");
        }
    }
}
