//! Noise on a pot that learns: every replicate runs the whole training under its noise, and is read with the weights
//! held still and the noise going on.

use nnrc_crn::{Feed, Role};
use nnrc_engine::{NoisyEngine, SetError, sequence};
use nnrc_noise::Disturber;
use nnrc_sim::divergence::noisy_limit;
use nnrc_sim::present::{Part, Presentable};
use nnrc_sim::{Error, Tolerances};

use super::case::Case;
use super::reading::Outputs;
use super::test_set::TestSet;
use crate::compiled::Compiled;
use crate::runner::method;
use crate::training::concentration_limit;

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
    /// The concentration beyond which a replicate counts as failed.
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
        let limit = noisy_limit(concentration_limit(pot, feed));
        Some(Self { pot, feed, engine, test, readings, changes, limit, seed })
    }

    /// One replicate of a disturbance: learning, and the outputs after it.
    pub fn outputs(&self, case: Case, replicate: u64) -> Result<Outputs, Error> {
        let mut engine = self.engine.clone();
        let simulation = &self.pot.model.simulation;
        let tolerances = Tolerances::new(simulation.relative, simulation.absolute);
        let disturber = Disturber::new(
            &mut engine,
            case.disturbance(),
            (self.seed, replicate),
            method(simulation.method),
            &tolerances,
        );
        let state = engine.initial_state();
        let mut pot = Replicate { learning: self, engine, disturber, state };
        let mut all = Outputs::from(vec![Vec::new(); self.test.inputs.len()]);
        // Further epochs are allowed for: running times may go on beyond the training of the file.
        let (mut sequence, mut done) = (sequence(self.feed), 0);
        for &at in &self.readings {
            while done < at {
                sequence.present(&mut done, &mut pot)?;
                pot.finish()?;
            }
            pot.read(&mut all)?;
        }
        Ok(all)
    }
}

/// The pot of a replicate.
struct Replicate<'a> {
    learning: &'a Learning<'a>,
    engine: NoisyEngine,
    disturber: Disturber,
    state: Vec<f64>,
}

impl Presentable for Replicate<'_> {
    type Error = Error;

    fn show(&mut self, row: usize) -> Result<(), Error> {
        let Learning { pot, feed, .. } = self.learning;
        for channel in &feed.channels {
            let mut values = vec![0.0; pot.lowered.crn.species[channel.species].initial.len()];
            feed.fill(channel, row, &mut values);
            let set = self.engine.set_in(&mut self.state, channel.species, &values);
            set.map_err(|error| invalid(&error))?;
        }
        self.disturber.present(&mut self.engine);
        Ok(())
    }

    fn set_gate(&mut self, is_open: bool) -> Result<(), Error> {
        if let Some(gate) = self.learning.feed.gate {
            let value = [f64::from(u8::from(is_open))];
            let set = self.engine.set_in(&mut self.state, gate.species, &value);
            set.map_err(|error| invalid(&error))?;
            self.disturber.restart();
        }
        Ok(())
    }

    fn integrate(&mut self, part: &Part) -> Result<(), Error> {
        self.disturber.advance(&mut self.engine, &mut self.state, part.duration())
    }
}

impl Replicate<'_> {
    /// Ends a presentation: the outputs that may be read now are those with a closed gate.
    fn finish(&mut self) -> Result<(), Error> {
        self.set_gate(false)?;
        let largest = self.state.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
        match largest {
            Some((variable, &value)) if value > self.learning.limit => {
                Err(Error::NonFinite { time: self.disturber.time(), variable: Some(variable) })
            }
            _ => Ok(()),
        }
    }

    /// Adds the outputs for all samples, each after the time of a presentation from the present state.
    fn read(&mut self, all: &mut Outputs) -> Result<(), Error> {
        let Self { learning: Learning { pot, feed, test, changes, .. }, engine, disturber, state } = self;
        disturber.freeze(engine, changes);
        for (input, outputs) in test.inputs.iter().zip(&mut all.values) {
            let mut state = state.clone();
            pot.set_input(engine, input)?;
            disturber.present(engine);
            disturber.advance(engine, &mut state, feed.hold)?;
            outputs.push(engine.observe(&state, pot.model.output));
        }
        disturber.freeze(engine, &[]);
        Ok(())
    }
}

fn invalid(error: &SetError) -> Error {
    Error::Invalid { reason: error.to_string() }
}
