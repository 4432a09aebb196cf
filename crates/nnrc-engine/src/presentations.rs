//! The presentation of samples: an engine that follows a [`Feed`].

use std::ops::Range;

use nnrc_crn::{Feed, Handle, Order, SpeciesFamily};
use nnrc_sim::present::{Interruption, PARTS, Part, Presentable, Presenter, Sequence, Timing};
use nnrc_sim::{Error, Method, Statistics, Tolerances, train};

use crate::engine::{Engine, SetError};
use crate::multirate::{Multirate, Pace};

/// A time course during which samples are presented.
///
/// What follows depends on nothing but the [`Position`]: presentations that go on from a position are the same, bit for
/// bit, as those that were never interrupted. No presentation allocates.
pub struct Presentations<'a> {
    engine: Engine,
    feed: &'a Feed,
    sequence: Sequence,
    presenter: Presenter,
    position: Position,
    buffers: Vec<Vec<f64>>,
    /// Takes the place of the presenter's integrator where there is one.
    multirate: Option<Multirate>,
}

/// Where a time course is, between two presentations.
#[derive(Debug, Clone, PartialEq)]
pub struct Position {
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

impl<'a> Presentations<'a> {
    /// A time course from the initial state of `engine`, whose network has the feed.
    pub fn new(engine: Engine, feed: &'a Feed, method: Method, tolerances: Tolerances) -> Self {
        let state = engine.initial_state();
        let buffers =
            feed.channels.iter().map(|channel| vec![0.0; engine.members(channel.species)]).collect();
        Self {
            sequence: sequence(feed),
            presenter: Presenter::new(state.len(), method, tolerances),
            position: Position {
                presentation: 0,
                state,
                steps: [0.0; PARTS],
                macro_steps: [0.0; PARTS],
                idle: Vec::new(),
            },
            buffers,
            multirate: None,
            engine,
            feed,
        }
    }

    /// Concentrations above `limit` interrupt a presentation.
    pub fn limit(&mut self, limit: f64) {
        self.presenter.limit = limit;
        if let Some(multirate) = &mut self.multirate {
            multirate.limit(limit);
        }
    }

    /// Integrates at several rates from now on: `multirate` is that of the same network, and its tolerances count.
    pub fn integrate_with(&mut self, mut multirate: Multirate) {
        multirate.limit(self.presenter.limit);
        self.position.idle = multirate.idle();
        self.multirate = Some(multirate);
    }

    /// The state where it is, all of it up to date.
    pub fn state(&self) -> Vec<f64> {
        let mut state = self.position.state.clone();
        if let Some(multirate) = &self.multirate {
            multirate.caught_up(&mut state);
        }
        state
    }

    /// Where it is.
    pub fn position(&self) -> &Position {
        &self.position
    }

    /// Goes on from a position of the same presentations; whether it is one.
    pub fn go_to(&mut self, position: Position) -> bool {
        let idle_fits = match &mut self.multirate {
            Some(multirate) => multirate.set_idle(&position.idle),
            None => position.idle.is_empty(),
        };
        let fits = idle_fits && position.state.len() == self.position.state.len();
        if fits {
            self.position = position;
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
        self.sequence.row(self.position.presentation)
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
        let Position { presentation, state, steps, macro_steps, idle } = &mut self.position;
        let mut pot = Presented {
            engine: &mut self.engine,
            feed: self.feed,
            buffers: &mut self.buffers,
            presenter: &mut self.presenter,
            multirate: self.multirate.as_mut(),
            state,
            steps,
            macro_steps,
            idle,
            times,
            observe,
        };
        self.sequence.present(presentation, &mut pot)
    }
}

/// How the rows of a feed follow each other.
pub fn sequence(feed: &Feed) -> Sequence {
    let timing = Timing { hold: feed.hold, gate: feed.gate.map(|gate| (gate.open, gate.close)) };
    let seed = match feed.order {
        Order::Cycle => None,
        Order::Shuffle { seed } => Some(seed),
    };
    Sequence::new(timing, feed.rows.clone(), train::Order::of(seed))
}

/// The pot during one presentation.
struct Presented<'a> {
    engine: &'a mut Engine,
    feed: &'a Feed,
    buffers: &'a mut [Vec<f64>],
    presenter: &'a mut Presenter,
    multirate: Option<&'a mut Multirate>,
    state: &'a mut [f64],
    steps: &'a mut [f64; PARTS],
    macro_steps: &'a mut [f64; PARTS],
    idle: &'a mut Vec<f64>,
    /// What is still to be observed, within the presentation.
    times: &'a [f64],
    observe: &'a mut dyn FnMut(f64, &Engine, &[f64]),
}

impl Presentable for Presented<'_> {
    type Error = Interruption;

    fn show(&mut self, row: usize) -> Result<(), Interruption> {
        for (channel, buffer) in self.feed.channels.iter().zip(&mut *self.buffers) {
            self.feed.fill(channel, row, buffer);
            let both = (&mut *self.engine, self.multirate.as_deref_mut());
            set(both, self.state, channel.species, buffer)?;
        }
        Ok(())
    }

    fn set_gate(&mut self, is_open: bool) -> Result<(), Interruption> {
        let Some(gate) = &self.feed.gate else { return Ok(()) };
        let both = (&mut *self.engine, self.multirate.as_deref_mut());
        set(both, self.state, gate.species, &[f64::from(u8::from(is_open))])
    }

    fn integrate(&mut self, part: &Part) -> Result<(), Interruption> {
        let Range { start, end } = part.span;
        // What is due when a part ends belongs to the next one.
        let is_last = end >= self.feed.hold;
        let here = self.times.iter().take_while(|time| is_last || **time < end).count();
        let (own, rest) = self.times.split_at(here);
        self.times = rest;
        let due = own.iter().map(|time| time - start);
        if self.multirate.is_some() {
            return self.integrate_at_several_rates(part, due);
        }
        let observe = &mut *self.observe;
        let shift = &mut |time, engine: &Engine, state: &[f64]| observe(start + time, engine, state);
        self.presenter.part(self.engine, self.state, &mut self.steps[part.index], part.duration(), due, shift)
    }
}

impl Presented<'_> {
    /// Integrates a part of a presentation at several rates. What is observed on the way comes from a time course of its
    /// own, which ends at each of the times: observation changes nothing.
    fn integrate_at_several_rates(
        &mut self,
        part: &Part,
        due: impl Iterator<Item = f64>,
    ) -> Result<(), Interruption> {
        let Some(multirate) = &mut self.multirate else { return Ok(()) };
        let (step, macro_step) = (&mut self.steps[part.index], &mut self.macro_steps[part.index]);
        let pace = Pace { step: *step, macro_step: *macro_step };
        let mut due = due.peekable();
        if due.peek().is_some() {
            let (mut between, mut reached) = (self.state.to_vec(), 0.0);
            for time in due {
                if time > reached {
                    multirate.set_pace(pace);
                    multirate.advance(&mut between, time - reached)?;
                    reached = time;
                }
                let mut shown = between.clone();
                multirate.caught_up(&mut shown);
                (self.observe)(part.span.start + time, self.engine, &shown);
            }
            multirate.set_idle(self.idle);
        }
        multirate.set_pace(pace);
        let before = *multirate.statistics();
        multirate.advance(self.state, part.duration())?;
        let after = multirate.statistics();
        Pace { step: *step, macro_step: *macro_step } = multirate.pace();
        multirate.idle_into(self.idle);
        let statistics = &mut self.presenter.statistics;
        statistics.steps += after.steps - before.steps;
        statistics.rejected += after.rejected - before.rejected;
        statistics.evaluations += after.evaluations - before.evaluations;
        statistics.undershoot = statistics.undershoot.max(after.undershoot);
        Ok(())
    }
}

/// Sets a family of species from outside, for both ways of integration.
fn set(
    (engine, multirate): (&mut Engine, Option<&mut Multirate>),
    state: &mut [f64],
    species: Handle<SpeciesFamily>,
    values: &[f64],
) -> Result<(), Interruption> {
    let invalid = |error: SetError| Error::Invalid { reason: error.to_string() };
    engine.set_in(state, species, values).map_err(invalid)?;
    if let Some(multirate) = multirate {
        multirate.set_in(state, species, values).map_err(invalid)?;
    }
    Ok(())
}
