//! Noise on a network whose weights stand still: every sample starts a pot afresh and is read at the running times.

use nnrc_crn::{Crn, CrnInfo};
use nnrc_engine::NoisyEngine;
use nnrc_model::{ConcentrationNoise, RateNoise};
use nnrc_noise::stochastic::{self, Network, Simulation};
use nnrc_noise::{Disturbed, Disturber, Factors, Purpose, Stream};
use nnrc_sim::{Error, Tolerances};

use super::case::{Case, rate_noise};
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
}

impl<'a> Inference<'a> {
    /// Plans the loops.
    pub fn new(pot: &'a Compiled, test: &'a TestSet, times: &'a [f64], seed: u64) -> Self {
        Self { pot, engine: NoisyEngine::new(&pot.lowered.crn, &pot.lowered.info), test, times, seed }
    }

    /// One replicate of a disturbance.
    pub fn outputs(&self, case: Case, replicate: u64) -> Result<Outputs, Error> {
        match case.concentrations {
            Some(ConcentrationNoise::Stochastic { molecules }) => {
                self.counted(case.rates, molecules, replicate)
            }
            Some(ConcentrationNoise::Kicks { .. } | ConcentrationNoise::Langevin { .. }) | None => {
                self.integrated(case, replicate)
            }
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
        Ok(all)
    }

    /// Numbers of molecules, event by event.
    fn counted(&self, rates: Option<RateNoise>, molecules: f64, replicate: u64) -> Result<Outputs, Error> {
        let (crn, info) = (&self.pot.lowered.crn, &self.pot.lowered.info);
        let mut engine = self.engine.clone();
        let stream = Stream::of(self.seed, replicate, Purpose::Rates);
        let mut factors = Factors::new(rate_noise(rates), &engine.nominal(), stream);
        factors.begin();
        let plan = |factors: &Factors| stochastic::channels(crn, info, molecules, Some(factors.values()));
        let mut network: Network = plan(&factors);
        let mut stream = Stream::of(self.seed, replicate, Purpose::Events);
        let mut all = Vec::with_capacity(self.test.inputs.len());
        for input in &self.test.inputs {
            self.pot.set_input(&mut engine, input)?;
            if factors.present() {
                network = plan(&factors);
            }
            let start = engine.full_state(&engine.initial_state());
            let numbers = stochastic::molecules(crn, info, &start, molecules);
            let mut simulation = Simulation::new(&network, &numbers, stream);
            let mut outputs = Vec::with_capacity(self.times.len());
            for &time in self.times {
                simulation.run(time, u64::MAX);
                outputs.push(observe(crn, info, self.pot.model.output, simulation.numbers(), molecules));
            }
            stream = simulation.into_stream();
            all.push(outputs);
        }
        Ok(all)
    }
}

/// The value of an observable, from numbers of molecules.
fn observe(crn: &Crn, info: &CrnInfo, observable: usize, numbers: &[f64], molecules: f64) -> Vec<f64> {
    let observable = &crn.observables[observable];
    let mut values = vec![0.0; crn.axes[observable.axis].size()];
    for (families, sign) in [(&observable.positive, 1.0), (&observable.negative, -1.0)] {
        for &family in families {
            for (value, number) in values.iter_mut().zip(&numbers[info.species_range(family)]) {
                *value += sign * number / molecules;
            }
        }
    }
    values
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
