//! The presentation of samples: an engine that follows a [`Feed`].

use std::ops::Range;

use nnrc_crn::{Feed, Order};
use nnrc_sim::present::{Interruption, PARTS, Presenter, Timing};
use nnrc_sim::{Error, Method, Statistics, Tolerances, train};

use crate::engine::Engine;
use crate::multirate::{Multirate, Pace};

/// A time course during which samples are presented.
///
/// What follows depends on nothing but the [`Place`]: a course that goes on from a place is the same, bit for bit, as
/// one that was never interrupted. No presentation allocates.
pub struct Course<'a> {
    engine: Engine,
    feed: &'a Feed,
    timing: Timing,
    presenter: Presenter,
    place: Place,
    /// Rows in the order of the epoch `arranged`.
    order: Vec<usize>,
    arranged: Option<usize>,
    buffers: Vec<Vec<f64>>,
    /// Takes the place of the presenter's integrator where there is one.
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
    pub steps: [f64; PARTS],
    /// The same for the macro steps of multirate integration.
    pub macro_steps: [f64; PARTS],
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
            timing: Timing { hold: feed.hold, gate: feed.gate.map(|gate| (gate.open, gate.close)) },
            presenter: Presenter::new(state.len(), method, tolerances),
            place: Place {
                presentation: 0,
                state,
                steps: [0.0; PARTS],
                macro_steps: [0.0; PARTS],
                idle: Vec::new(),
            },
            order: Vec::with_capacity(feed.rows.len()),
            arranged: None,
            buffers,
            multirate: None,
            engine,
            feed,
        }
    }

    /// Concentrations above `limit` interrupt the course.
    pub fn limit(&mut self, limit: f64) {
        self.presenter.limit = limit;
        if let Some(multirate) = &mut self.multirate {
            multirate.limit(limit);
        }
    }

    /// Integrates at several rates from now on: `multirate` is that of the same network, and its tolerances count.
    pub fn integrate_with(&mut self, mut multirate: Multirate) {
        multirate.limit(self.presenter.limit);
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
        &self.presenter.statistics
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
        let mut times = times.iter().copied().peekable();
        for part in self.timing.parts() {
            if let (Some(gate), Some(open)) = (&self.feed.gate, part.open) {
                let value = [f64::from(u8::from(open))];
                let set = self.engine.set_in(&mut self.place.state, gate.species, &value);
                set.map_err(|error| Error::Invalid { reason: error.to_string() })?;
                if let Some(multirate) = &mut self.multirate {
                    let set = multirate.set_in(&mut self.place.state, gate.species, &value);
                    set.map_err(|error| Error::Invalid { reason: error.to_string() })?;
                }
            }
            let Range { start, end } = part.span;
            // What is due when a part ends belongs to the next one.
            let is_last = end >= self.timing.hold;
            let within = |time: &f64| is_last || *time < end;
            let due = std::iter::from_fn(|| times.next_if(within).map(|time| time - start));
            let duration = end - start;
            if self.multirate.is_some() {
                let shift = &mut |time, engine: &Engine, state: &[f64]| observe(start + time, engine, state);
                self.advance(part.index, duration, due, shift)?;
                continue;
            }
            let Place { state, steps, .. } = &mut self.place;
            let step = &mut steps[part.index];
            let shift = &mut |time, engine: &Engine, state: &[f64]| observe(start + time, engine, state);
            self.presenter.part(&mut self.engine, state, step, duration, due, shift)?;
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
        let statistics = &mut self.presenter.statistics;
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
        statistics.steps += after.steps - before.steps;
        statistics.rejected += after.rejected - before.rejected;
        statistics.evaluations += after.evaluations - before.evaluations;
        statistics.undershoot = statistics.undershoot.max(after.undershoot);
        Ok(())
    }
}
