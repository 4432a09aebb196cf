//! Time courses of a pot: of one input, or with samples presented one after another.

use nnrc_crn::Feed;
use nnrc_engine::{Engine, Presentations};
use nnrc_model::certify::{Inputs, certify};
use nnrc_sim::course::{Spacing, good_end};
use nnrc_sim::outlook::Outlook;
use nnrc_sim::present::Interruption;
use nnrc_sim::{Error, STEP_LIMIT, Tolerances};
use nnrc_syntax::{Diagnostic, Severity, codes};

use crate::compiled::Compiled;
use crate::explain::explain;
use crate::failure::Failure;
use crate::numbers::short;
use crate::observer::Observer;
use crate::runner::{NEAR, Runner, method, several_rates};
use crate::time_course::{ColumnKind, Recorder, TimeCourse};

/// The largest number of values: as many as fit into a gigabyte.
const MAX_VALUES: f64 = 1e8;

impl Compiled {
    /// The time course that the file describes: of the inputs that the chemistry was made with, of the samples that it is
    /// presented, or of some cycles of its clock. Without an end in the file, until all has settled. `points` is the
    /// number of rows where the file says nothing.
    ///
    /// # Errors
    ///
    /// Those of the solver; a course that never settles and has no end; more rows than fit into memory.
    pub fn simulate(&self, points: usize, observer: &mut dyn Observer) -> Result<TimeCourse, Failure> {
        if self.lowered.clocked().is_some() {
            return self.simulate_cycles(points, observer);
        }
        let mut recorder = self.recorder();
        match &self.lowered.crn.protocol.feed {
            Some(feed) => self.present(feed, points, &mut recorder)?,
            None => self.follow(points, observer, &mut recorder)?,
        }
        Ok(recorder.finish())
    }

    /// What takes the time course of this pot, wherever it is followed.
    pub fn recorder(&self) -> Recorder {
        let mut recorder = Recorder::new();
        let all = || (0..self.model.nodes.len()).collect();
        for node in self.model.simulation.record.clone().unwrap_or_else(all) {
            recorder.add_observable(self, node, ColumnKind::Value(node), true);
        }
        recorder
    }

    /// When to report a course until `until`: as the file says, else at `points` times.
    ///
    /// # Errors
    ///
    /// More rows than fit into memory.
    pub fn spacing(&self, until: f64, points: usize) -> Result<Spacing, Failure> {
        let spacing = self.wanted_spacing(points);
        let rows = spacing.count(until);
        let species = self.lowered.info.species_count();
        if rows * species as f64 > MAX_VALUES {
            let message = format!("the time course would have {} rows of {species} species", short(rows));
            let finding = Diagnostic::global(Severity::Error, codes::OUT_OF_RANGE, message)
                .help("use a larger `every` or fewer `points`");
            return Err(self.failed(finding));
        }
        Ok(spacing)
    }

    /// What the file says about the times to report.
    pub fn wanted_spacing(&self, points: usize) -> Spacing {
        let simulation = &self.model.simulation;
        simulation.every.map_or(Spacing::Points(simulation.points.unwrap_or(points)), Spacing::Every)
    }

    /// Follows the course of one input.
    fn follow(
        &self,
        points: usize,
        observer: &mut dyn Observer,
        recorder: &mut Recorder,
    ) -> Result<(), Failure> {
        let mut runner = self.runner();
        let until = match self.model.simulation.until {
            Some(until) => until,
            None => self.end(&mut runner, observer)?,
        };
        let spacing = self.spacing(until, points)?;
        let mut state = runner.initial_state();
        if self.model.simulation.settled
            && let Err(error) = runner.settle(&mut state)
        {
            return Err(self.failed(explain(self, &runner, &error, "`start = settled`")));
        }
        let reader = runner.clone();
        runner
            .integrate(&mut state, until, &spacing.times(until), |time, state| {
                recorder.record(time, &reader.concentrations(state));
            })
            .map_err(|error| self.failed(explain(self, &runner, &error, "the time course")))
    }

    /// The end of a time course of which only the beginning is interesting: when all has settled, rounded up.
    fn end(&self, runner: &mut Runner<'_>, observer: &mut dyn Observer) -> Result<f64, Failure> {
        let start = runner.initial_state();
        let mut state = start.clone();
        let settled = match runner.settle(&mut state) {
            Ok(settled) => settled,
            Err(error) => {
                let finding = explain(self, runner, &error, "no end of the time course is given")
                    .help("give one: `simulate { until = 100; }`");
                return Err(self.failed(finding));
            }
        };
        let time = match runner.settling_time(&start, &state, &settled) {
            Ok(time) => time,
            // The proven time is longer, but an end as well.
            Err(Error::NotSettled { time, .. }) => {
                certify(&self.model, Inputs::Point(&self.input), NEAR).settling_time.unwrap_or(time)
            }
            Err(error) => return Err(self.failed(explain(self, runner, &error, "the time course"))),
        };
        let end = good_end(time);
        observer.note(&self.end_words(time, end));
        Ok(end)
    }

    /// That a course ends where all has settled, in words.
    pub fn end_words(&self, time: f64, end: f64) -> String {
        format!("settles by time {}{}; simulated until {end}", short(time), self.time_units())
    }

    /// Follows the presentations of a feed, without an end in the file those of an epoch.
    fn present(&self, feed: &Feed, points: usize, recorder: &mut Recorder) -> Result<(), Failure> {
        let until = self.model.simulation.until.unwrap_or(feed.hold * feed.rows.len() as f64);
        let times = self.spacing(until, points)?.times(until);
        let runner = self.runner();
        let mut record =
            |time, engine: &Engine, state: &[f64]| recorder.record(time, &engine.full_state(state));
        present(self, &runner, feed, &times, &mut record)
            .map_err(|error| self.failed(explain(self, &runner, &error, "the time course")))
    }
}

/// Presents the samples of a pot that learns, and reports at `times`, counted over all presentations.
fn present(
    pot: &Compiled,
    runner: &Runner<'_>,
    feed: &Feed,
    times: &[f64],
    record: &mut dyn FnMut(f64, &Engine, &[f64]),
) -> Result<(), Error> {
    let simulation = &pot.model.simulation;
    let tolerances = Tolerances::new(simulation.relative, simulation.absolute);
    let method = method(simulation.method);
    let several_rates = several_rates(pot, &tolerances);
    let mut course = Presentations::new(runner.clone().into_engine(), feed, method, tolerances);
    if let Some(multirate) = several_rates {
        course.integrate_with(multirate);
    }
    let mut outlook = Outlook::new(0.0, times.last().copied().unwrap_or(0.0));
    let mut rest = times;
    let mut within = Vec::new();
    while !rest.is_empty() {
        let start = feed.hold * course.position().presentation as f64;
        // Each presentation has a limit of its own, and there may be any number of them.
        let taken = course.statistics().steps + course.statistics().rejected;
        outlook.look(taken, start)?;
        if taken >= STEP_LIMIT {
            return Err(Error::TooManySteps { time: start, steps: STEP_LIMIT });
        }
        let end = start + feed.hold;
        // What is due at the end of the last presentation belongs to it.
        let here = rest.partition_point(|time| *time < end);
        let here =
            if rest.len() > here && rest[here..].iter().all(|time| *time <= end) { rest.len() } else { here };
        let (own, others) = rest.split_at(here);
        rest = others;
        within.clear();
        within.extend(own.iter().map(|time| (time - start).clamp(0.0, feed.hold)));
        let mut due = own.iter();
        let result = course.present_observed(&within, &mut |_, engine, state| {
            if let Some(time) = due.next() {
                record(*time, engine, state);
            }
        });
        match result {
            Ok(_) => {}
            Err(Interruption::Solver(error)) => return Err(error),
            Err(Interruption::Exceeded { .. }) => {
                return Err(Error::Invalid {
                    reason: "a concentration left the range of numbers".to_owned(),
                });
            }
        }
    }
    Ok(())
}
