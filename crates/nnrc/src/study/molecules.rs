//! Numbers of molecules, event by event: small networks eight replicates at a time, others one by one.

use std::ops::Range;

use nnrc_crn::{Crn, CrnInfo};
use nnrc_engine::NoisyEngine;
use nnrc_model::RateNoise;
use nnrc_noise::stochastic::{self, Ensemble, Network, Simulation};
use nnrc_noise::{Disturbed, Factors, Purpose, Stream};
use nnrc_sim::Error;

use super::case::rate_noise;
use super::reading::Outputs;
use super::test_set::TestSet;
use crate::compiled::Compiled;

/// A network of which molecules are counted.
pub(super) struct Molecules<'a> {
    pub pot: &'a Compiled,
    pub engine: &'a NoisyEngine,
    pub test: &'a TestSet,
    pub times: &'a [f64],
    pub seed: u64,
    /// Noise of the rate constants.
    pub rates: Option<RateNoise>,
    /// Molecules of the concentration 1.
    pub molecules: f64,
}

/// The rate constants of a replicate.
struct Constants<'a> {
    of: &'a Molecules<'a>,
    factors: Factors,
}

impl Constants<'_> {
    /// The reactions with these constants.
    fn network(&self) -> Network {
        let Molecules { pot, molecules, .. } = self.of;
        stochastic::channels(&pot.lowered.crn, &pot.lowered.info, *molecules, Some(self.factors.values()))
    }
}

/// Replicates for which a network goes through its reactions at a time. It depends on the network alone, since it
/// decides about the last bits.
pub(super) fn at_a_time(pot: &Compiled) -> u64 {
    let network = stochastic::channels(&pot.lowered.crn, &pot.lowered.info, 1.0, None);
    if Ensemble::is_for(&network) { stochastic::LANES as u64 } else { 1 }
}

impl Molecules<'_> {
    /// What each of the replicates puts out.
    pub fn outputs(&self, replicates: Range<u64>) -> Vec<Result<Outputs, Error>> {
        let network = stochastic::channels(self.crn(), self.info(), self.molecules, None);
        let mut all = Vec::new();
        for start in replicates.clone().step_by(stochastic::LANES) {
            let some = start..replicates.end.min(start + stochastic::LANES as u64);
            let constants: Vec<Constants<'_>> = some.clone().map(|at| self.constants(at)).collect();
            let streams: Vec<Stream> = some.map(|at| Stream::of(self.seed, at, Purpose::Events)).collect();
            match Ensemble::new(&network, &streams) {
                Some(ensemble) => match self.together(constants, ensemble) {
                    Ok(outputs) => all.extend(outputs.into_iter().map(Ok)),
                    Err(error) => all.extend(vec![Err(error); streams.len()]),
                },
                None => all
                    .extend(constants.into_iter().zip(streams).map(|(own, stream)| self.alone(own, stream))),
            }
        }
        all
    }

    /// As lanes of an ensemble.
    fn together(
        &self,
        mut constants: Vec<Constants<'_>>,
        mut ensemble: Ensemble,
    ) -> Result<Vec<Outputs>, Error> {
        let mut engine = self.engine.clone();
        let mut all = vec![Outputs::default(); constants.len()];
        for (sample, input) in self.test.inputs.iter().enumerate() {
            let numbers = self.numbers(&mut engine, input)?;
            for (lane, constants) in constants.iter_mut().enumerate() {
                let changes = constants.factors.present();
                if changes || sample == 0 && self.rates.is_some() {
                    let fits = ensemble.set_rates(lane, &constants.network());
                    debug_assert!(fits, "noise changes constants, never which reactions there are");
                }
                ensemble.start(lane, &numbers);
                all[lane].values.push(Vec::with_capacity(self.times.len()));
            }
            for &time in self.times {
                ensemble.run(time, u64::MAX);
                for (lane, outputs) in all.iter_mut().enumerate() {
                    outputs.values[sample].push(self.observe(&ensemble.numbers(lane)));
                }
            }
        }
        Ok(all)
    }

    /// One replicate by itself.
    fn alone(&self, mut constants: Constants<'_>, mut stream: Stream) -> Result<Outputs, Error> {
        let mut engine = self.engine.clone();
        let mut network = constants.network();
        let mut all = Vec::with_capacity(self.test.inputs.len());
        for input in &self.test.inputs {
            let numbers = self.numbers(&mut engine, input)?;
            if constants.factors.present() {
                network = constants.network();
            }
            let mut simulation = Simulation::new(&network, &numbers, stream);
            let mut outputs = Vec::with_capacity(self.times.len());
            for &time in self.times {
                simulation.run(time, u64::MAX);
                outputs.push(self.observe(simulation.numbers()));
            }
            stream = simulation.into_stream();
            all.push(outputs);
        }
        Ok(all.into())
    }

    /// The constants of a replicate at its beginning.
    fn constants(&self, replicate: u64) -> Constants<'_> {
        let stream = Stream::of(self.seed, replicate, Purpose::Rates);
        let mut factors = Factors::new(rate_noise(self.rates), &self.engine.nominal(), stream);
        factors.begin();
        Constants { of: self, factors }
    }

    /// Numbers of molecules in a fresh pot for an input.
    fn numbers(&self, engine: &mut NoisyEngine, input: &[f64]) -> Result<Vec<f64>, Error> {
        self.pot.set_input(engine, input)?;
        let start = engine.full_state(&engine.initial_state());
        Ok(stochastic::molecules(self.crn(), self.info(), &start, self.molecules))
    }

    /// The value of the output, from numbers of molecules.
    fn observe(&self, numbers: &[f64]) -> Vec<f64> {
        let observable = &self.crn().observables[self.pot.model.output];
        let mut values = vec![0.0; self.crn().axes[observable.axis].size()];
        for (families, sign) in [(&observable.positive, 1.0), (&observable.negative, -1.0)] {
            for &family in families {
                for (value, number) in values.iter_mut().zip(&numbers[self.info().species_range(family)]) {
                    *value += sign * number / self.molecules;
                }
            }
        }
        values
    }

    fn crn(&self) -> &Crn {
        &self.pot.lowered.crn
    }

    fn info(&self) -> &CrnInfo {
        &self.pot.lowered.info
    }
}
