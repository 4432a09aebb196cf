//! The time course of a pot with a clock: clock, values, error and weights, over some cycles.

use nnrc_crn::namer;
use nnrc_lower::phased::Clocked;
use nnrc_sim::Error;
use nnrc_syntax::{Diagnostic, Severity, codes};

use crate::compiled::Compiled;
use crate::cycles::{Cycles, Probe};
use crate::explain::explain;
use crate::failure::Failure;
use crate::numbers::{count, short};
use crate::observer::Observer;
use crate::time_course::{Column, ColumnKind, Recorder, TimeCourse};

/// Cycles of the course where nothing is said: of a learner enough to see it learn, else one.
const CYCLES: f64 = 2.0;
/// More cycles are not followed: they take half an hour of a small network.
const MOST_CYCLES: f64 = 1e5;

impl Compiled {
    /// The course that the file describes; without an end two cycles of a pot that learns, one of another.
    pub(crate) fn simulate_cycles(
        &self,
        points: usize,
        observer: &mut dyn Observer,
    ) -> Result<TimeCourse, Failure> {
        let runner = self.runner();
        let broken = |error: Error| self.failed(explain(self, &runner, &error, "the time course"));
        let mut cycles = Cycles::new(&self.model, &self.lowered, runner.engine().clone()).map_err(broken)?;
        let Some(clocked) = self.lowered.clocked() else { return Ok(TimeCourse::default()) };
        let period = cycles.period();
        let until = self.model.simulation.until.unwrap_or_else(|| {
            let cycles = if clocked.learning.is_some() { CYCLES } else { 1.0 };
            observer.note(&format!("a cycle lasts {}{}", short(period), self.time_units()));
            cycles * period
        });
        if until > MOST_CYCLES * period {
            return Err(self.failed(self.too_far(until, period)));
        }
        let times = self.spacing(until, points)?.times(until);
        let mut recorder = self.recorder_of_cycles(clocked);
        let mut observe = |time: f64, state: &[f64], engine: &nnrc_engine::Engine| {
            recorder.record(time, &engine.full_state(state));
        };
        let mut probe = Probe::new(&times, &mut observe);
        while cycles.time() < until {
            cycles.next(Some(&mut probe)).map_err(broken)?;
        }
        drop(probe);
        Ok(recorder.finish())
    }

    fn too_far(&self, until: f64, period: f64) -> Diagnostic {
        let unit = self.time_units();
        let message = format!(
            "the end at time {}{unit} is {:.1e} cycles of the clock away, and at most {} are followed",
            short(until),
            until / period,
            count(MOST_CYCLES as usize)
        );
        Diagnostic::global(Severity::Error, codes::SOLVER_FAILED, message).help(format!(
            "a cycle lasts {}{unit}: give an end that is nearer, as `simulate {{ until = {}; }}`",
            short(period),
            short(10.0 * period)
        ))
    }

    /// Clock, values, error and weights.
    fn recorder_of_cycles(&self, clocked: &Clocked) -> Recorder {
        let mut recorder = Recorder::new();
        for at in self.lowered.info.species_range(clocked.clock) {
            let column =
                Column { name: self.species_id(at), group: "clock".to_owned(), kind: ColumnKind::Clock };
            recorder.add(column, vec![(at, 1.0)]);
        }
        let nodes = self.model.nodes.len();
        let recorded = self.model.simulation.record.clone().unwrap_or_else(|| {
            // Inputs that are held are constant; those that are assigned in turn are not.
            let is_shown = |node: &usize| {
                clocked.learning.is_some() || self.model.inputs().all(|(input, _)| input != *node)
            };
            (0..nodes).filter(is_shown).collect()
        });
        for node in recorded {
            recorder.add_observable(self, node, ColumnKind::Value(node), false);
        }
        // What comes behind the nodes is the error.
        for place in nodes..self.lowered.crn.observables.len() {
            recorder.add_observable(self, place, ColumnKind::Error, false);
        }
        if clocked.learning.is_some() {
            for (key, [positive, negative]) in self.lowered.rails() {
                let [positive, negative] =
                    [positive, negative].map(|rail| self.lowered.info.species_range(rail));
                for (p, m) in positive.zip(negative) {
                    let name = namer::bare(self.species_id(p).trim_end_matches("_p"));
                    let column = Column { name, group: key.to_owned(), kind: ColumnKind::Weight };
                    recorder.add(column, vec![(p, 1.0), (m, -1.0)]);
                }
            }
        }
        recorder
    }
}
