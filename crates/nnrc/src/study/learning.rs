//! Noise on a pot that learns: every replicate runs the whole training under its noise, and is read with the weights
//! held still and the noise going on.

use nnrc_crn::{Feed, Order, Role};
use nnrc_engine::{NoisyEngine, SetError};
use nnrc_noise::Disturber;
use nnrc_sim::{Error, Tolerances, train};

use super::case::Case;
use super::reading::Outputs;
use super::test_set::TestSet;
use crate::compiled::Compiled;
use crate::runner::method;
use crate::training::concentration_limit;

/// A concentration beyond this, and beyond what plain learning is allowed, is no learning any more: the replicate counts
/// as failed.
const DIVERGED: f64 = 1e3;

/// A pot with its presentation of samples.
pub(super) struct Learning<'a> {
    pot: &'a Compiled,
    feed: &'a Feed,
    engine: NoisyEngine,
    test: &'a TestSet,
    /// Presentations after which outputs are read, one number for each running time.
    readings: Vec<usize>,
    /// Reactions that change weights.
    changes: Vec<usize>,
    /// The concentration that none may exceed.
    limit: f64,
    seed: u64,
}

/// The time of all presentations together; none for a pot that does not learn.
pub(super) fn whole_time(pot: &Compiled) -> Option<f64> {
    pot.lowered.crn.protocol.feed.as_ref().map(|feed| feed.presentations() as f64 * feed.hold)
}

impl<'a> Learning<'a> {
    /// Plans the loops; none for a pot that does not learn.
    pub fn new(pot: &'a Compiled, test: &'a TestSet, times: &[f64], seed: u64) -> Option<Self> {
        let feed = pot.lowered.crn.protocol.feed.as_ref()?;
        let engine = NoisyEngine::new(&pot.lowered.crn, &pot.lowered.info);
        let moves_weights =
            |net: &[(nnrc_crn::Handle<nnrc_crn::SpeciesFamily>, Vec<nnrc_crn::Index>, i64)]| {
                net.iter().any(|(species, _, _)| pot.lowered.crn.species[*species].role == Role::Parameter)
            };
        let families = pot.lowered.crn.reactions.iter().map(|(handle, _)| handle);
        let changes = families
            .filter(|&family| moves_weights(&pot.lowered.info.facts(family).net))
            .flat_map(|family| engine.constants_of(family))
            .collect();
        // What is not a whole number of presentations is read after the last whole one.
        let readings = times.iter().map(|time| (time / feed.hold * (1.0 + 1e-12)) as usize).collect();
        let limit = DIVERGED.max(concentration_limit(pot, feed));
        Some(Self { pot, feed, engine, test, readings, changes, limit, seed })
    }

    /// One replicate of a disturbance: learning, and the outputs after it.
    pub fn outputs(&self, case: Case, replicate: u64) -> Result<Outputs, Error> {
        let mut engine = self.engine.clone();
        let simulation = &self.pot.model.simulation;
        let tolerances = Tolerances::new(simulation.relative, simulation.absolute);
        let mut disturber = Disturber::new(
            &mut engine,
            case.disturbance(),
            (self.seed, replicate),
            method(simulation.method),
            &tolerances,
        );
        let mut state = engine.initial_state();
        let mut all: Outputs = vec![Vec::new(); self.test.inputs.len()];
        let mut rows = self.feed.rows.clone();
        let order = match self.feed.order {
            Order::Cycle => train::Order::Cycle,
            Order::Shuffle { seed } => train::Order::Shuffle { seed },
        };
        let mut done = 0;
        let mut reading = self.readings.iter().peekable();
        let end = self.readings.iter().copied().max().unwrap_or(0);
        for epoch in 0.. {
            // Further epochs are allowed for: running times may go on beyond the training of the file.
            rows.copy_from_slice(&self.feed.rows);
            order.arrange(epoch, &mut rows);
            for &row in &rows {
                while reading.next_if(|&&at| at <= done).is_some() {
                    self.read(&mut engine, &mut disturber, &state, &mut all)?;
                }
                if done >= end {
                    return Ok(all);
                }
                self.present(&mut engine, &mut disturber, &mut state, row)?;
                done += 1;
            }
        }
        Ok(all)
    }

    /// Shows one row for the time of a presentation.
    fn present(
        &self,
        engine: &mut NoisyEngine,
        disturber: &mut Disturber,
        state: &mut [f64],
        row: usize,
    ) -> Result<(), Error> {
        let feed = self.feed;
        for channel in &feed.channels {
            let mut values = vec![0.0; self.pot.lowered.crn.species[channel.species].initial.len()];
            feed.fill(channel, row, &mut values);
            engine.set_in(state, channel.species, &values).map_err(|error| invalid(&error))?;
        }
        let gates = match feed.gate {
            None => vec![(feed.hold, None)],
            Some(gate) => {
                let parts = [(gate.open, 0.0), (gate.close - gate.open, 1.0), (feed.hold - gate.close, 0.0)];
                parts.map(|(duration, value)| (duration, Some((gate.species, value)))).to_vec()
            }
        };
        disturber.present(engine);
        for (duration, gate) in gates {
            if let Some((species, value)) = gate {
                engine.set_in(state, species, &[value]).map_err(|error| invalid(&error))?;
                disturber.restart();
            }
            disturber.advance(engine, state, duration)?;
        }
        let largest = state.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
        match largest {
            Some((variable, &value)) if value > self.limit => {
                Err(Error::NonFinite { time: disturber.time(), variable: Some(variable) })
            }
            _ => Ok(()),
        }
    }

    /// Adds the outputs for all samples, each after the time of a presentation from the present state.
    fn read(
        &self,
        engine: &mut NoisyEngine,
        disturber: &mut Disturber,
        state: &[f64],
        all: &mut Outputs,
    ) -> Result<(), Error> {
        disturber.freeze(engine, &self.changes);
        for (input, outputs) in self.test.inputs.iter().zip(all) {
            let mut state = state.to_vec();
            self.pot.set_input(engine, input)?;
            disturber.present(engine);
            disturber.advance(engine, &mut state, self.feed.hold)?;
            outputs.push(engine.observe(&state, self.pot.model.output));
        }
        disturber.freeze(engine, &[]);
        Ok(())
    }
}

fn invalid(error: &SetError) -> Error {
    Error::Invalid { reason: error.to_string() }
}
