//! One step at a time: acceptance, step sizes, positivity, and the change between the two methods.

mod standing;

pub use standing::Standing;

use crate::control::{Scale, first_non_finite, first_step, largest_drop, norm};
use crate::elementary::power;
use crate::error::Error;
use crate::explicit::{self, Tsit5};
use crate::rosenbrock::{self, Rodas4};
use crate::rosenbrock_w::{self, Ros34Pw2};
use crate::settings::{Absolute, Method, Statistics, Tolerances};
use crate::system::Layered;
use std::ops::Range;

/// Steps, accepted and rejected, after which an integration gives up unless told otherwise.
pub const STEP_LIMIT: usize = 10_000_000;
/// A state this many absolute tolerances below zero is not accepted at once.
const BELOW_ZERO: f64 = 10.0;
/// How often steps are halved for going below zero before the error estimate alone decides, and the steps
/// in a row without a halving after which halvings are allowed again: what truly crosses zero must not be
/// approached in ever smaller steps.
const BELOW_ZERO_RETRIES: usize = 5;
const STEPS_ABOVE_ZERO: usize = 5;
/// Part of the explicit stability bound above which the step counts as limited by stability. Near the bound
/// the error of fast modes that only follow slow ones already holds the step back.
const STIFF: f64 = 0.5;
/// Part of the bound below which an explicit method could take the steps of the Rosenbrock method.
const EASY: f64 = 0.75;
/// Explicit steps after which stiffness is looked for, unless the steps are growing; the interval doubles
/// each time none is found, and each time the Rosenbrock method is left, up to the last one.
const FIRST_LOOK: usize = 8;
const LAST_LOOK: usize = 128;
/// Products with the Jacobian in one look.
const LOOK_PRODUCTS: usize = 6;
/// Steps that have grown by more than this are not limited by stability.
const GROWING: f64 = 1.5;
/// A Rosenbrock method is not started for fewer remaining explicit steps than this: it costs about twice
/// as much per step and needs some steps to find its size.
const STEPS_WORTH_A_SWITCH: f64 = 25.0;
/// So many Rosenbrock steps in a row, each one an explicit method could take, lead back.
const EASY_STEPS: usize = 8;

/// An integration that can be followed step by step, and its work vectors, which later integrations of the
/// same dimension use again: no step allocates.
///
/// Order of calls: [`start`](Self::start), then [`step`](Self::step) until [`finished`](Self::finished).
pub struct Integrator {
    tsit5: Tsit5,
    rodas4: Rodas4,
    ros34pw2: Ros34Pw2,
    before: Vec<f64>,
    state: Vec<f64>,
    next: Vec<f64>,
    absolute: Vec<f64>,
    /// What counts as below zero: 0, or the start of a variable that started below it.
    floor: Vec<f64>,
    /// Direction of the power iteration that estimates the fastest rate.
    direction: Vec<f64>,
    product: Vec<f64>,
    relative: f64,
    method: Method,
    active: Active,
    /// Method of the last accepted step, which owns the dense output.
    last: Active,
    time: f64,
    previous: f64,
    end: f64,
    /// Length proposed for the next step.
    step: f64,
    /// Error of the last accepted step, and its length for the Rosenbrock controller (0: none yet).
    past_error: f64,
    past_step: f64,
    /// Whether the explicit method knows the derivative at the present state as its last stage.
    slope_known: bool,
    stiffness: Stiffness,
    /// Halvings for going below zero, and accepted steps since the last one.
    halvings: usize,
    steps_above_zero: usize,
    step_limit: usize,
    statistics: Statistics,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Active {
    Explicit,
    Rosenbrock,
    RosenbrockW,
}

/// What is remembered to decide about a change of method.
#[derive(Clone, Copy)]
struct Stiffness {
    /// Explicit steps since the last look, of which the first had length `first_step`.
    steps: usize,
    first_step: f64,
    /// Steps between looks.
    interval: usize,
    /// Rosenbrock steps in a row that an explicit method could take.
    easy: usize,
}

impl Stiffness {
    const UNKNOWN: Stiffness = Stiffness { steps: 0, first_step: 0.0, interval: FIRST_LOOK, easy: 0 };
}

impl Integrator {
    /// Work vectors for `dimension` variables.
    pub fn new(dimension: usize) -> Self {
        let vector = || vec![0.0; dimension];
        Integrator {
            tsit5: Tsit5::new(dimension),
            rodas4: Rodas4::new(dimension),
            ros34pw2: Ros34Pw2::new(dimension),
            before: vector(),
            state: vector(),
            next: vector(),
            absolute: vector(),
            floor: vector(),
            direction: vector(),
            product: vector(),
            relative: 0.0,
            method: Method::Auto,
            active: Active::Explicit,
            last: Active::Explicit,
            time: 0.0,
            previous: 0.0,
            end: 0.0,
            step: 0.0,
            past_error: 0.0,
            past_step: 0.0,
            slope_known: false,
            stiffness: Stiffness::UNKNOWN,
            halvings: 0,
            steps_above_zero: 0,
            step_limit: STEP_LIMIT,
            statistics: Statistics::default(),
        }
    }

    /// Limits the steps, accepted and rejected, of the integrations that follow (ten million at first).
    pub fn limit_steps(&mut self, steps: usize) {
        self.step_limit = steps;
    }

    /// Begins an integration at `state` over `span`, with three evaluations at most.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] where lengths, times or tolerances make no sense, [`Error::NonFinite`] where the
    /// state or its derivative is not finite.
    pub fn start<S: Layered + ?Sized>(
        &mut self,
        system: &mut S,
        method: Method,
        tolerances: &Tolerances,
        state: &[f64],
        span: Range<f64>,
    ) -> Result<(), Error> {
        self.check(system.dimension(), tolerances, state, &span)?;
        self.place(method, tolerances, state, span);
        if self.finished() {
            return Ok(());
        }
        self.first_stage(system)?;
        let scale = Scale { relative: self.relative, absolute: &self.absolute };
        let (derivative, scratch) = self.tsit5.before_step();
        let order = match self.active {
            Active::Explicit => 5,
            Active::Rosenbrock => 4,
            Active::RosenbrockW => 3,
        };
        self.step = first_step(system, &self.state, derivative, scale, order, scratch);
        self.statistics.evaluations += 1;
        Ok(())
    }

    /// As [`start`](Self::start), with a first step of known length, which saves an evaluation: for integrations
    /// that follow each other and begin alike. What was before has no other influence on what follows.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start); [`Error::Invalid`] for a step that is not positive and finite.
    pub fn start_with_step<S: Layered + ?Sized>(
        &mut self,
        system: &mut S,
        method: Method,
        tolerances: &Tolerances,
        state: &[f64],
        (span, step): (Range<f64>, f64),
    ) -> Result<(), Error> {
        self.check(system.dimension(), tolerances, state, &span)?;
        if !positive(step) {
            return Err(Error::Invalid { reason: format!("a first step of {step} cannot be taken") });
        }
        self.place(method, tolerances, state, span);
        self.step = step;
        if self.finished() { Ok(()) } else { self.first_stage(system) }
    }

    /// Puts everything to where an integration begins, but for the first stage and the first step.
    fn place(&mut self, method: Method, tolerances: &Tolerances, state: &[f64], span: Range<f64>) {
        match &tolerances.absolute {
            Absolute::Uniform(absolute) => self.absolute.fill(*absolute),
            Absolute::Each(absolute) => self.absolute.copy_from_slice(absolute),
        }
        self.relative = tolerances.relative;
        self.state.copy_from_slice(state);
        self.before.copy_from_slice(state);
        for (floor, state) in self.floor.iter_mut().zip(state) {
            *floor = state.min(0.0);
        }
        self.method = method;
        self.active = match method {
            Method::Auto | Method::Explicit => Active::Explicit,
            Method::Rosenbrock => Active::Rosenbrock,
            Method::RosenbrockW => Active::RosenbrockW,
        };
        self.last = self.active;
        (self.time, self.previous, self.end) = (span.start, span.start, span.end);
        (self.past_error, self.past_step) = (1e-4, 0.0);
        self.slope_known = false;
        self.stiffness = Stiffness::UNKNOWN;
        self.direction.fill(0.0);
        (self.halvings, self.steps_above_zero) = (0, 0);
        self.statistics = Statistics::default();
    }

    /// The derivative at the start.
    fn first_stage<S: Layered + ?Sized>(&mut self, system: &mut S) -> Result<(), Error> {
        self.tsit5.begin(system, &self.state);
        self.statistics.evaluations += 1;
        match first_non_finite(self.tsit5.before_step().0) {
            Some(variable) => Err(Error::NonFinite { time: self.time, variable: Some(variable) }),
            None => Ok(()),
        }
    }

    fn check(
        &self,
        dimension: usize,
        tolerances: &Tolerances,
        state: &[f64],
        span: &Range<f64>,
    ) -> Result<(), Error> {
        let invalid = |reason: String| Err(Error::Invalid { reason });
        let own = self.state.len();
        if state.len() != own || dimension != own {
            return invalid(format!(
                "{own} variables expected, not {} in a system of {dimension}",
                state.len()
            ));
        }
        if !(span.start.is_finite() && span.end.is_finite() && span.start <= span.end) {
            return invalid(format!("the time span from {} to {} cannot be followed", span.start, span.end));
        }
        let (count, good) = match &tolerances.absolute {
            Absolute::Uniform(absolute) => (own, positive(*absolute)),
            Absolute::Each(absolute) => (absolute.len(), absolute.iter().copied().all(positive)),
        };
        if count != own {
            return invalid(format!("{own} absolute tolerances expected, not {count}"));
        }
        if !good || !(tolerances.relative == 0.0 || positive(tolerances.relative)) {
            return invalid("tolerances must be positive and finite".to_owned());
        }
        match first_non_finite(state) {
            Some(variable) => Err(Error::NonFinite { time: span.start, variable: Some(variable) }),
            None => Ok(()),
        }
    }

    /// Moves the end of the span; method, step and statistics go on as they are.
    pub fn extend(&mut self, end: f64) {
        self.end = end;
    }

    /// Goes on from another state, which something outside the equations has made of the present one, or with
    /// equations that have changed.
    pub fn jump(&mut self, state: &[f64]) {
        self.state.copy_from_slice(state);
        self.slope_known = false;
    }

    /// Time reached.
    pub fn time(&self) -> f64 {
        self.time
    }

    /// State at the time reached.
    pub fn state(&self) -> &[f64] {
        &self.state
    }

    /// Time at which the last step began.
    pub fn previous_time(&self) -> f64 {
        self.previous
    }

    /// Length of the last accepted step, 0 before there was one.
    pub fn last_step(&self) -> f64 {
        self.time - self.previous
    }

    /// Whether the end of the span is reached.
    pub fn finished(&self) -> bool {
        self.time >= self.end
    }

    /// What the integration has cost so far.
    pub fn statistics(&self) -> &Statistics {
        &self.statistics
    }

    /// Writes the state at `time`, which lies within the last step (nearest end otherwise), into `out`.
    pub fn interpolate(&self, time: f64, out: &mut [f64]) {
        if time >= self.time || self.time <= self.previous {
            out.copy_from_slice(&self.state);
            return;
        }
        let step = self.time - self.previous;
        let theta = ((time - self.previous) / step).max(0.0);
        match self.last {
            Active::Explicit => self.tsit5.interpolate(theta, step, &self.before, out),
            Active::Rosenbrock => self.rodas4.interpolate(theta, &self.before, &self.state, out),
            Active::RosenbrockW => {
                self.ros34pw2.interpolate(theta, step, &self.before, &self.state, out);
            }
        }
    }

    /// Takes one accepted step, at most to the end of the span; does nothing once that is reached.
    ///
    /// # Errors
    ///
    /// [`Error::StepTooSmall`], [`Error::TooManySteps`], [`Error::NonFinite`] or [`Error::Cancelled`]; time and state
    /// stay those of the last accepted step.
    pub fn step<S: Layered + ?Sized>(&mut self, system: &mut S) -> Result<(), Error> {
        if self.finished() {
            return Ok(());
        }
        if system.is_cancelled() {
            return Err(Error::Cancelled { time: self.time });
        }
        self.begin_step(system)?;
        let (mut rejected, mut non_finite) = (false, false);
        loop {
            if self.statistics.steps + self.statistics.rejected >= self.step_limit {
                return Err(Error::TooManySteps { time: self.time, steps: self.step_limit });
            }
            let remaining = self.end - self.time;
            let last = self.step * 1.01 >= remaining;
            let step = if last { remaining } else { self.step };
            let smallest = (4.0 * f64::EPSILON * self.time.abs()).max(f64::MIN_POSITIVE);
            if step <= smallest && !last {
                return Err(if non_finite {
                    Error::NonFinite { time: self.time, variable: first_non_finite(&self.next) }
                } else {
                    Error::StepTooSmall { time: self.time, step }
                });
            }
            let error = self.attempt(system, step);
            non_finite = !error.is_finite();
            if error.is_nan() || error > 1.0 {
                self.step = step * self.shrink(error);
            } else if self.halvings < BELOW_ZERO_RETRIES && self.falls_below_zero() {
                self.halvings += 1;
                self.steps_above_zero = 0;
                self.step = 0.5 * step;
            } else {
                self.accept(step, last, error, rejected);
                break;
            }
            rejected = true;
            self.statistics.rejected += 1;
        }
        if self.active == Active::RosenbrockW {
            self.ros34pw2.finish(system, &self.state);
            self.statistics.evaluations += 1;
            self.slope_known = true;
        }
        if self.method == Method::Auto {
            self.choose_method(system);
        }
        Ok(())
    }

    fn begin_step<S: Layered + ?Sized>(&mut self, system: &mut S) -> Result<(), Error> {
        match self.active {
            Active::Explicit if self.slope_known => self.tsit5.advance(),
            Active::Explicit => {
                // At the very start the first stage is known from the choice of the first step.
                if self.statistics.steps > 0 {
                    self.tsit5.begin(system, &self.state);
                    self.statistics.evaluations += 1;
                }
            }
            Active::Rosenbrock => {
                self.rodas4.begin(system, &self.state);
                self.statistics.evaluations += 1;
                self.statistics.linearisations += 1;
                if let Some(variable) = first_non_finite(self.rodas4.derivative()) {
                    return Err(Error::NonFinite { time: self.time, variable: Some(variable) });
                }
            }
            Active::RosenbrockW => {
                if self.slope_known {
                    self.ros34pw2.advance();
                } else {
                    self.ros34pw2.begin(system, &self.state);
                    self.statistics.evaluations += 1;
                }
                system.linearise(&self.state);
                self.statistics.linearisations += 1;
                if let Some(variable) = first_non_finite(self.ros34pw2.derivative()) {
                    return Err(Error::NonFinite { time: self.time, variable: Some(variable) });
                }
            }
        }
        self.slope_known = false;
        Ok(())
    }

    fn attempt<S: Layered + ?Sized>(&mut self, system: &mut S, step: f64) -> f64 {
        let scale = Scale { relative: self.relative, absolute: &self.absolute };
        match self.active {
            Active::Explicit => {
                self.statistics.evaluations += explicit::EVALUATIONS;
                self.tsit5.attempt(system, &self.state, step, &mut self.next, scale)
            }
            Active::Rosenbrock => {
                self.statistics.evaluations += rosenbrock::EVALUATIONS;
                self.statistics.solves += rosenbrock::SOLVES;
                self.rodas4.attempt(system, &self.state, step, &mut self.next, scale)
            }
            Active::RosenbrockW => {
                self.statistics.evaluations += rosenbrock_w::EVALUATIONS;
                self.statistics.solves += rosenbrock_w::SOLVES;
                self.ros34pw2.attempt(system, &self.state, step, &mut self.next, scale)
            }
        }
    }

    /// Factor on the step after a step whose error was too large.
    fn shrink(&self, error: f64) -> f64 {
        let order = match self.active {
            Active::Explicit => 5.0,
            Active::Rosenbrock => 4.0,
            Active::RosenbrockW => 3.0,
        };
        if error.is_finite() { (0.9 * power(error, -1.0 / order)).clamp(0.1, 0.9) } else { 0.1 }
    }

    fn falls_below_zero(&self) -> bool {
        let mut falls = false;
        for i in 0..self.next.len() {
            let limit = self.floor[i] - BELOW_ZERO * self.absolute[i];
            falls |= self.next[i] < limit && self.state[i] >= limit;
        }
        falls
    }

    fn accept(&mut self, step: f64, last: bool, error: f64, rejected: bool) {
        std::mem::swap(&mut self.before, &mut self.state);
        std::mem::swap(&mut self.state, &mut self.next);
        self.previous = self.time;
        self.time = if last { self.end } else { self.time + step };
        self.last = self.active;
        self.statistics.steps += 1;
        self.steps_above_zero += 1;
        if self.steps_above_zero >= STEPS_ABOVE_ZERO {
            self.halvings = 0;
        }
        self.statistics.undershoot = largest_drop(&self.floor, &self.state).max(self.statistics.undershoot);
        let growth = match self.active {
            Active::Explicit => {
                self.slope_known = true;
                self.explicit_growth(error)
            }
            Active::Rosenbrock => {
                self.statistics.rosenbrock_steps += 1;
                self.rosenbrock_growth(step, error, 0.25)
            }
            Active::RosenbrockW => {
                self.statistics.rosenbrock_steps += 1;
                self.rosenbrock_growth(step, error, 1.0 / 3.0)
            }
        };
        self.step = step * if rejected { growth.min(1.0) } else { growth };
    }

    /// Proportional and integral control, with the exponents that suit Tsit5.
    fn explicit_growth(&mut self, error: f64) -> f64 {
        let quotient = power(error, 7.0 / 50.0) / power(self.past_error, 2.0 / 25.0);
        self.past_error = error.max(1e-4);
        (0.9 / quotient).clamp(0.2, 10.0)
    }

    /// The predictive controller of Gustafsson, as in RODAS: the error is assumed to change further as it
    /// changed between the last two steps. It is the error to the power of `exponent` that the step is in proportion to.
    fn rosenbrock_growth(&mut self, step: f64, error: f64, exponent: f64) -> f64 {
        let mut quotient = power(error, exponent) / 0.9;
        if self.past_step > 0.0 {
            let predicted = self.past_step / step * power(error * error / self.past_error, exponent) / 0.9;
            quotient = quotient.max(predicted);
        }
        self.past_step = step;
        self.past_error = error.max(1e-2);
        1.0 / quotient.clamp(1.0 / 6.0, 5.0)
    }

    fn choose_method<S: Layered + ?Sized>(&mut self, system: &mut S) {
        match self.active {
            Active::Explicit => self.consider_rosenbrock(system),
            Active::Rosenbrock => self.consider_explicit(system),
            Active::RosenbrockW => {}
        }
    }

    /// Looks for stiffness by the Jacobian: where slow and fast variables mix, the usual estimate from the
    /// last two stages is too low by an order of magnitude for thousands of steps.
    fn consider_rosenbrock<S: Layered + ?Sized>(&mut self, system: &mut S) {
        let step = self.time - self.previous;
        let stiffness = &mut self.stiffness;
        if stiffness.steps == 0 || step > GROWING * stiffness.first_step {
            (stiffness.steps, stiffness.first_step) = (0, step);
        }
        stiffness.steps += 1;
        if stiffness.steps < stiffness.interval || self.end - self.time < STEPS_WORTH_A_SWITCH * step {
            return;
        }
        (stiffness.steps, stiffness.interval) = (0, LAST_LOOK.min(2 * stiffness.interval));
        system.linearise(&self.state);
        self.statistics.linearisations += 1;
        self.tsit5.late_change(&mut self.product);
        for (direction, change) in self.direction.iter_mut().zip(&self.product) {
            *direction += change;
        }
        let mut rate = 0.0;
        for _ in 0..LOOK_PRODUCTS {
            rate = self.fastest_rate(system);
        }
        if rate * step > STIFF * explicit::STABILITY {
            self.change_to(Active::Rosenbrock);
        }
    }

    /// Leaves the Rosenbrock method where its steps stay within what the explicit one could take: where
    /// they no longer grow, one product with the Jacobian per step tells.
    fn consider_explicit<S: Layered + ?Sized>(&mut self, system: &mut S) {
        let step = self.time - self.previous;
        if self.step > GROWING * step {
            self.stiffness.easy = 0;
            return;
        }
        let easy = self.fastest_rate(system) * step < EASY * explicit::STABILITY;
        self.stiffness.easy = if easy { self.stiffness.easy + 1 } else { 0 };
        if self.stiffness.easy >= EASY_STEPS {
            self.change_to(Active::Explicit);
        }
    }

    /// One step of the power iteration at the last linearisation; the estimate improves from call to call.
    fn fastest_rate<S: Layered + ?Sized>(&mut self, system: &mut S) -> f64 {
        let length = norm(&self.direction);
        if !(length > 0.0 && length.is_finite()) {
            self.direction.fill(1.0);
            return f64::INFINITY;
        }
        for direction in &mut self.direction {
            *direction /= length;
        }
        system.jacobian_times(&self.direction, &mut self.product);
        std::mem::swap(&mut self.direction, &mut self.product);
        norm(&self.direction)
    }

    fn change_to(&mut self, active: Active) {
        self.active = active;
        self.slope_known = false;
        (self.stiffness.steps, self.stiffness.easy) = (0, 0);
        self.statistics.switches += 1;
        (self.past_error, self.past_step) = (1e-4, 0.0);
    }
}

fn positive(value: f64) -> bool {
    value > 0.0 && value.is_finite()
}
