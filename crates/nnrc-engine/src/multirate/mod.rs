//! Multirate integration: large slow families in macro steps, everything else in steps of its own.
//!
//! Networks that learn keep their weights as species. These are many and change slowly; what computes with them is
//! small and fast. Where the reactions say so ([`structure`]), pairs of large families leave the state:
//!
//! 1. Their sums with the held inputs stand in for them ([`lumped`]). The lumped network is integrated with error control,
//!    at loose tolerances by a method that annihilation does not limit ([`local`](crate::local)); nothing in it is frozen, so
//!    that what the sums do to what makes them is kept.
//! 2. What is made of each member is a number for its row times one for its column: an update of rank one at the end
//!    of a macro step, exactly. What is left to each member is its annihilation ([`flow`]).
//! 3. The sums are then taken anew. How far they are from what stood in for them, and the error of the members, control
//!    the length of the macro steps.
//!
//! Columns whose inputs are 0 do nothing but annihilate and decay. That has a closed form, which is applied when the
//! column is needed again, however many presentations later.

mod flow;
mod lumped;
mod structure;
mod work;

use nnrc_crn::{Crn, CrnInfo, Handle, SpeciesFamily};
use nnrc_sim::elementary::power;
use nnrc_sim::present::Interruption;
use nnrc_sim::{Absolute, Error, Integrator, Method, Statistics, Tolerances};

use crate::engine::SetError;
use crate::layout::Layout;
use crate::plan::contributions;
use crate::sum::Source;
use lumped::Lumped;
use structure::{Structure, Term};
use work::Work;

/// Members that a pair needs for each variable that would stand in for it.
const WORTH: usize = 3;
/// Relative tolerance from which on the steps of an explicit method would be limited by stability more than those of
/// ROS34PW2 are by accuracy, as measured.
const LOOSE: f64 = 2e-4;
/// Steps between two looks for concentrations above the limit.
const LOOK: usize = 16;
/// Part of the best length of the first macro step with which the next integration begins: inputs differ.
const CAUTION: f64 = 0.7;
/// Part of the remaining time that the very first macro step takes.
const FIRST: f64 = 0.1;

/// A network whose large slow families are integrated apart.
///
/// The state is that of [`Engine`](crate::Engine), in the same order, but for columns that have been idle: see
/// [`catch_up`](Self::catch_up).
pub struct Multirate {
    layout: Layout,
    lumped: Lumped,
    pairs: Vec<Work>,
    integrator: Integrator,
    method: Method,
    tolerances: Tolerances,
    /// Tolerances of the members of pairs.
    members: (f64, f64),
    state: Vec<f64>,
    saved: Vec<f64>,
    middle: Vec<f64>,
    pace: Pace,
    limit: f64,
    statistics: Statistics,
    macro_steps: usize,
    macro_rejected: usize,
}

/// Lengths of first steps, which an integration takes over from one before it; 0: none yet. In time units.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Pace {
    /// Of the lumped network.
    pub step: f64,
    /// Of the members.
    pub macro_step: f64,
}

impl Multirate {
    /// Plans the integration of a network whose receipt is `info`; none where no pair of families is worth it.
    pub fn new(crn: &Crn, info: &CrnInfo, tolerances: &Tolerances) -> Option<Self> {
        let layout = Layout::new(crn, info);
        let mut terms = Vec::new();
        for (handle, family) in crn.reactions.iter().filter(|(handle, _)| info.members(*handle) > 0) {
            let rate_constants = crn.rate_constants[family.rate.constant].values.as_slice();
            let sums = contributions(crn, &layout, family, &info.facts(handle).net);
            terms.extend(sums.into_iter().map(|sum| Term { sum, rate_constants, part: family.rate.part }));
        }
        let mut axes = vec![None; layout.state.len()];
        for (handle, family) in crn.species.iter() {
            let place = layout.slot(handle);
            if let (Source::State, &[rows, columns]) = (place.source, family.axes.as_slice()) {
                let at = layout.state.partition_point(|range| range.end <= place.range.start);
                let (rows, columns) = (crn.axes[rows].size(), crn.axes[columns].size());
                // Fewer columns than that are not worth their sums.
                axes[at] = (columns >= 2 * WORTH && rows > 0).then_some((rows, columns));
            }
        }
        let structure = Structure::new(terms, &layout, &axes);
        if structure.pairs.is_empty() {
            return None;
        }
        let (lumped, pairs) = Lumped::new(crn, &layout, structure);
        let dimension = lumped.engine.initial_state().len();
        let members: usize = pairs.iter().map(|pair| 2 * pair.rows * pair.columns).sum();
        let kept: usize = lumped.kept.iter().map(|(range, _)| range.len()).sum();
        if members < WORTH * (dimension - kept) {
            return None;
        }
        let pairs: Vec<Work> = pairs
            .into_iter()
            .zip(&lumped.places)
            .map(|(pair, places)| Work::new(pair, places.clone(), &layout))
            .collect();
        let (absolute, least) = absolute(tolerances, &lumped, &pairs, dimension);
        Some(Self {
            integrator: Integrator::new(dimension),
            method: if tolerances.relative >= LOOSE { Method::RosenbrockW } else { Method::Explicit },
            tolerances: Tolerances { relative: tolerances.relative, absolute: Absolute::Each(absolute) },
            members: (tolerances.relative, least),
            state: vec![0.0; dimension],
            saved: vec![0.0; dimension],
            middle: vec![0.0; dimension],
            pace: Pace::default(),
            limit: f64::INFINITY,
            statistics: Statistics::default(),
            macro_steps: 0,
            macro_rejected: 0,
            layout,
            lumped,
            pairs,
        })
    }

    /// Sets the concentrations of a family: in `state` if it lies there, else from now on.
    ///
    /// # Errors
    ///
    /// As [`Engine::set_in`](crate::Engine::set_in).
    pub fn set_in(
        &mut self,
        state: &mut [f64],
        family: Handle<SpeciesFamily>,
        values: &[f64],
    ) -> Result<(), SetError> {
        let place = self.layout.slots().get(family.index()).ok_or(SetError::NoSuchFamily)?;
        if place.range.len() != values.len() {
            return Err(SetError::Length { expected: place.range.len(), found: values.len() });
        }
        if place.source == Source::Constant {
            self.lumped.engine.hold(place.range.clone(), values);
        } else {
            state[place.range.clone()].copy_from_slice(values);
        }
        Ok(())
    }

    /// Concentrations above `limit` interrupt an integration.
    pub fn limit(&mut self, limit: f64) {
        self.limit = limit;
    }

    /// Lengths of first steps.
    pub fn pace(&self) -> Pace {
        self.pace
    }

    /// Goes on with these lengths of first steps.
    pub fn set_pace(&mut self, pace: Pace) {
        self.pace = pace;
    }

    /// What all integrations have cost.
    pub fn statistics(&self) -> &Statistics {
        &self.statistics
    }

    /// Macro steps, accepted and rejected.
    pub fn macro_steps(&self) -> (usize, usize) {
        (self.macro_steps, self.macro_rejected)
    }

    /// Number of variables of the lumped network.
    pub fn lumped_dimension(&self) -> usize {
        self.state.len()
    }

    /// Advances `state` by `duration`, in time units, with the held species as they are. Columns that are idle
    /// meanwhile are left as they are.
    ///
    /// # Errors
    ///
    /// What stops the steps, as in [`nnrc_sim::integrate`], and a concentration above the limit; `state` is then as it
    /// was.
    pub fn advance(&mut self, state: &mut [f64], duration: f64) -> Result<(), Interruption> {
        self.gather(state);
        let (mut time, mut last) = (0.0, None);
        let mut step = if self.pace.macro_step > 0.0 { self.pace.macro_step } else { FIRST * duration };
        self.saved.copy_from_slice(&self.state);
        self.begin(0.0..(time + step).min(duration), self.pace.step)?;
        let (mut first, mut very_first) = (true, true);
        while time < duration {
            let end = if time + 1.1 * step >= duration { duration } else { time + step };
            let middle = 0.5 * (time + end);
            self.integrator.extend(end);
            let mut passed = false;
            let mut steps: usize = 0;
            while !self.integrator.finished() {
                self.integrator.step(&mut self.lumped.system())?;
                if std::mem::take(&mut very_first) && !self.integrator.finished() {
                    self.pace.step = self.integrator.time();
                }
                steps += 1;
                if steps.is_multiple_of(LOOK) || self.integrator.finished() {
                    self.check()?;
                }
                if !passed && self.integrator.time() >= middle {
                    self.integrator.interpolate(middle, &mut self.middle);
                    passed = true;
                }
            }
            self.state.copy_from_slice(self.integrator.state());
            let error = self.macro_step(end - time);
            let third = last.is_none();
            let exponent = if third { -1.0 / 3.0 } else { -0.25 };
            let factor =
                if error.is_finite() { (0.85 * power(error, exponent)).clamp(0.2, 4.0) } else { 0.2 };
            if error.is_nan() || error > 1.0 {
                self.macro_rejected += 1;
                step = (end - time) * factor.min(0.8);
                if time + step <= time {
                    return Err(Error::StepTooSmall { time, step }.into());
                }
                self.state.copy_from_slice(&self.saved);
                self.count();
                self.begin(time..(time + step).min(duration), self.integrator.last_step())?;
                continue;
            }
            self.macro_steps += 1;
            if std::mem::take(&mut first) {
                self.pace.macro_step = CAUTION * (end - time) * factor;
            }
            self.accept(end - time);
            last = Some(end - time);
            step = (end - time) * factor;
            time = end;
            self.saved.copy_from_slice(&self.state);
            self.integrator.jump(&self.state);
        }
        self.count();
        self.scatter(state, duration);
        Ok(())
    }

    /// Brings columns that have been idle up to date. What follows differs from what would have followed without by
    /// rounding alone.
    pub fn catch_up(&mut self, state: &mut [f64]) {
        for work in &mut self.pairs {
            work.catch_up(state);
        }
    }

    /// Does the same to a state, which remains one that is not up to date here.
    pub fn caught_up(&self, state: &mut [f64]) {
        for work in &self.pairs {
            work.caught_up(state);
        }
    }

    /// For each pair how long its columns have been idle, one pair after the other.
    pub fn idle(&self) -> Vec<f64> {
        self.pairs.iter().flat_map(|work| work.idle.iter().copied()).collect()
    }

    /// Writes the same into `idle`, which has as many elements.
    pub fn idle_into(&self, idle: &mut [f64]) {
        for (to, from) in idle.iter_mut().zip(self.pairs.iter().flat_map(|work| &work.idle)) {
            *to = *from;
        }
    }

    /// Goes on from such times; whether they fit.
    pub fn set_idle(&mut self, idle: &[f64]) -> bool {
        let fits = idle.len() == self.pairs.iter().map(|work| work.idle.len()).sum::<usize>();
        let mut rest = idle;
        for work in self.pairs.iter_mut().filter(|_| fits) {
            let (own, others) = rest.split_at(work.idle.len());
            work.idle.copy_from_slice(own);
            rest = others;
        }
        fits
    }

    fn begin(&mut self, span: std::ops::Range<f64>, step: f64) -> Result<(), Error> {
        let (engine, method, state) = (&mut self.lumped.system(), self.method, &self.state);
        if step > 0.0 {
            self.integrator.start_with_step(engine, method, &self.tolerances, state, (span, step))
        } else {
            self.integrator.start(engine, method, &self.tolerances, state, span)
        }
    }

    /// Whether a concentration of the lumped network is above the limit.
    fn check(&self) -> Result<(), Interruption> {
        let state = self.integrator.state();
        for (range, start) in &self.lumped.kept {
            let own = &state[*start..start + range.len()];
            if let Some(at) = own.iter().position(|&value| value > self.limit || value.is_nan()) {
                return Err(Interruption::Exceeded { variable: range.start + at, value: own[at] });
            }
        }
        Ok(())
    }

    /// Adds what the integrator has cost.
    fn count(&mut self) {
        let cost = self.integrator.statistics();
        self.statistics.steps += cost.steps;
        self.statistics.rejected += cost.rejected;
        self.statistics.evaluations += cost.evaluations;
        self.statistics.linearisations += cost.linearisations;
        self.statistics.solves += cost.solves;
        self.statistics.rosenbrock_steps += cost.rosenbrock_steps;
        self.statistics.undershoot = self.statistics.undershoot.max(cost.undershoot);
    }

    /// Fills the state of the lumped network.
    fn gather(&mut self, state: &[f64]) {
        for (range, start) in &self.lumped.kept {
            self.state[*start..start + range.len()].copy_from_slice(&state[range.clone()]);
        }
        let constants = self.lumped.engine.constants();
        for work in &mut self.pairs {
            work.gather(state, constants);
        }
        self.put_sums(None);
    }

    /// Takes the members over a macro step; the larger of its errors, 1 being just good enough.
    fn macro_step(&mut self, step: f64) -> f64 {
        let mut largest: f64 = 0.0;
        for work in &mut self.pairs {
            let error = work.advance(step, (&self.middle, &self.state), self.members);
            if error.is_nan() {
                return f64::NAN;
            }
            largest = largest.max(error);
        }
        largest
    }

    fn accept(&mut self, step: f64) {
        for work in &mut self.pairs {
            std::mem::swap(&mut work.before, &mut work.after);
            std::mem::swap(&mut work.now, &mut work.next);
        }
        self.put_sums(Some(step));
    }

    /// Puts the sums of the members into the state and the constants of the lumped network. With the length of the step
    /// before, slopes are known.
    fn put_sums(&mut self, step: Option<f64>) {
        self.state[self.lumped.clock] = 0.0;
        let constants = &mut self.lumped.engine;
        for work in &self.pairs {
            for &gain in &work.places.gains {
                self.state[gain..gain + work.pair.rows].fill(0.0);
            }
            let rows = work.pair.rows;
            for (held, forcing) in work.places.forcing.iter().enumerate() {
                let Some(forcing) = forcing else { continue };
                let (now, before) = (&work.now[held], &work.next[held]);
                for (sum, values) in work.places.sums[held].iter().zip(&now.rails) {
                    if let Some(sum) = *sum {
                        self.state[sum..sum + rows].copy_from_slice(values);
                    }
                }
                self.state[forcing.state..forcing.state + rows].copy_from_slice(&now.forcing);
                constants.hold_line(
                    forcing.drain,
                    &now.drain,
                    step.map(|step| (step, before.drain.as_slice())),
                );
                for (at, &places) in forcing.made.iter().enumerate() {
                    constants.hold_line(
                        places,
                        &now.made[at],
                        step.map(|step| (step, before.made[at].as_slice())),
                    );
                    if step.is_none() {
                        let product = work.weights[held][at].iter().sum::<f64>();
                        constants.hold(forcing.products[at]..forcing.products[at] + 1, &[product]);
                    }
                }
            }
        }
    }

    fn scatter(&mut self, state: &mut [f64], duration: f64) {
        for (range, start) in &self.lumped.kept {
            state[range.clone()].copy_from_slice(&self.state[*start..start + range.len()]);
        }
        for work in &mut self.pairs {
            work.scatter(state, duration);
        }
    }
}

/// Absolute tolerances of the lumped network, and that of the members.
fn absolute(tolerances: &Tolerances, lumped: &Lumped, pairs: &[Work], dimension: usize) -> (Vec<f64>, f64) {
    let of = |at: usize| match &tolerances.absolute {
        Absolute::Uniform(absolute) => *absolute,
        Absolute::Each(each) => each.get(at).copied().unwrap_or(f64::MIN_POSITIVE),
    };
    let members = pairs.iter().flat_map(|work| {
        let len = work.pair.rows * work.pair.columns;
        work.starts.into_iter().flat_map(move |start| start..start + len)
    });
    let least = match &tolerances.absolute {
        Absolute::Uniform(absolute) => *absolute,
        Absolute::Each(_) => members.map(of).fold(f64::INFINITY, f64::min),
    };
    let mut absolute = vec![least; dimension];
    for (range, start) in &lumped.kept {
        for (at, from) in range.clone().enumerate() {
            absolute[start + at] = of(from);
        }
    }
    for work in pairs {
        for (production, &gain) in work.pair.productions.iter().zip(&work.places.gains) {
            // An error of what was made comes to the members by this factor.
            absolute[gain..gain + work.pair.rows].fill(least / production.rate);
        }
    }
    (absolute, least)
}
