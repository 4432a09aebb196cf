//! From a model to reactions that can be integrated.

use nnrc_crn::namer;
use nnrc_engine::{Engine, Multirate};
use nnrc_lower::{Lowered, lower, lower_for_training};
use nnrc_model::{Method, Model};
use nnrc_sbml::UnitSystem;
use nnrc_sim::course::time_to_settle;
use nnrc_sim::{Error, Settle, Settled, Statistics, Tolerances, integrate, parallel, settle};
use nnrc_syntax::{Diagnostic, Severity, Source, codes};

use crate::cycles::{self, Cycles};
use crate::failure::Failure;
use crate::project::Checked;

/// The largest distance from the fixed point, relative to max(1, |x|) or less in a layer of small values, at which a pot
/// counts as settled.
pub const SETTLED: f64 = 1e-4;

/// The distance from the fixed point, in concentration units, to which settling times refer.
pub use nnrc_sim::course::NEAR;

/// Variables that depend on each other beyond which the automatic method does not factorise their matrix.
const LARGEST_BLOCK: usize = 400;

/// A model with its chemistry.
#[derive(Debug, Clone)]
pub struct Compiled {
    /// The text.
    pub source: Source,
    /// What it means.
    pub model: Model,
    /// The reactions, and how they are read.
    pub lowered: Lowered,
}

/// A pot that can be integrated.
#[derive(Clone)]
pub struct Runner<'a> {
    pot: &'a Compiled,
    engine: Engine,
}

impl Checked {
    /// The chemistry of the network, whose inputs hold `input`.
    ///
    /// # Errors
    ///
    /// An input of another width, two names that make one identifier, a number that is none, more reactant molecules
    /// than `max_order`.
    pub fn compile(&self, input: &[f64]) -> Result<Compiled, Failure> {
        self.lowered(input, lower)
    }

    /// The chemistry for weights that will change: reactions for either sign of each.
    ///
    /// # Errors
    ///
    /// As [`Checked::compile`].
    pub fn compile_for_training(&self, input: &[f64]) -> Result<Compiled, Failure> {
        self.lowered(input, lower_for_training)
    }

    fn lowered(
        &self,
        input: &[f64],
        lower: impl FnOnce(&Model, &[f64]) -> Result<Lowered, Box<Diagnostic>>,
    ) -> Result<Compiled, Failure> {
        let width = self.model.input_width();
        if input.len() != width {
            let message = format!("the network takes {width} values, {} are given", input.len());
            return Err(self.failed(Diagnostic::global(Severity::Error, codes::SHAPE_MISMATCH, message)));
        }
        match lower(&self.model, input) {
            Ok(lowered) => Ok(Compiled { source: self.source.clone(), model: self.model.clone(), lowered }),
            Err(finding) => Err(self.failed(*finding)),
        }
    }
}

impl Compiled {
    /// Fails because of something in the text, or about it.
    pub fn failed(&self, finding: Diagnostic) -> Failure {
        Failure::new(&self.source, finding)
    }

    /// Plans the loops.
    pub fn runner(&self) -> Runner<'_> {
        Runner { pot: self, engine: Engine::new(&self.lowered.crn, &self.lowered.info) }
    }

    /// Sets the inputs of an engine of this pot.
    pub fn set_input(&self, engine: &mut Engine, input: &[f64]) -> Result<(), Error> {
        let mut rest = input;
        for (node, _) in self.model.inputs() {
            let observable = &self.lowered.crn.observables[node];
            let width = self.lowered.crn.axes[observable.axis].size();
            let Some((own, others)) = rest.split_at_checked(width) else { break };
            rest = others;
            let is_dual = !observable.negative.is_empty();
            let positive: Vec<f64> = own.iter().map(|x| if is_dual { x.max(0.0) } else { *x }).collect();
            let negative: Vec<f64> = own.iter().map(|x| (-x).max(0.0)).collect();
            let invalid = |error: nnrc_engine::SetError| Error::Invalid { reason: error.to_string() };
            for (families, values) in [(&observable.positive, positive), (&observable.negative, negative)] {
                for &family in families {
                    engine.set(family, &values).map_err(invalid)?;
                }
            }
        }
        Ok(())
    }

    /// Makes these concentrations the initial ones.
    pub fn start_at(&mut self, concentrations: &[f64]) {
        let handles: Vec<_> = self.lowered.crn.species.iter().map(|(handle, _)| handle).collect();
        for handle in handles {
            let range = self.lowered.info.species_range(handle);
            self.lowered.crn.species[handle].initial.copy_from_slice(&concentrations[range]);
        }
    }

    /// Identifier of a species by its place in the whole state.
    pub fn species_id(&self, species: usize) -> String {
        let (family, flat) = self.lowered.info.locate(species);
        let mut id = String::new();
        namer::species_id(&self.lowered.crn, &self.lowered.crn.species[family], flat, &mut id);
        id
    }

    /// Identifier of the value of a node, 0-based: `y_1`.
    pub fn value_id(&self, node: usize, at: usize) -> String {
        let observable = &self.lowered.crn.observables[node];
        let mut id = String::new();
        namer::human_name(&self.lowered.crn, "", &[observable.axis], at, "", &mut id);
        let indices = id.trim_matches(['[', ']']).replace(',', "_");
        namer::bare(&format!("{}_{indices}", observable.stem))
    }
}

impl Runner<'_> {
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
        if self.pot.lowered.clocked().is_some() {
            return cycles::tolerances(&self.pot.model, &self.engine, &self.pot.lowered);
        }
        Tolerances::new(self.pot.model.simulation.relative, self.pot.model.simulation.absolute)
    }

    /// Follows the time course to its fixed point; that of a phased pot through one cycle from its initial state.
    pub fn settle(&mut self, state: &mut [f64]) -> Result<Settled, Error> {
        self.settle_within(Settle::default().max_steps, state)
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
pub fn settle_all(runner: &Runner<'_>, inputs: &[&[f64]]) -> Vec<Result<Vec<f64>, Error>> {
    let output = runner.pot.model.output;
    parallel::map(inputs.len(), parallel::cores(), runner, |runner, at| {
        runner.set_input(inputs[at])?;
        let mut state = runner.initial_state();
        runner.settle(&mut state)?;
        Ok(runner.value(&state, output))
    })
}

/// What a solver's error means where a pot learns: its end is that of the presentations, and no other can be given.
pub fn explain_learning(pot: &Compiled, runner: &Runner<'_>, error: &Error, doing: &str) -> Diagnostic {
    let mut finding = explain(pot, runner, error, doing);
    if matches!(error, Error::TooManySteps { .. } | Error::OutOfReach { .. }) {
        finding.help = vec![STIFF.to_owned(), SLOWER.to_owned()];
    }
    finding
}

/// What a solver's error means for the user. `doing` completes "… while …".
pub fn explain(pot: &Compiled, runner: &Runner<'_>, error: &Error, doing: &str) -> Diagnostic {
    let units = pot.time_units();
    match error {
        Error::NotSettled { time, residual, slowest_rate } => {
            let mut finding = Diagnostic::global(
                Severity::Error,
                codes::NOT_SETTLED,
                format!("{doing}: the pot has not settled at time {}{units}", crate::numbers::short(*time)),
            );
            if residual.is_finite() {
                finding = finding.help(format!(
                    "it is still about {} of its values away from rest",
                    crate::numbers::short(*residual)
                ));
            }
            if let Some(rate) = slowest_rate {
                finding = finding.help(format!(
                    "its slowest part approaches at a rate of {}",
                    crate::numbers::short(*rate)
                ));
            }
            finding
        }
        Error::NonFinite { variable: Some(variable), time } => {
            let name = runner.state_id(*variable).unwrap_or_else(|| "a species".to_owned());
            solver_failed(format!(
                "{doing}: the concentration of `{name}` leaves the range of numbers at time {}{units}",
                crate::numbers::short(*time)
            ))
            .help("larger concentrations than numbers can hold mean that the chemistry does not settle")
        }
        Error::TooManySteps { time, steps } => solver_failed(format!(
            "{doing}: the limit of {} steps was reached at time {}{units}",
            crate::numbers::count(*steps),
            crate::numbers::short(*time)
        ))
        .help(NEVER_RESTS),
        Error::OutOfReach { time, steps, end } => solver_failed(format!(
            "{doing}: {} steps reached time {}{units}; at that pace time {} is out of reach",
            crate::numbers::count(*steps),
            crate::numbers::short(*time),
            crate::numbers::short(*end)
        ))
        .help(NEVER_RESTS),
        other => solver_failed(format!("{doing}: {other}"))
            .help("try `simulate { method = rosenbrock(rtol = 1e-6, atol = 1e-9); }`"),
    }
}

/// Why steps come to no end.
const NEVER_RESTS: &str = "what never rests, such as a clock, takes its steps for ever: give an end that is nearer, as `--until 100`";

/// Why steps are short where a pot learns.
const STIFF: &str = "large errors drive the weights by fast reactions, which take short steps: scale the targets, as by `target_scale = minmax(0, 1);`";
const SLOWER: &str = "or let the weights change more slowly: a smaller `rate` in `rule`";

fn solver_failed(message: String) -> Diagnostic {
    Diagnostic::global(Severity::Error, codes::SOLVER_FAILED, message)
}

impl Compiled {
    /// What follows a time: ` s`, ` x 7 s`, or nothing where numbers have no units.
    pub fn time_units(&self) -> String {
        match UnitSystem::new(&self.lowered.crn.units).ok().and_then(|units| units.time_words()) {
            None => String::new(),
            Some(multiple) if multiple.contains(' ') => format!(" x {multiple}"),
            Some(unit) => format!(" {unit}"),
        }
    }
}

impl Runner<'_> {
    /// Identifier of a variable of the state.
    fn state_id(&self, variable: usize) -> Option<String> {
        self.pot.lowered.crn.species.iter().find_map(|(handle, family)| {
            let range = self.engine.state_range(handle).filter(|range| range.contains(&variable))?;
            let mut id = String::new();
            namer::species_id(&self.pot.lowered.crn, family, variable - range.start, &mut id);
            Some(id)
        })
    }
}
