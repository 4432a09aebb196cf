//! The presentation of samples: an engine that follows a [`Feed`].

use nnrc_crn::{Feed, Order};
use nnrc_sim::{Error, Integrator, Method, Statistics, Tolerances, train};

use crate::Engine;
use crate::multirate::{Multirate, Pace};

/// Parts of a presentation: before, while and after the gate is open.
const PHASES: usize = 3;

/// Steps between two looks for concentrations above the limit.
const LOOK: usize = 16;

/// Why a course could not go on.
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

/// A time course during which samples are presented.
///
/// Every part of a presentation is an integration of its own, which begins with the length of step that the same
/// part of the presentation before began with. So what follows depends on nothing but the [`Place`]: a course that
/// goes on from a place is the same, bit for bit, as one that was never interrupted. No presentation allocates.
pub struct Course<'a> {
    engine: Engine,
    feed: &'a Feed,
    method: Method,
    tolerances: Tolerances,
    integrator: Integrator,
    place: Place,
    /// Rows in the order of the epoch `arranged`.
    order: Vec<usize>,
    arranged: Option<usize>,
    buffers: Vec<Vec<f64>>,
    statistics: Statistics,
    limit: f64,
    /// Takes the place of the integrator where there is one.
    multirate: Option<Multirate>,
}

/// Where a course is, between two presentations.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// Presentations done.
    pub presentation: usize,
    /// The state.
    pub state: Vec<f64>,
    /// Length of the first step in each part of a presentation, 0 before there was one; in time units.
    pub steps: [f64; PHASES],
    /// The same for the macro steps of multirate integration.
    pub macro_steps: [f64; PHASES],
    /// How long columns of the state have been left as they are, which [`Multirate::idle`] explains; empty without
    /// multirate integration.
    pub idle: Vec<f64>,
}

impl<'a> Course<'a> {
    /// A course from the initial state of `engine`, whose network has the feed.
    pub fn new(engine: Engine, feed: &'a Feed, method: Method, tolerances: Tolerances) -> Self {
        let state = engine.initial_state();
        let buffers =
            feed.channels.iter().map(|channel| vec![0.0; engine.members(channel.species)]).collect();
        Self {
            integrator: Integrator::new(state.len()),
            place: Place {
                presentation: 0,
                state,
                steps: [0.0; PHASES],
                macro_steps: [0.0; PHASES],
                idle: Vec::new(),
            },
            order: Vec::with_capacity(feed.rows.len()),
            arranged: None,
            buffers,
            statistics: Statistics::default(),
            limit: f64::INFINITY,
            multirate: None,
            engine,
            feed,
            method,
            tolerances,
        }
    }

    /// Concentrations above `limit` interrupt the course.
    pub fn limit(&mut self, limit: f64) {
        self.limit = limit;
        if let Some(multirate) = &mut self.multirate {
            multirate.limit(limit);
        }
    }

    /// Integrates at several rates from now on: `multirate` is that of the same network, and its tolerances count.
    pub fn integrate_with(&mut self, mut multirate: Multirate) {
        multirate.limit(self.limit);
        self.place.idle = multirate.idle();
        self.multirate = Some(multirate);
    }

    /// The state where it is, all of it up to date.
    pub fn state(&self) -> Vec<f64> {
        let mut state = self.place.state.clone();
        if let Some(multirate) = &self.multirate {
            multirate.caught_up(&mut state);
        }
        state
    }

    /// Where it is.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// Goes on from a place of the same course; whether it is one.
    pub fn go_to(&mut self, place: Place) -> bool {
        let idle_fits = match &mut self.multirate {
            Some(multirate) => multirate.set_idle(&place.idle),
            None => place.idle.is_empty(),
        };
        let fits = idle_fits && place.state.len() == self.place.state.len();
        if fits {
            self.place = place;
        }
        fits
    }

    /// The engine.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// What all presentations so far have cost.
    pub fn statistics(&self) -> &Statistics {
        &self.statistics
    }

    /// The row that the next presentation shows.
    pub fn next_row(&mut self) -> usize {
        let (epoch, at) = self.position();
        if self.arranged != Some(epoch) {
            self.order.clear();
            self.order.extend_from_slice(&self.feed.rows);
            match self.feed.order {
                Order::Cycle => {}
                Order::Shuffle { seed } => train::Order::Shuffle { seed }.arrange(epoch, &mut self.order),
            }
            self.arranged = Some(epoch);
        }
        self.order[at]
    }

    /// Epoch of the next presentation and its place there, from 0.
    fn position(&self) -> (usize, usize) {
        let rows = self.feed.rows.len();
        (self.place.presentation / rows, self.place.presentation % rows)
    }

    /// Shows the next row for as long as a presentation lasts; which row it was.
    ///
    /// # Errors
    ///
    /// What stops an integration, and a concentration above the limit; the state is then the last accepted one.
    pub fn present(&mut self) -> Result<usize, Interruption> {
        self.present_observed(&[], &mut |_, _, _| {})
    }

    /// The same, with `observe(time, engine, state)` at each of `times`, which are sorted and lie within the
    /// presentation: from 0 to below its length.
    ///
    /// # Errors
    ///
    /// As [`present`](Self::present).
    pub fn present_observed(
        &mut self,
        times: &[f64],
        observe: &mut dyn FnMut(f64, &Engine, &[f64]),
    ) -> Result<usize, Interruption> {
        let row = self.next_row();
        for (channel, buffer) in self.feed.channels.iter().zip(&mut self.buffers) {
            self.feed.fill(channel, row, buffer);
            let set = self.engine.set_in(&mut self.place.state, channel.species, buffer);
            set.map_err(|error| Error::Invalid { reason: error.to_string() })?;
            if let Some(multirate) = &mut self.multirate {
                let set = multirate.set_in(&mut self.place.state, channel.species, buffer);
                set.map_err(|error| Error::Invalid { reason: error.to_string() })?;
            }
        }
        let hold = self.feed.hold;
        let (open, close) = self.feed.gate.map_or((hold, hold), |gate| (gate.open, gate.close));
        let ends = [0.0, open, close, hold];
        let mut times = times.iter().copied().peekable();
        let mut between = Vec::new();
        for phase in (0..PHASES).filter(|&phase| ends[phase + 1] > ends[phase]) {
            if let Some(gate) = &self.feed.gate {
                let value = [f64::from(u8::from(phase == 1))];
                let set = self.engine.set_in(&mut self.place.state, gate.species, &value);
                set.map_err(|error| Error::Invalid { reason: error.to_string() })?;
                if let Some(multirate) = &mut self.multirate {
                    let set = multirate.set_in(&mut self.place.state, gate.species, &value);
                    set.map_err(|error| Error::Invalid { reason: error.to_string() })?;
                }
            }
            let last = phase + 1 == PHASES || ends[phase + 1] >= hold;
            let span = 0.0..ends[phase + 1] - ends[phase];
            if self.multirate.is_some() {
                let due = std::iter::from_fn(|| {
                    let within = |time: f64| time < ends[phase + 1] || time <= ends[phase + 1] && last;
                    times.next_if(|time| within(*time)).map(|time| time - ends[phase])
                });
                self.advance(phase, span.end, due, &mut |time, engine, state| {
                    observe(ends[phase] + time, engine, state);
                })?;
                continue;
            }
            let (integrator, state) = (&mut self.integrator, &mut self.place.state);
            let step = self.place.steps[phase];
            if step > 0.0 {
                let begin = (span, step);
                integrator.start_with_step(&mut self.engine, self.method, &self.tolerances, state, begin)?;
            } else {
                integrator.start(&mut self.engine, self.method, &self.tolerances, state, span)?;
            }
            let mut first = true;
            while !integrator.finished() {
                let result = integrator.step(&mut self.engine);
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
                    self.place.steps[phase] = integrator.time();
                }
                while let Some(time) = times.next_if(|time| {
                    let within = time - ends[phase];
                    within < integrator.time() || within <= integrator.time() && last
                }) {
                    between.resize(state.len(), 0.0);
                    integrator.interpolate(time - ends[phase], &mut between);
                    observe(time, &self.engine, &between);
                }
            }
            state.copy_from_slice(integrator.state());
            let cost = integrator.statistics();
            self.statistics.steps += cost.steps;
            self.statistics.rejected += cost.rejected;
            self.statistics.evaluations += cost.evaluations;
            self.statistics.undershoot = self.statistics.undershoot.max(cost.undershoot);
        }
        self.place.presentation += 1;
        Ok(row)
    }

    /// Integrates a part of a presentation at several rates. What is observed on the way comes from a course of its own,
    /// which ends at each of the times: observation changes nothing.
    fn advance(
        &mut self,
        phase: usize,
        duration: f64,
        due: impl Iterator<Item = f64>,
        observe: &mut dyn FnMut(f64, &Engine, &[f64]),
    ) -> Result<(), Interruption> {
        let Some(multirate) = &mut self.multirate else { return Ok(()) };
        let Place { state, steps, macro_steps, idle, .. } = &mut self.place;
        let pace = Pace { step: steps[phase], macro_step: macro_steps[phase] };
        let mut due = due.peekable();
        if due.peek().is_some() {
            let (mut between, mut reached) = (state.clone(), 0.0);
            for time in due {
                if time > reached {
                    multirate.set_pace(pace);
                    multirate.advance(&mut between, time - reached)?;
                    reached = time;
                }
                let mut shown = between.clone();
                multirate.caught_up(&mut shown);
                observe(time, &self.engine, &shown);
            }
            multirate.set_idle(idle);
        }
        multirate.set_pace(pace);
        let before = *multirate.statistics();
        multirate.advance(state, duration)?;
        let after = multirate.statistics();
        Pace { step: steps[phase], macro_step: macro_steps[phase] } = multirate.pace();
        multirate.idle_into(idle);
        self.statistics.steps += after.steps - before.steps;
        self.statistics.rejected += after.rejected - before.rejected;
        self.statistics.evaluations += after.evaluations - before.evaluations;
        self.statistics.undershoot = self.statistics.undershoot.max(after.undershoot);
        Ok(())
    }
}

/// The first concentration above the limit, or that is no number.
fn exceeded(state: &[f64], limit: f64) -> Option<(usize, f64)> {
    let is_good = |value: f64| value <= limit;
    let at = state.iter().position(|&value| !is_good(value))?;
    Some((at, state[at]))
}
