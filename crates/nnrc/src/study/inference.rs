//! Noise on a network whose weights stand still: every sample starts a pot afresh and is read at the running times.

use std::ops::Range;

use nnrc_engine::NoisyEngine;
use nnrc_model::ConcentrationNoise;
use nnrc_noise::Disturber;
use nnrc_sim::{Error, Tolerances};

use super::case::Case;
use super::molecules::{self, Molecules};
use super::reading::Outputs;
use super::test_set::TestSet;
use crate::compiled::Compiled;
use crate::runner::method;

/// A network ready for replicates.
pub(super) struct Inference<'a> {
    pot: &'a Compiled,
    engine: NoisyEngine,
    test: &'a TestSet,
    times: &'a [f64],
    seed: u64,
    /// Replicates of counted molecules that are run together.
    at_a_time: u64,
}

impl<'a> Inference<'a> {
    /// Plans the loops.
    pub fn new(pot: &'a Compiled, test: &'a TestSet, times: &'a [f64], seed: u64) -> Self {
        let engine = NoisyEngine::new(&pot.lowered.crn, &pot.lowered.info);
        Self { pot, engine, test, times, seed, at_a_time: molecules::at_a_time(pot) }
    }

    /// Replicates of a disturbance.
    pub fn outputs(&self, case: Case, replicates: Range<u64>) -> Vec<Result<Outputs, Error>> {
        match case.concentrations {
            Some(ConcentrationNoise::Stochastic { molecules }) => {
                let &Self { pot, ref engine, test, times, seed, .. } = self;
                Molecules { pot, engine, test, times, seed, rates: case.rates, molecules }.outputs(replicates)
            }
            Some(ConcentrationNoise::Kicks { .. } | ConcentrationNoise::Langevin { .. }) | None => {
                replicates.map(|replicate| self.integrated(case, replicate)).collect()
            }
        }
    }

    /// How many replicates of a disturbance are best run together.
    pub fn at_a_time(&self, case: Case) -> u64 {
        match case.concentrations {
            Some(ConcentrationNoise::Stochastic { .. }) => self.at_a_time,
            Some(ConcentrationNoise::Kicks { .. } | ConcentrationNoise::Langevin { .. }) | None => 1,
        }
    }

    /// Time courses with jumps.
    fn integrated(&self, case: Case, replicate: u64) -> Result<Outputs, Error> {
        let mut engine = self.engine.clone();
        let model = &self.pot.model;
        let tolerances = Tolerances::new(model.simulation.relative, model.simulation.absolute);
        let identity = (self.seed, replicate);
        let mut disturber = Disturber::new(
            &mut engine,
            case.disturbance(),
            identity,
            method(model.simulation.method),
            &tolerances,
        );
        let mut all = Vec::with_capacity(self.test.inputs.len());
        for input in &self.test.inputs {
            self.pot.set_input(&mut engine, input)?;
            let mut state = engine.initial_state();
            disturber.present(&mut engine);
            let start = disturber.time();
            let mut outputs = Vec::with_capacity(self.times.len());
            for time in self.times {
                let rest = start + time - disturber.time();
                disturber.advance(&mut engine, &mut state, rest)?;
                outputs.push(engine.observe(&state, model.output));
            }
            all.push(outputs);
        }
        Ok(all.into())
    }
}

/// When every output has come near its fixed point for good, for the slowest of the samples, half as long again and
/// rounded up to two digits: the running time where none is given.
pub(super) fn settled_time(pot: &Compiled, test: &TestSet) -> Result<f64, Error> {
    let mut runner = pot.runner();
    let mut longest: f64 = 0.0;
    for input in &test.inputs {
        runner.set_input(input)?;
        let start = runner.initial_state();
        let mut target = start.clone();
        let settled = runner.settle(&mut target)?;
        longest = longest.max(runner.settling_time(&start, &target, &settled)?);
    }
    let wanted = (1.5 * longest).max(1e-3);
    let unit = 10f64.powf(wanted.log10().floor() - 1.0);
    Ok((wanted / unit).ceil() * unit)
}
