//! Noise on a network whose weights stand still: every sample starts a pot afresh and is read at the running times.

use nnrc_crn::{Crn, CrnInfo};
use nnrc_engine::NoisyEngine;
use nnrc_model::{ConcentrationNoise, Method, RateNoise, Redraw};
use nnrc_noise::stochastic::{self, Network, Simulation};
use nnrc_noise::{
    Concentrations, Distribution, Disturbance, Disturbed, Disturber, Factors, Quantity, Rates, Stream,
};
use nnrc_sim::{Error, Tolerances};

use super::study::{Case, Outputs, Samples};
use nnrc::Compiled;

/// A network ready for replicates.
pub struct Inference<'a> {
    pot: &'a Compiled,
    engine: NoisyEngine,
    samples: &'a Samples,
    times: &'a [f64],
    seed: u64,
}

impl<'a> Inference<'a> {
    /// Plans the loops.
    pub fn new(pot: &'a Compiled, samples: &'a Samples, times: &'a [f64], seed: u64) -> Self {
        Self { pot, engine: NoisyEngine::new(&pot.lowered.crn, &pot.lowered.info), samples, times, seed }
    }

    /// One replicate of a disturbance.
    pub fn outputs(&self, case: Case, replicate: u64) -> Result<Outputs, Error> {
        match case.concentrations {
            Some(ConcentrationNoise::Stochastic { molecules }) => {
                self.counted(case.rates, molecules, replicate)
            }
            _ => self.integrated(case, replicate),
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
            disturbance(case),
            identity,
            method(model.simulation.method),
            &tolerances,
        );
        let mut all = Vec::with_capacity(self.samples.inputs.len());
        for input in &self.samples.inputs {
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
        let stream = Stream::of(self.seed, replicate, Quantity::Rates);
        let mut factors = Factors::new(rate_noise(rates), &engine.nominal(), stream);
        factors.begin();
        let plan = |factors: &Factors| stochastic::channels(crn, info, molecules, Some(factors.values()));
        let mut network: Network = plan(&factors);
        let mut stream = Stream::of(self.seed, replicate, Quantity::Events);
        let mut all = Vec::with_capacity(self.samples.inputs.len());
        for input in &self.samples.inputs {
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

/// A case as the run-time library knows it.
pub fn disturbance(case: Case) -> Disturbance {
    let concentrations = match case.concentrations {
        Some(ConcentrationNoise::Kicks { size, every }) => Concentrations::Kicks { size, every },
        Some(ConcentrationNoise::Langevin { molecules, step }) => {
            Concentrations::Langevin { volume: molecules, step }
        }
        // Molecules are counted elsewhere.
        Some(ConcentrationNoise::Stochastic { .. }) | None => Concentrations::None,
    };
    Disturbance { rates: rate_noise(case.rates), concentrations }
}

fn rate_noise(noise: Option<RateNoise>) -> Rates {
    let Some(RateNoise { size, redraw, uniform }) = noise else { return Rates::None };
    let distribution = if uniform { Distribution::Uniform } else { Distribution::LogNormal };
    match redraw {
        Redraw::Static => Rates::Static { size, distribution },
        Redraw::Presentation => Rates::Presentation { size, distribution },
        Redraw::OrnsteinUhlenbeck { tau, step } => Rates::OrnsteinUhlenbeck { size, tau, step },
    }
}

pub fn method(method: Method) -> nnrc_sim::Method {
    match method {
        Method::Auto => nnrc_sim::Method::Auto,
        Method::Explicit | Method::Multirate => nnrc_sim::Method::Explicit,
        Method::Rosenbrock => nnrc_sim::Method::Rosenbrock,
    }
}

/// When every output has come near its fixed point for good, for the slowest of the samples, half as long again and
/// rounded up to two digits: the running time where none is given.
pub fn settled_time(pot: &Compiled, samples: &Samples) -> Result<f64, Error> {
    let mut runner = pot.runner();
    let mut longest: f64 = 0.0;
    for input in &samples.inputs {
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
