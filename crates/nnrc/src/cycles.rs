//! The course of a phased pot, a cycle at a time.
//!
//! A cycle ends when the last species of the clock rises through 1/2: the last phase is over, the next cycle has not
//! begun, and every register holds its value.

use nnrc_crn::{Crn, CrnInfo};
use nnrc_engine::Engine;
use nnrc_lower::Lowered;
use nnrc_lower::phased::{Clocked, Judge, halt};
use nnrc_model::clock;
use nnrc_model::{Clock, Model};
use nnrc_sim::{Error, Integrator, Method, Rises, Standing, Tolerances};

/// A chemical clock that shows no rise for so many periods has stopped.
const STOPPED: f64 = 2.0;
/// The level through which the last species of the clock rises at the end of a cycle.
const LEVEL: f64 = 0.5;
/// No course is followed further.
const END: f64 = 1e12;

/// A course.
pub struct Cycles<'a> {
    engine: Engine,
    clocked: &'a Clocked,
    tolerances: Tolerances,
    method: Method,
    period: f64,
    time: f64,
    drive: Drive,
}

enum Drive {
    /// The pot's own clock.
    Chemical(Box<Rises>),
    /// Gates set from outside, each on for a phase and off for another.
    External { state: Vec<f64>, phase: f64, gates: usize },
}

/// Where a course stands at the end of a cycle.
#[derive(Clone)]
pub struct CyclePosition {
    /// That end.
    pub time: f64,
    /// The state there.
    pub state: Vec<f64>,
    /// The integration, which has gone on to the end of its step; none where gates are set from outside, since every
    /// gate begins one.
    pub standing: Option<Standing>,
}

/// The tolerances of a model's course: those of `simulate`, for the clock what its tails need.
pub fn tolerances(model: &Model, engine: &Engine, (crn, clocked): (&Crn, &Clocked)) -> Tolerances {
    let simulation = &model.simulation;
    let clock = clock::tolerance(&clocked.settings);
    engine.tolerances(crn, simulation.relative, simulation.absolute, clock)
}

/// The method: explicit unless the file says otherwise, because everything fast in a phased pot is as fast as
/// its clock, and the clock keeps steps short.
pub fn method(method: nnrc_model::Method) -> Method {
    match method {
        nnrc_model::Method::Rosenbrock => Method::Rosenbrock,
        _ => Method::Explicit,
    }
}

/// Called at the times that were asked for.
pub struct Probe<'a> {
    due: std::iter::Peekable<std::slice::Iter<'a, f64>>,
    buffer: Vec<f64>,
    observe: &'a mut dyn FnMut(f64, &[f64], &Engine),
}

impl<'a> Probe<'a> {
    /// Calls `observe` at each of `times`, which are sorted.
    pub fn new(times: &'a [f64], observe: &'a mut dyn FnMut(f64, &[f64], &Engine)) -> Self {
        Self { due: times.iter().peekable(), buffer: Vec::new(), observe }
    }

    fn at_start(&mut self, state: &[f64], engine: &Engine) {
        while let Some(time) = self.due.next_if(|time| **time <= 0.0) {
            (self.observe)(*time, state, engine);
        }
    }

    fn step(&mut self, integrator: &Integrator, engine: &Engine) {
        self.buffer.resize(integrator.state().len(), 0.0);
        while let Some(time) = self.due.next_if(|time| **time <= integrator.time()) {
            integrator.interpolate(*time, &mut self.buffer);
            (self.observe)(*time, &self.buffer, engine);
        }
    }
}

impl<'a> Cycles<'a> {
    /// Begins at the initial state of the engine.
    ///
    /// # Errors
    ///
    /// A pot without a clock, and those of the solver.
    pub fn new(model: &Model, lowered: &'a Lowered, engine: Engine) -> Result<Self, Error> {
        let still = || Error::Invalid { reason: "the clock stands still".to_owned() };
        let clocked = lowered.clocked().ok_or_else(still)?;
        let mut engine = engine;
        let state = engine.initial_state();
        let tolerances = tolerances(model, &engine, (&lowered.crn, clocked));
        let method = method(model.simulation.method);
        let species = clock_species(&lowered.info, clocked);
        let period = clocked.period(&lowered.info);
        let drive = match (clocked.settings.clock, engine.state_range(clocked.clock)) {
            (Clock::External { phase }, _) => Drive::External { state, phase, gates: species },
            (_, Some(range)) => {
                let last = (range.end - 1, LEVEL);
                let rises = Rises::start(&mut engine, method, &tolerances, &state, 0.0..END, last)?;
                Drive::Chemical(Box::new(rises))
            }
            (_, None) => return Err(still()),
        };
        Ok(Self { engine, clocked, tolerances, method, period, time: 0.0, drive })
    }

    /// Where it stands; after [`next`](Self::next) has given the end of a cycle.
    pub fn place(&self) -> CyclePosition {
        let standing = match &self.drive {
            Drive::Chemical(rises) => Some(rises.integrator().standing()),
            Drive::External { .. } => None,
        };
        CyclePosition { time: self.time, state: self.state().to_vec(), standing }
    }

    /// Goes on from where a course of the same pot stood, to the same bits.
    pub fn go_to(&mut self, place: &CyclePosition) -> Result<(), Error> {
        match (&mut self.drive, &place.standing, self.engine.state_range(self.clocked.clock)) {
            (Drive::Chemical(rises), Some(standing), Some(range)) => {
                let (last, stood) = ((range.end - 1, LEVEL), (standing, place.state.as_slice()));
                **rises =
                    Rises::resume(&mut self.engine, self.method, &self.tolerances, stood, 0.0..END, last)?;
            }
            (Drive::External { state, .. }, None, _) if state.len() == place.state.len() => {
                state.copy_from_slice(&place.state);
            }
            _ => return Err(Error::Invalid { reason: "the place is one of another pot".to_owned() }),
        }
        self.time = place.time;
        Ok(())
    }

    /// The predicted length of a cycle.
    pub fn period(&self) -> f64 {
        self.period
    }

    /// Time reached.
    pub fn time(&self) -> f64 {
        self.time
    }

    /// Follows the next cycle; the time of its end, or none if the clock has stopped. Where gates are set from outside, none
    /// opens after the halt.
    pub fn next(&mut self, probe: Option<&mut Probe<'_>>) -> Result<Option<f64>, Error> {
        let mut probe = probe;
        let until = self.time + STOPPED * self.period;
        if let Some(probe) = &mut probe {
            probe.at_start(self.drive.state(), &self.engine);
        }
        match &mut self.drive {
            Drive::Chemical(rises) => {
                // The engine is busy integrating; a copy of it, which shares everything, reads.
                let reader = self.engine.clone();
                let found = rises.next(&mut self.engine, until, |integrator| {
                    if let Some(probe) = &mut probe {
                        probe.step(integrator, &reader);
                    }
                })?;
                self.time = found.unwrap_or(until);
                Ok(found)
            }
            Drive::External { state, phase, gates } => {
                let judge = self.clocked.learning.and_then(|learning| learning.judge);
                let mut halted = false;
                for gate in 0..*gates {
                    let halt =
                        |judge: Judge| self.engine.state_range(judge.halt).map(|range| state[range.start]);
                    halted |=
                        gate.is_multiple_of(2) && judge.and_then(halt).is_some_and(|halt| halt > halt::LEVEL);
                    let mut levels = clock::levels(*gates, gate);
                    if halted {
                        levels.fill(clock::OFF);
                    }
                    // HALT takes the gates away: beside a judge they are part of the state.
                    let set = self.engine.set_in(state, self.clocked.clock, &levels);
                    set.map_err(|error| Error::Invalid { reason: error.to_string() })?;
                    let span = self.time..self.time + *phase;
                    self.time = span.end;
                    let mut integrator = Integrator::new(state.len());
                    integrator.start(&mut self.engine, self.method, &self.tolerances, state, span)?;
                    follow(&mut integrator, &mut self.engine, probe.as_deref_mut())?;
                    state.copy_from_slice(integrator.state());
                }
                Ok((!halted).then_some(self.time))
            }
        }
    }

    /// The state at the end of the last cycle.
    pub fn state(&self) -> &[f64] {
        self.drive.state()
    }
}

impl Drive {
    fn state(&self) -> &[f64] {
        match self {
            Self::Chemical(rises) => rises.state(),
            Self::External { state, .. } => state,
        }
    }
}

fn follow(
    integrator: &mut Integrator,
    engine: &mut Engine,
    mut probe: Option<&mut Probe<'_>>,
) -> Result<(), Error> {
    while !integrator.finished() {
        integrator.step(engine)?;
        if let Some(probe) = &mut probe {
            probe.step(integrator, engine);
        }
    }
    Ok(())
}

/// Number of species of the clock.
pub fn clock_species(info: &CrnInfo, clocked: &Clocked) -> usize {
    info.species_range(clocked.clock).len()
}
