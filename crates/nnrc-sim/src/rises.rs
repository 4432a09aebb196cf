//! Events of a time course: when a variable rises through a level, as a clock does once in each cycle.

use crate::error::Error;
use crate::integrator::{Integrator, Standing};
use crate::settings::{Method, Tolerances};
use crate::system::Layered;
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

    /// Goes on from where [`integrator`](Self::integrator) of another course stood, whose state at its last rise was
    /// `state`; the rises that follow are the same to the last bit. See [`Integrator::resume`].
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start), and those of [`Integrator::resume`].
    pub fn resume<S: Layered + ?Sized>(
        system: &mut S,
        method: Method,
        tolerances: &Tolerances,
        (standing, state): (&Standing, &[f64]),
        span: Range<f64>,
        (variable, level): (usize, f64),
    ) -> Result<Self, Error> {
        let Some(&before) = standing.state.get(variable).filter(|_| standing.state.len() == state.len())
        else {
            return Err(Error::Invalid { reason: format!("there is no variable {variable}") });
        };
        let mut integrator = Integrator::new(state.len());
        integrator.limit_steps(usize::MAX);
        integrator.resume(system, method, tolerances, standing, span)?;
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

    #[test]
    fn an_interrupted_course_keeps_its_bits() {
        // Slow and fast, so that steps change their lengths and some are rejected.
        let pulse = |x: &[f64], f: &mut [f64]| {
            f[0] = x[1];
            f[1] = 4.0 * (1.0 - x[0] * x[0]) * x[1] - x[0];
        };
        let jacobian = |x: &[f64]| {
            DMatrix::from_row_slice(2, 2, &[0.0, 1.0, -8.0 * x[0] * x[1] - 1.0, 4.0 * (1.0 - x[0] * x[0])])
        };
        let mut system = Dense::new(2, pulse, jacobian);
        let tolerances = Tolerances::new(1e-6, 1e-8);
        for method in [Method::Explicit, Method::Rosenbrock] {
            let start = [-1.0, 0.0];
            let mut whole =
                Rises::start(&mut system, method, &tolerances, &start, 0.0..90.0, (0, 0.5)).unwrap();
            let mut part =
                Rises::start(&mut system, method, &tolerances, &start, 0.0..90.0, (0, 0.5)).unwrap();
            let mut rises = 0;
            while let Some(time) = whole.next(&mut system, 90.0, |_| {}).unwrap() {
                assert_eq!(part.next(&mut system, 90.0, |_| {}).unwrap(), Some(time));
                assert_eq!(part.state(), whole.state());
                let stood = (&part.integrator().standing(), part.state());
                part = Rises::resume(&mut system, method, &tolerances, stood, 0.0..90.0, (0, 0.5)).unwrap();
                rises += 1;
            }
            assert!(whole.integrator().statistics().rejected > 0 && rises > 5, "{rises} rises");
        }
    }

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
