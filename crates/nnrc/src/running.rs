//! How long to run a pot in other simulators, and at which tolerances.

use nnrc_model::Construction;
use nnrc_model::certify::{Inputs, certify};
use nnrc_model::clock;
use nnrc_sim::Error;
use serde_json::{Value, json};

use crate::compiled::Compiled;
use crate::numbers::{plural, short};
use crate::runner::NEAR;

/// How much longer than its settling time a pot is run: what is within [`NEAR`] by then has come much closer.
const MARGIN: f64 = 1.5;
/// Relative and absolute tolerance that COPASI and libRoadRunner have by themselves.
const DEFAULTS: (f64, f64) = (1e-6, 1e-12);
/// The longest time that a simulator follows by itself: 1 in COPASI, 5 in libRoadRunner.
const LONGEST_DEFAULT: f64 = 5.0;

/// Steps after which a pot is no longer waited for: looking at a file must not take long.
const MOST_STEPS: usize = 20_000;
/// The same for layers, each of which is solved by itself.
const MOST_LAYERS: usize = 2000;

const STEADY_STATE: &str = "Prefer a time course to libRoadRunner's steadyState(), which may return a root with negative \
    concentrations, a fixed point that the chemistry never reaches.";

/// How long to run a pot, in its time units.
pub struct Running {
    course: Behaviour,
    /// Relative and absolute tolerance for the numbers of a file.
    tolerances: (f64, f64),
    /// What follows a time: ` min`, or nothing where numbers have no units.
    unit: String,
}

/// What there is to follow.
enum Behaviour {
    /// Values that come to rest.
    Settles {
        /// When all concentrations are within [`NEAR`] for good, for the inputs in the file.
        measured: f64,
        /// A bound on that for the outputs and for any inputs, where there is a proof.
        proven: Option<f64>,
    },
    /// The initial concentrations are those of the fixed point, or as good as.
    Rests { proven: Option<f64> },
    /// There are so many layers that nothing was followed.
    Deep { proven: Option<f64> },
    /// Nothing was seen to come to rest.
    Moves,
    /// Samples, each shown for a time.
    Shows { samples: usize, hold: f64, epochs: usize },
    /// Cycles of a clock, as many in an epoch.
    Cycles { period: f64, epoch: Option<usize> },
}

impl Running {
    /// Measures a pot that comes to rest, and reads the times of one that learns.
    pub fn of(pot: &Compiled) -> Self {
        let (relative, mut absolute) = DEFAULTS;
        let course = if let Some(clocked) = pot.lowered.clocked() {
            absolute = absolute.min(clock::tolerance(&clocked.settings));
            let epoch = pot.model.clocked_sgd().map(|training| {
                pot.model.rows(&training.data).len() + if training.tolerance.is_some() { 2 } else { 0 }
            });
            Behaviour::Cycles { period: clocked.period(&pot.lowered.info), epoch }
        } else if let Some(feed) = &pot.lowered.crn.protocol.feed {
            Behaviour::Shows { samples: feed.rows.len(), hold: feed.hold, epochs: feed.epochs }
        } else {
            settling(pot)
        };
        Self { course, tolerances: (relative, absolute), unit: pot.time_units() }
    }

    /// How long to run it; none where that is up to the reader.
    pub fn time(&self) -> Option<f64> {
        match self.course {
            Behaviour::Settles { measured, .. } => Some(round_up(MARGIN * measured)),
            Behaviour::Shows { samples, hold, epochs } => Some(hold * samples as f64 * epochs as f64),
            Behaviour::Cycles { period, .. } => Some(round_up(2.0 * period)),
            // What another input takes is bounded where there is a proof.
            Behaviour::Rests { proven } | Behaviour::Deep { proven } => proven.map(round_up),
            Behaviour::Moves => None,
        }
    }

    /// Relative and absolute tolerance for the numbers of a file.
    pub fn tolerances(&self) -> (f64, f64) {
        self.tolerances
    }

    /// Paragraphs for the notes of a file. `presents`: whether it has events that show the samples.
    pub fn notes(&self, presents: bool) -> Vec<String> {
        let mut notes = vec![self.duration()];
        if matches!(self.course, Behaviour::Shows { .. }) && !presents {
            notes
                .push("The file itself shows none: inputs and targets are up to whoever runs it.".to_owned());
        }
        if matches!(self.course, Behaviour::Settles { .. } | Behaviour::Rests { .. } | Behaviour::Deep { .. })
        {
            notes.push(STEADY_STATE.to_owned());
        }
        let (relative, absolute) = self.tolerances;
        notes.push(if self.tolerances == DEFAULTS {
            "The default tolerances of COPASI and libRoadRunner will do: relative 1e-6, absolute 1e-12."
                .to_owned()
        } else {
            format!(
                "Set the relative tolerance to {relative:e} or less, and the absolute one to {absolute:.0e}: the levels \
                 to which the clock falls set its period."
            )
        });
        notes
    }

    fn duration(&self) -> String {
        let time = |value: f64| format!("{}{}", short(value), self.unit);
        let run = self.time().unwrap_or_default();
        let proven = |proven: Option<f64>| {
            proven.map_or(" Other inputs may take longer.".to_owned(), |bound| {
                let bound = time(round_up(bound));
                format!(" Proven: after {bound} every output is within {NEAR} of its value, for any input in its range.")
            })
        };
        match self.course {
            Behaviour::Settles { measured, proven: bound } => {
                let warning = if run > LONGEST_DEFAULT {
                    " Simulators stop far sooner by themselves, COPASI at 1 and libRoadRunner at 5."
                } else {
                    ""
                };
                format!(
                    "Run it for {}: for the inputs in this file every concentration stays within {NEAR} of its end from {} \
                     on, and this is half as long again.{}{warning}",
                    time(run),
                    time(measured),
                    proven(bound)
                )
            }
            Behaviour::Rests { proven: bound } => {
                format!(
                    "The concentrations are those at rest: nothing moves until an input is changed.{}",
                    proven(bound)
                )
            }
            Behaviour::Deep { proven: bound } => {
                format!("How long it takes was not measured, for its number of layers.{}", proven(bound))
            }
            Behaviour::Moves => {
                "For the inputs in this file the pot was not seen to come to rest.".to_owned()
            }
            Behaviour::Shows { samples, hold, epochs } => format!(
                "Each of {} is shown for {}: an epoch takes {}, and the {} of the file take {}.",
                plural(samples, "sample"),
                time(hold),
                time(hold * samples as f64),
                plural(epochs, "epoch"),
                time(run)
            ),
            Behaviour::Cycles { period, epoch } => {
                let epoch = epoch.map_or(String::new(), |cycles| {
                    let all = time(round_up(period * cycles as f64));
                    format!(", and an epoch of {} about {all}", plural(cycles, "cycle"))
                });
                format!("A cycle of the clock takes about {}{epoch}.", time(round_up(period)))
            }
        }
    }

    /// Lines for people.
    pub fn text(&self) -> String {
        let time = |value: f64| format!("{}{}", short(value), self.unit);
        let (relative, absolute) = self.tolerances;
        let run = match (self.time(), &self.course) {
            (Some(value), _) => time(value),
            (None, Behaviour::Deep { .. }) => "as long as `nnrc simulate` does".to_owned(),
            (None, _) => "what its inputs need: see `nnrc check --input`".to_owned(),
        };
        let proven = |bound: Option<f64>| {
            bound.map_or(String::new(), |bound| format!("; proven for any input: {}", time(round_up(bound))))
        };
        let (settles, run) = match self.course {
            Behaviour::Settles { measured, proven: bound } => {
                (format!("within {NEAR} after {} for this input{}", time(measured), proven(bound)), run)
            }
            Behaviour::Rests { proven: bound } => {
                (format!("at rest from the start for this input{}", proven(bound)), run)
            }
            Behaviour::Deep { proven: bound } => (
                format!(
                    "not measured for more than {MOST_LAYERS} layers: `nnrc simulate` does{}",
                    proven(bound)
                ),
                run,
            ),
            Behaviour::Moves => ("not seen to, for this input".to_owned(), run),
            Behaviour::Shows { samples, hold, epochs } => (
                format!("no: it learns from {}, each shown for {}", plural(samples, "sample"), time(hold)),
                format!("{run}, which is {}", plural(epochs, "epoch")),
            ),
            Behaviour::Cycles { period, epoch } => {
                let epoch = epoch
                    .map_or(String::new(), |cycles| format!(", an epoch is {}", plural(cycles, "cycle")));
                let period = time(round_up(period));
                (
                    format!("no: a cycle of its clock takes about {period}{epoch}"),
                    format!("{run}, which is 2 cycles"),
                )
            }
        };
        format!(
            "settles         {settles}\n\
             run SBML for    {run}; tolerances {relative:e} (relative), {absolute:.0e} (absolute)\n"
        )
    }

    /// Adds the figures to a report for programs.
    pub fn add_to(&self, report: &mut Value) {
        let (measured, proven) = match self.course {
            Behaviour::Settles { measured, proven } => (Some(measured), proven),
            Behaviour::Rests { proven } => (Some(0.0), proven),
            Behaviour::Deep { proven } => (None, proven),
            Behaviour::Moves | Behaviour::Shows { .. } | Behaviour::Cycles { .. } => (None, None),
        };
        report["settling_time"] = json!(measured);
        report["proven_settling_time"] = json!(proven);
        report["run_time"] = json!(self.time());
        report["relative_tolerance"] = json!(self.tolerances.0);
        report["absolute_tolerance"] = json!(self.tolerances.1);
    }
}

/// Follows a pot to its rest.
fn settling(pot: &Compiled) -> Behaviour {
    let proven = || match pot.model.chemistry.construction {
        Construction::FixedPoint(_) => {
            // Through very many layers a bound may grow beyond all numbers.
            certify(&pot.model, Inputs::Ranges, NEAR).settling_time.filter(|bound| bound.is_finite())
        }
        Construction::OnePot(_) | Construction::Phased(_) => None,
    };
    if pot.model.simulation.settled {
        return Behaviour::Rests { proven: proven() };
    }
    if pot.model.nodes.len() > MOST_LAYERS {
        return Behaviour::Deep { proven: proven() };
    }
    let measure = || -> Result<f64, Error> {
        let mut runner = pot.runner();
        let start = runner.initial_state();
        let mut state = start.clone();
        let settled = runner.settle_within(MOST_STEPS, &mut state)?;
        runner.settling_time(&start, &state, &settled)
    };
    match measure().map(two_digits) {
        Ok(measured) if measured > 0.0 => Behaviour::Settles { measured, proven: proven() },
        Ok(_) => Behaviour::Rests { proven: proven() },
        Err(_) => Behaviour::Moves,
    }
}

/// Two significant digits: what is measured differs a little between machines, and files do not.
fn two_digits(value: f64) -> f64 {
    format!("{value:.1e}").parse().unwrap_or(value)
}

/// The next number of two digits.
fn round_up(value: f64) -> f64 {
    if !(value > 0.0 && value.is_finite()) {
        return value;
    }
    let near = two_digits(value);
    if near >= value * (1.0 - 1e-9) {
        return near;
    }
    // Through text, as powers of ten are no binary numbers.
    let text = format!("{near:.1e}");
    let Some((digits, exponent)) = text.split_once('e') else { return near };
    let tenths: f64 = digits.parse().unwrap_or(near);
    format!("{:.1}e{exponent}", tenths + 0.1).parse().unwrap_or(near)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_rounded_up_to_two_digits() {
        for (value, expected) in [
            (36.7359, 37.0),
            (37.0, 37.0),
            (0.0121, 0.013),
            (9.91, 10.0),
            (99.1, 100.0),
            (123.0, 130.0),
            (1.5 * 2.0, 3.0),
            (0.0, 0.0),
        ] {
            assert_eq!(round_up(value), expected, "{value}");
        }
        assert_eq!(two_digits(0.123_456), 0.12);
    }
}
