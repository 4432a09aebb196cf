//! Noise on a pot with a clock: every replicate runs by itself, to its halt if it learns, and is read at the ends of its
//! cycles, where every register holds its value.

use nnrc_engine::{Engine, NoisyEngine};
use nnrc_lower::phased::{Clocked, Learning, halt};
use nnrc_model::{Clock, clock};
use nnrc_noise::Disturber;
use nnrc_sim::{Error, Tolerances};

use super::case::Case;
use super::halting::Halt;
use super::reading::Outputs;
use super::test_set::TestSet;
use crate::compiled::Compiled;
use crate::cycles;

/// Parts of a phase after which it is asked whether a cycle has ended.
const PARTS: f64 = 4.0;
/// A clock that has not gone round in so many periods has stopped.
const STOPPED: f64 = 2.0;
/// The level through which the last species of the clock rises at the end of a cycle.
const LEVEL: f64 = 0.5;

/// A pot with a clock, ready for replicates.
pub(super) struct UnderClock<'a> {
    pot: &'a Compiled,
    clocked: &'a Clocked,
    engine: NoisyEngine,
    test: &'a TestSet,
    times: &'a [f64],
    tolerances: Tolerances,
    seed: u64,
    /// Cycles that are followed at most, where the running time is the whole of them.
    limit: usize,
}

/// The time after which nobody follows a pot: all epochs of the file, or one cycle of a pot that does not learn; none
/// without a clock.
pub(super) fn whole_time(pot: &Compiled) -> Option<f64> {
    Some(whole(pot) as f64 * pot.lowered.clocked()?.period(&pot.lowered.info))
}

/// The cycles of all epochs, or the one of a pot that does not learn.
fn whole(pot: &Compiled) -> usize {
    pot.model.clocked_sgd().map_or(1, |training| {
        let samples = pot.model.rows(&training.data).len();
        training.epochs * (samples + if training.tolerance.is_some() { 2 } else { 0 })
    })
}

impl<'a> UnderClock<'a> {
    /// Plans the loops; none for a pot without a clock.
    ///
    /// Without running times of the file, `times` is the whole time, and cycles are counted instead: a disturbed clock is
    /// faster or slower.
    pub fn new(
        pot: &'a Compiled,
        test: &'a TestSet,
        (times, are_own): (&'a [f64], bool),
        seed: u64,
    ) -> Option<Self> {
        let (crn, info) = (&pot.lowered.crn, &pot.lowered.info);
        let clocked = pot.lowered.clocked()?;
        let engine = NoisyEngine::new(crn, info);
        let tolerances = cycles::tolerances(&pot.model, &Engine::new(crn, info), (crn, clocked));
        let limit = if are_own { usize::MAX } else { whole(pot) };
        Some(Self { pot, clocked, engine, test, times, tolerances, seed, limit })
    }

    /// One replicate of a disturbance.
    pub fn outputs(&self, case: Case, replicate: u64) -> Result<Outputs, Error> {
        match self.clocked.learning {
            Some(learning) => self.learner(case, replicate, learning),
            None => self.computer(case, replicate),
        }
    }

    /// A pot that computes: every sample starts it afresh.
    fn computer(&self, case: Case, replicate: u64) -> Result<Outputs, Error> {
        let mut outputs = Outputs::default();
        let mut course = Course::new(self, case, replicate);
        for input in &self.test.inputs {
            self.pot.set_input(&mut course.engine, input)?;
            course.begin();
            let mut read = Vec::new();
            let mut last = Vec::new();
            for time in self.times {
                let is_due = |time_now: f64| self.limit == usize::MAX && time_now < *time;
                while is_due(course.time()) || last.is_empty() {
                    if !course.cycle()? {
                        return Err(stopped(&course));
                    }
                    last = course.output();
                }
                read.push(last.clone());
            }
            outputs.values.push(read);
        }
        Ok(outputs)
    }

    /// A pot that learns: the samples are those that it presents to itself.
    fn learner(&self, case: Case, replicate: u64, learning: Learning) -> Result<Outputs, Error> {
        let mut course = Course::new(self, case, replicate);
        course.begin();
        let samples = self.test.inputs.len();
        let mut outputs = Outputs { values: vec![Vec::new(); samples], halts: Vec::new() };
        let width = self.pot.model.nodes[self.pot.model.output].width();
        let mut latest = vec![vec![f64::NAN; width]; samples];
        let (mut cycles, mut halted) = (0, false);
        for time in self.times {
            let goes_on = |now: f64, cycles: usize| match self.limit {
                usize::MAX => now < *time,
                limit => cycles < limit,
            };
            while !halted && goes_on(course.time(), cycles) {
                if course.cycle()? {
                    cycles += 1;
                    if let Some(latest) = latest.get_mut(course.turn(learning)) {
                        *latest = course.output();
                    }
                } else if course.halt(learning) > halt::LEVEL {
                    halted = true;
                } else {
                    return Err(stopped(&course));
                }
            }
            for (values, latest) in outputs.values.iter_mut().zip(&latest) {
                values.push(latest.clone());
            }
            let tolerance = self.pot.model.clocked_sgd().and_then(|training| training.tolerance);
            let judged = learning.judge.and(tolerance);
            outputs.halts.extend(judged.map(|tolerance| {
                let apart =
                    |(y, t): (&Vec<f64>, &Vec<f64>)| y.iter().zip(t).map(|(y, t)| (y - t).abs()).sum();
                let errors = latest.iter().zip(&self.test.targets).map(apart);
                // What a pot never showed is no output.
                let known = |error: f64| if error.is_nan() { f64::INFINITY } else { error };
                Halt { halted, cycles, error: errors.map(known).fold(0.0, f64::max), tolerance }
            }));
        }
        Ok(outputs)
    }
}

fn stopped(course: &Course<'_>) -> Error {
    Error::Invalid { reason: format!("the clock has stopped at time {}", course.disturber.time()) }
}

/// The course of a replicate.
struct Course<'a> {
    bench: &'a UnderClock<'a>,
    engine: NoisyEngine,
    disturber: Disturber,
    state: Vec<f64>,
    began: f64,
}

impl<'a> Course<'a> {
    fn new(bench: &'a UnderClock<'a>, case: Case, replicate: u64) -> Self {
        let mut engine = bench.engine.clone();
        let method = cycles::method(bench.pot.model.simulation.method);
        let identity = (bench.seed, replicate);
        let disturber = Disturber::new(&mut engine, case.disturbance(), identity, method, &bench.tolerances);
        let state = engine.initial_state();
        Self { bench, engine, disturber, state, began: 0.0 }
    }

    /// A fresh pot.
    fn begin(&mut self) {
        self.state = self.engine.initial_state();
        self.began = self.disturber.time();
        self.disturber.present(&mut self.engine);
    }

    /// Time since it began.
    fn time(&self) -> f64 {
        self.disturber.time() - self.began
    }

    fn output(&self) -> Vec<f64> {
        self.engine.observe(&self.state, self.bench.pot.model.output)
    }

    /// Which slot has its turn.
    fn turn(&self, learning: Learning) -> usize {
        let Some(range) = self.engine.state_range(learning.turn) else { return usize::MAX };
        let turns = self.state[range].iter().enumerate();
        turns.max_by(|a, b| a.1.total_cmp(b.1)).map_or(usize::MAX, |(slot, _)| slot)
    }

    /// HALT; 0 where nothing judges.
    fn halt(&self, learning: Learning) -> f64 {
        let range = learning.judge.and_then(|judge| self.engine.state_range(judge.halt));
        range.map_or(0.0, |range| self.state[range.start])
    }

    /// Follows a cycle to a little behind its end; whether there was one.
    fn cycle(&mut self) -> Result<bool, Error> {
        let UnderClock { pot, clocked, .. } = self.bench;
        let length = clock::phase_length(&clocked.settings);
        if let Clock::External { phase } = clocked.settings.clock {
            return self.gates(phase);
        }
        let Some(range) = self.engine.state_range(clocked.clock) else { return Ok(false) };
        let period = clocked.period(&pot.lowered.info);
        let until = self.time() + STOPPED * period;
        while self.time() < until {
            let before = self.state[range.end - 1];
            self.disturber.advance(&mut self.engine, &mut self.state, length / PARTS)?;
            if before < LEVEL && self.state[range.end - 1] >= LEVEL {
                self.disturber.present(&mut self.engine);
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// A cycle whose gates are set from outside: none opens after the halt.
    fn gates(&mut self, phase: f64) -> Result<bool, Error> {
        let clocked = self.bench.clocked;
        let gates = cycles::clock_species(&self.bench.pot.lowered.info, clocked);
        let mut halted = false;
        for gate in 0..gates {
            halted |= gate.is_multiple_of(2)
                && clocked.learning.is_some_and(|learning| self.halt(learning) > halt::LEVEL);
            let mut levels = clock::levels(gates, gate);
            if halted {
                levels.fill(clock::OFF);
            }
            let set = self.engine.set_in(&mut self.state, clocked.clock, &levels);
            set.map_err(|error| Error::Invalid { reason: error.to_string() })?;
            self.disturber.restart();
            self.disturber.advance(&mut self.engine, &mut self.state, phase)?;
        }
        self.disturber.present(&mut self.engine);
        Ok(!halted)
    }
}
