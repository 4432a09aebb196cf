//! The time course of a disturbed system, piece by piece between the times at which something jumps.

use nnrc_sim::{Error, Integrator, Layered, Method, Tolerances};

use crate::langevin::Directions;
use crate::random::{Purpose, Stream};
use crate::rates::{Factors, Rates};

/// A system whose rate constants can be changed, and whose reactions are known by the directions of their changes.
pub trait Disturbed: Layered {
    /// The undisturbed rate constant of every reaction; 0 where there is none.
    fn nominal(&self) -> Vec<f64>;

    /// Replaces the rate constants, as many as [`Disturbed::nominal`] has.
    fn set_rate_constants(&mut self, values: &[f64]);

    /// The directions of net changes.
    fn directions(&self) -> &Directions;

    /// Writes Σ c² v over the reactions of each direction, where c is their net change in units of the direction and
    /// v their flux at `state`.
    fn activity(&mut self, state: &[f64], activity: &mut [f64]);
}

/// How concentrations are disturbed.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Concentrations {
    /// Not at all.
    #[default]
    None,
    /// Every concentration of the state is multiplied by max(0, 1 + size N).
    Kicks {
        /// Standard deviation of the factor.
        size: f64,
        /// Time between two kicks, in time units.
        every: f64,
    },
    /// The noise of finite numbers of molecules, to first order in the step.
    Langevin {
        /// Molecules that the concentration 1 means.
        volume: f64,
        /// Time step of the noise, in time units; between steps the equations are integrated with error control.
        step: f64,
    },
}

/// What is disturbed, and how.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Disturbance {
    /// Rate constants.
    pub rates: Rates,
    /// Concentrations.
    pub concentrations: Concentrations,
}

impl Concentrations {
    fn step(self) -> Option<f64> {
        match self {
            Self::None => None,
            Self::Kicks { every, .. } => Some(every),
            Self::Langevin { step, .. } => Some(step),
        }
    }
}

/// One replicate of a disturbance: its draws, and the time course under them.
///
/// Order of calls: [`present`](Self::present) for each presentation, each followed by
/// [`advance`](Self::advance) as often as something is to be read. Time runs on through presentations, and with it the
/// grid of the rate constants; that of the concentrations begins anew with each presentation.
pub struct Disturber {
    disturbance: Disturbance,
    factors: Factors,
    /// Reactions that stand still, and the constants without them.
    frozen: Vec<usize>,
    constants: Vec<f64>,
    stream: Stream,
    activity: Vec<f64>,
    integrator: Integrator,
    tolerances: Tolerances,
    method: Method,
    time: f64,
    /// Where the grids of rates and concentrations begin, and steps taken of them.
    begins: [f64; 2],
    taken: [u64; 2],
    started: bool,
}

impl Disturber {
    /// Draws what holds from the start, and disturbs the rate constants of `system` accordingly.
    ///
    /// The draws depend on the seed and on the number of the replicate alone.
    pub fn new<S: Disturbed + ?Sized>(
        system: &mut S,
        disturbance: Disturbance,
        (seed, replicate): (u64, u64),
        method: Method,
        tolerances: &Tolerances,
    ) -> Self {
        let of = |purpose| Stream::of(seed, replicate, purpose);
        let mut factors = Factors::new(disturbance.rates, &system.nominal(), of(Purpose::Rates));
        factors.begin();
        system.set_rate_constants(factors.values());
        let activity = match disturbance.concentrations {
            Concentrations::Langevin { .. } => vec![0.0; system.directions().len()],
            _ => Vec::new(),
        };
        Self {
            disturbance,
            factors,
            frozen: Vec::new(),
            constants: Vec::new(),
            stream: of(Purpose::Concentrations),
            activity,
            integrator: Integrator::new(system.dimension()),
            tolerances: tolerances.clone(),
            method,
            time: 0.0,
            begins: [0.0; 2],
            taken: [0; 2],
            started: false,
        }
    }

    /// Time reached, in time units.
    pub fn time(&self) -> f64 {
        self.time
    }

    /// Draws what holds for a presentation that begins now.
    pub fn present<S: Disturbed + ?Sized>(&mut self, system: &mut S) {
        if self.factors.present() {
            self.apply(system);
        }
        (self.begins[1], self.taken[1]) = (self.time, 0);
        self.restart();
    }

    /// Begins the integration anew: held species or the state have been set from outside.
    pub fn restart(&mut self) {
        self.started = false;
    }

    /// Stops the reactions at these positions of [`Disturbed::nominal`], until the next call; none: all go on.
    pub fn freeze<S: Disturbed + ?Sized>(&mut self, system: &mut S, reactions: &[usize]) {
        self.frozen.clear();
        self.frozen.extend_from_slice(reactions);
        self.apply(system);
        self.restart();
    }

    /// Hands the present constants to the system.
    fn apply<S: Disturbed + ?Sized>(&mut self, system: &mut S) {
        if self.frozen.is_empty() {
            return system.set_rate_constants(self.factors.values());
        }
        self.constants.clear();
        self.constants.extend_from_slice(self.factors.values());
        for &at in &self.frozen {
            self.constants[at] = 0.0;
        }
        system.set_rate_constants(&self.constants);
    }

    /// Follows the time course for `duration` time units; `state` becomes the last one. What is due at the end has
    /// happened then.
    ///
    /// # Errors
    ///
    /// Those of [`integrate`](nnrc_sim::integrate), with `state` the last one reached.
    pub fn advance<S: Disturbed + ?Sized>(
        &mut self,
        system: &mut S,
        state: &mut [f64],
        duration: f64,
    ) -> Result<(), Error> {
        let end = self.time + duration;
        let steps = [self.factors.step(), self.disturbance.concentrations.step()];
        while self.time < end {
            let due = |at: usize| steps[at].map(|step| self.begins[at] + (self.taken[at] + 1) as f64 * step);
            let next = due(0).into_iter().chain(due(1)).fold(f64::INFINITY, f64::min);
            // Times that differ by rounding only are one.
            let slack = 1e-9 * steps.iter().flatten().fold(duration, |least: f64, step| least.min(*step));
            let is_due = |at: usize, time: f64| due(at).is_some_and(|due| due <= time + slack);
            let until = if next > end - slack { end } else { next };
            let jumps = [is_due(0, until), is_due(1, until)];
            self.follow(system, state, until)?;
            self.time = until;
            if jumps[1] {
                self.taken[1] += 1;
                self.disturb(system, state);
                self.integrator.jump(state);
            }
            if jumps[0] {
                self.taken[0] += 1;
                self.factors.advance();
                self.apply(system);
                self.integrator.jump(state);
            }
        }
        Ok(())
    }

    /// Integrates to a time at which something happens.
    fn follow<S: Disturbed + ?Sized>(
        &mut self,
        system: &mut S,
        state: &mut [f64],
        until: f64,
    ) -> Result<(), Error> {
        if until <= self.time {
            return Ok(());
        }
        if self.started {
            self.integrator.extend(until);
        } else {
            self.integrator.start(system, self.method, &self.tolerances, state, self.time..until)?;
            self.started = true;
        }
        let mut result = Ok(());
        while result.is_ok() && !self.integrator.finished() {
            result = self.integrator.step(system);
        }
        state.copy_from_slice(self.integrator.state());
        result
    }

    /// The jump of concentrations at a time of their grid.
    fn disturb<S: Disturbed + ?Sized>(&mut self, system: &mut S, state: &mut [f64]) {
        match self.disturbance.concentrations {
            Concentrations::None => {}
            Concentrations::Kicks { size, .. } => {
                for x in state.iter_mut() {
                    *x *= (1.0 + size * self.stream.normal()).max(0.0);
                }
            }
            Concentrations::Langevin { volume, step } => {
                system.activity(state, &mut self.activity);
                system.directions().disturb(state, &self.activity, step / volume, &mut self.stream);
            }
        }
    }
}
