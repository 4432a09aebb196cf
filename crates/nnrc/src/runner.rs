//! The chemistry of a network, integrated.

use nnrc_crn::namer;
use nnrc_engine::{Engine, Multirate};
use nnrc_model::Method;
use nnrc_sim::course::time_to_settle;
use nnrc_sim::{Error, Settle, Settled, Statistics, Tolerances, integrate, parallel, settle};

use crate::compiled::Compiled;
use crate::cycles::{self, Cycles};

/// The distance from the fixed point, in concentration units, to which settling times refer.
pub use nnrc_sim::course::NEAR;

/// Variables that depend on each other beyond which the automatic method does not factorise their matrix.
const LARGEST_BLOCK: usize = 400;

/// A pot that can be integrated.
#[derive(Clone)]
pub struct Runner<'a> {
    pot: &'a Compiled,
    engine: Engine,
    max_steps: usize,
}

impl Compiled {
    /// Plans the loops.
    pub fn runner(&self) -> Runner<'_> {
        let engine = Engine::new(&self.lowered.crn, &self.lowered.info);
        let engine = engine.cancelled_by(self.cancelled.clone());
        Runner { pot: self, engine, max_steps: Settle::default().max_steps }
    }
}

impl Runner<'_> {
    /// A time course that takes more steps than these counts as one that does not settle.
    pub(crate) fn giving_up_after(self, max_steps: usize) -> Self {
        Self { max_steps, ..self }
    }

    /// The engine alone.
    pub fn into_engine(self) -> Engine {
        self.engine
    }

    /// Sets the inputs.
    pub fn set_input(&mut self, input: &[f64]) -> Result<(), Error> {
        self.pot.set_input(&mut self.engine, input)
    }

    /// The state at the start.
    pub fn initial_state(&self) -> Vec<f64> {
        self.engine.initial_state()
    }

    /// The value of a node.
    pub fn value(&self, state: &[f64], node: usize) -> Vec<f64> {
        self.engine.observe(state, node)
    }

    /// The rails of a node, or its values where it has no two.
    pub fn rails(&self, state: &[f64], node: usize) -> Vec<f64> {
        let observable = &self.pot.lowered.crn.observables[node];
        if observable.negative.is_empty() {
            return self.value(state, node);
        }
        let all = self.concentrations(state);
        let families = observable.positive.iter().chain(&observable.negative);
        families
            .flat_map(|family| all[self.pot.lowered.info.species_range(*family)].iter().copied())
            .collect()
    }

    /// Concentrations of all species.
    pub fn concentrations(&self, state: &[f64]) -> Vec<f64> {
        self.engine.full_state(state)
    }

    /// The largest |dx/dt|.
    pub fn speed(&mut self, state: &[f64]) -> f64 {
        let mut derivative = vec![0.0; state.len()];
        nnrc_sim::System::derivative(&mut self.engine, state, &mut derivative);
        derivative.iter().fold(0.0, |largest: f64, d| largest.max(d.abs()))
    }

    /// The engine.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    fn tolerances(&self) -> Tolerances {
        if let Some(clocked) = self.pot.lowered.clocked() {
            return cycles::tolerances(&self.pot.model, &self.engine, (&self.pot.lowered.crn, clocked));
        }
        Tolerances::new(self.pot.model.simulation.relative, self.pot.model.simulation.absolute)
    }

    /// Follows the time course to its fixed point; that of a phased pot through one cycle from its initial state.
    pub fn settle(&mut self, state: &mut [f64]) -> Result<Settled, Error> {
        self.settle_within(self.max_steps, state)
    }

    /// The same in a limited number of steps, for what must not take long.
    pub fn settle_within(&mut self, max_steps: usize, state: &mut [f64]) -> Result<Settled, Error> {
        if self.pot.lowered.clocked().is_some() {
            let mut cycles = Cycles::new(&self.pot.model, &self.pot.lowered, self.engine.clone())?;
            let time = cycles.next(None)?.unwrap_or(0.0);
            state.copy_from_slice(cycles.state());
            return Ok(Settled {
                time,
                residual: 0.0,
                slowest_rate: None,
                statistics: Statistics::default(),
            });
        }
        let limit = Settle { method: self.method(), max_steps, ..Settle::default() };
        let tolerances = self.tolerances();
        settle(&mut self.engine, state, &tolerances, &limit)
    }

    /// Follows the time course, reporting at `times`; `state` becomes the last one.
    pub fn integrate(
        &mut self,
        state: &mut [f64],
        until: f64,
        times: &[f64],
        observe: impl FnMut(f64, &[f64]),
    ) -> Result<(), Error> {
        let tolerances = self.tolerances();
        let method = self.method();
        integrate(&mut self.engine, method, &tolerances, state, 0.0..until, times, observe).map(drop)
    }

    /// The method of the file; the automatic one stays explicit where a linear solve would cost more than it saves.
    fn method(&self) -> nnrc_sim::Method {
        let wanted = self.pot.model.simulation.method;
        if self.pot.lowered.clocked().is_some() {
            return cycles::method(wanted);
        }
        match method(wanted) {
            nnrc_sim::Method::Auto if self.engine.largest_dense_block() > LARGEST_BLOCK => {
                nnrc_sim::Method::Explicit
            }
            method => method,
        }
    }

    /// When everything that changes has come within [`NEAR`] of `target` for good.
    pub fn settling_time(&mut self, state: &[f64], target: &[f64], settled: &Settled) -> Result<f64, Error> {
        let tolerances = self.tolerances();
        time_to_settle(&mut self.engine, state, target, settled, &tolerances)
    }

    /// Identifier of a variable of the state.
    pub fn state_id(&self, variable: usize) -> Option<String> {
        self.pot.lowered.crn.species.iter().find_map(|(handle, family)| {
            let range = self.engine.state_range(handle).filter(|range| range.contains(&variable))?;
            let mut id = String::new();
            namer::species_id(&self.pot.lowered.crn, family, variable - range.start, &mut id);
            Some(id)
        })
    }
}

/// The method of the file as that of the integrator.
pub fn method(method: Method) -> nnrc_sim::Method {
    match method {
        Method::Auto => nnrc_sim::Method::Auto,
        Method::Explicit | Method::Multirate => nnrc_sim::Method::Explicit,
        Method::Rosenbrock => nnrc_sim::Method::Rosenbrock,
    }
}

/// Integration at several rates for a pot in which samples are presented, where the method of the file allows it and the
/// weights are worth it.
pub fn several_rates(pot: &Compiled, tolerances: &Tolerances) -> Option<Multirate> {
    let wanted = matches!(pot.model.simulation.method, Method::Auto | Method::Multirate);
    wanted.then(|| Multirate::new(&pot.lowered.crn, &pot.lowered.info, tolerances)).flatten()
}

/// The outputs at the fixed point for each input. Each begins at the initial state, so that a result depends
/// neither on the other inputs nor on the number of threads.
pub fn settle_all(runner: &Runner<'_>, inputs: &[&[f64]], threads: usize) -> Vec<Result<Vec<f64>, Error>> {
    let output = runner.pot.model.output;
    parallel::map(inputs.len(), threads, runner, |runner, at| {
        runner.set_input(inputs[at])?;
        let mut state = runner.initial_state();
        runner.settle(&mut state)?;
        Ok(runner.value(&state, output))
    })
}
