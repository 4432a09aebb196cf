//! Samples presented one after another: the parts of a presentation, and their integration.
//!
//! A presentation lasts `hold` time units. Where a gate opens for a while it has three parts, before, while and after;
//! else it is one. Every part is an integration of its own, which begins with the length of step that the same part of
//! the presentation before began with. So what follows depends on nothing but the state and these lengths: a run that
//! goes on from them is the same, bit for bit, as one that was never interrupted.

use std::ops::Range;

use crate::error::Error;
use crate::integrator::Integrator;
use crate::settings::{Method, Statistics, Tolerances};
use crate::system::Layered;

/// The largest number of parts of a presentation.
pub const PARTS: usize = 3;

/// A concentration so much larger than all that learning needs never comes back.
const EXPLODED: f64 = 100.0;

/// The concentration beyond which learning has diverged: a hundred times the largest of 1, what the pot holds at the start,
/// the inputs and targets of all samples, and the weight that leads from the largest input to the largest target.
pub fn limit(
    start: impl IntoIterator<Item = f64>,
    inputs: impl IntoIterator<Item = f64>,
    targets: impl IntoIterator<Item = f64>,
) -> f64 {
    let largest = |values: &mut dyn Iterator<Item = f64>| values.fold(0.0, |most: f64, x| most.max(x.abs()));
    let input = largest(&mut inputs.into_iter());
    let target = largest(&mut targets.into_iter());
    let weight = if input > 0.0 { target / input } else { 0.0 };
    EXPLODED * largest(&mut start.into_iter()).max(1.0).max(input).max(target).max(weight)
}

/// How far below zero the errors of an integrator may leave a concentration.
const UNDERSHOOT: f64 = 1e-3;

/// Steps between two looks for concentrations above the limit.
const LOOK: usize = 16;

/// Times of a presentation, in time units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Timing {
    /// Length.
    pub hold: f64,
    /// When the gate opens and closes, within the presentation; none: there is no gate.
    pub gate: Option<(f64, f64)>,
}

/// A part of a presentation.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// Which of the [`PARTS`].
    pub index: usize,
    /// Its times within the presentation.
    pub span: Range<f64>,
    /// Whether the gate is open; none: there is no gate.
    pub open: Option<bool>,
}

impl Timing {
    /// The parts that last longer than no time.
    pub fn parts(&self) -> impl Iterator<Item = Part> + use<> {
        let (open, close) = self.gate.unwrap_or((self.hold, self.hold));
        let (ends, gated) = ([0.0, open, close, self.hold], self.gate.is_some());
        (0..PARTS).filter(move |&at| ends[at + 1] > ends[at]).map(move |index| Part {
            index,
            span: ends[index]..ends[index + 1],
            open: gated.then_some(index == 1),
        })
    }
}

/// The number of presentations in a checkpoint, if it is one: whole, and as many as `epochs` whole epochs of `samples`
/// have, with those of the epoch that runs.
pub fn presentations(number: f64, samples: usize, epochs: usize) -> Option<usize> {
    let count = whole(number)?;
    (count.checked_div(samples)? == epochs).then_some(count)
}

/// A count that was written as a number.
pub fn whole(number: f64) -> Option<usize> {
    let is_count = number.fract() == 0.0 && (0.0..=9_007_199_254_740_992.0).contains(&number);
    is_count.then_some(number as usize)
}

/// Whether these can be the concentrations of a pot that was integrated.
pub fn are_concentrations(values: &[f64]) -> bool {
    values.iter().all(|value| value.is_finite() && *value >= -UNDERSHOOT)
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_counts_whole_presentations_of_its_epochs() {
        assert_eq!(presentations(7.0, 4, 1), Some(7));
        assert_eq!(presentations(8.0, 4, 2), Some(8));
        assert_eq!(presentations(0.0, 4, 0), Some(0));
        for (number, samples, epochs) in
            [(-1.0, 4, 0), (0.5, 4, 0), (1e300, 4, 0), (f64::NAN, 4, 0), (8.0, 4, 1), (3.0, 0, 0)]
        {
            assert_eq!(presentations(number, samples, epochs), None, "{number}");
        }
        assert!(are_concentrations(&[0.0, 1e9, -1e-9]));
        assert!(!are_concentrations(&[0.5, -1.0]) && !are_concentrations(&[f64::NAN]));
    }

    #[test]
    fn all_samples_count_for_what_may_be_reached() {
        let of = |inputs: &[f64], targets: &[f64]| {
            limit([0.1, 0.2], inputs.iter().copied(), targets.iter().copied())
        };
        assert_eq!(of(&[0.5], &[1.0]), 200.0);
        // The order of the samples means nothing, nor does the sign of a target.
        assert_eq!(of(&[0.005, 1.0], &[1.0, -200.0]), of(&[1.0, 0.005], &[200.0, 1.0]));
        assert_eq!(of(&[0.005, 1.0], &[1.0, -200.0]), 20_000.0);
        // y = 1000 x, learned from small samples.
        assert_eq!(of(&[0.001, 0.002], &[1.0, 2.0]), 100_000.0);
        assert_eq!(of(&[0.0], &[0.0]), 100.0);
        assert_eq!(limit([7.0], [], []), 700.0);
    }

    #[test]
    fn a_gate_makes_three_parts() {
        let whole: Vec<Part> = Timing { hold: 5.0, gate: None }.parts().collect();
        assert_eq!(whole, [Part { index: 0, span: 0.0..5.0, open: None }]);
        let spans = |gate| -> Vec<(Range<f64>, Option<bool>)> {
            Timing { hold: 5.0, gate: Some(gate) }.parts().map(|part| (part.span, part.open)).collect()
        };
        let [no, yes] = [Some(false), Some(true)];
        assert_eq!(spans((1.0, 4.0)), [(0.0..1.0, no), (1.0..4.0, yes), (4.0..5.0, no)]);
        assert_eq!(spans((0.0, 5.0)), [(0.0..5.0, yes)]);
    }
}
