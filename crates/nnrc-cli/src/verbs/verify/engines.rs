//! The agreement matrix of a file that was verified: what other simulators make of it.

use std::collections::BTreeMap;
use std::env;
use std::path::{Path, PathBuf};

use nnrc::Checked;
use nnrc::numbers::{plural, short};
use nnrc::verification::{self, Verdict as Proof, Verification};
use nnrc_model::forward::forward;
use nnrc_syntax::{Diagnostic, Severity, Source, codes};
use serde_json::json;

use crate::agreement::{Disagreement, Engine, Matrix, Question, Row, Verdict, matrix, python};
use crate::args::EngineArgs;
use crate::session::Session;
use crate::terminal::Stop;

/// How many of the points that are given are simulated at most.
const MOST_ROWS: usize = 8;
/// Times of each course that are compared, the first and the last among them.
const TIMES: usize = 21;
/// The least distance from rest up to which courses are followed: integrators do not come nearer.
const NEAREST: f64 = 1e-10;
/// Values of an input that are said at most.
const MOST_VALUES: usize = 16;

/// Simulators that are to be asked.
pub struct Engines<'a> {
    engines: &'a [Engine],
    python: PathBuf,
    tolerance: f64,
    require: bool,
}

impl<'a> Engines<'a> {
    /// Those of the command line, if it names some; without a Python the verb ends.
    pub fn of(session: &Session, args: &'a EngineArgs) -> Result<Option<Self>, Stop> {
        let Some(engines) = &args.engines else { return Ok(None) };
        let folder = env::current_dir().unwrap_or_default();
        match python::find(env::var_os(python::VARIABLE), &folder, env::var_os("PATH")) {
            Ok(python) => Ok(Some(Self {
                engines: &engines.0,
                python,
                tolerance: args.engine_tolerance,
                require: args.require,
            })),
            Err(message) => {
                let finding =
                    Diagnostic::global(Severity::Error, codes::NO_PYTHON, format!("--engines: {message}"));
                session.terminal.fail(&Source::new("", ""), finding)
            }
        }
    }

    /// Asks them for the courses of a file, and prints how far these are from each other and from the network; whether
    /// they agree. `given` are the points of the command line.
    pub fn compare(
        &self,
        session: &Session,
        model: &Checked,
        (file, found): (&Path, &Verification),
        given: Option<&[Vec<f64>]>,
    ) -> Result<bool, Stop> {
        let mut inputs = inputs(model, given);
        if let Proof::Refuted(witness) = &found.report.verdict
            && !inputs.contains(&witness.input)
        {
            inputs.push(witness.input.clone());
        }
        // What a course has not yet come to at its end counts as a difference.
        let pot = model.compile(&model.model.default_input())?.at_its_start()?;
        let until = pot.time_to_rest(&inputs, (self.tolerance / 100.0).max(NEAREST))?;
        let names: Vec<String> =
            (1..=found.report.claim.outputs.len()).map(|at| format!("{}[{at}]", found.output)).collect();
        let rows: Vec<Row> = inputs.iter().map(|input| row(model, found, &names, input)).collect();
        let read = names.iter().cloned().zip(found.outputs_read()).collect();
        let question = Question {
            model: file,
            rows: &rows,
            read: &read,
            until,
            points: TIMES,
            tolerance: self.tolerance,
        };
        session.terminal.note(&format!("asking {}", plural(self.engines.len(), "engine")));
        let matrix = matrix(&question, self.engines, &self.python);
        if session.terminal.is_json() {
            for (mut object, outcome) in matrix.json().into_iter().zip(&matrix.outcomes) {
                object["until"] = json!(until);
                if let Verdict::Disagrees(place) = &outcome.verdict {
                    object["disagreement"]["input"] = json!(inputs[place.row - 1]);
                }
                session.terminal.print_json(&object)?;
            }
        } else {
            session.terminal.print(&self.text(&matrix, &inputs, until))?;
        }
        Ok(matrix.holds(self.require))
    }

    fn text(&self, matrix: &Matrix, inputs: &[Vec<f64>], until: f64) -> String {
        let mut text = format!(
            "  engines   {} at {TIMES} times until {}, within {}\n\n{}",
            plural(inputs.len(), "input"),
            short(until),
            short(self.tolerance),
            matrix.text()
        );
        let mut rows: Vec<usize> =
            matrix.outcomes.iter().filter_map(|one| Some(place(&one.verdict)?.row)).collect();
        rows.sort_unstable();
        rows.dedup();
        for row in rows {
            let input = &inputs[row - 1];
            let shown: Vec<String> = input.iter().take(MOST_VALUES).map(f64::to_string).collect();
            let more = if input.len() > MOST_VALUES { ", …" } else { "" };
            text += &format!("row {row} is {}{more}\n", shown.join(", "));
        }
        text
    }
}

fn place(verdict: &Verdict) -> Option<&Disagreement> {
    match verdict {
        Verdict::Disagrees(place) => Some(place),
        Verdict::Agrees | Verdict::Absent(_) | Verdict::Failed(_) => None,
    }
}

/// The points that are given, evenly spread ones if they are many; else the lowest and the highest corner of the ranges
/// and a point between them, always the same.
fn inputs(model: &Checked, given: Option<&[Vec<f64>]>) -> Vec<Vec<f64>> {
    if let Some(given) = given {
        let rows = given.len().min(MOST_ROWS);
        let last = given.len().saturating_sub(1);
        return (0..rows).map(|at| given[at * last / rows.saturating_sub(1).max(1)].clone()).collect();
    }
    let ranges = || model.model.inputs().flat_map(|(_, node)| &node.ranges);
    let corners = [ranges().map(|range| range.low).collect(), ranges().map(|range| range.high).collect()];
    corners.into_iter().chain(verification::sample_points(&model.model).pop()).collect()
}

/// Concentrations of the input species at an input, and the values of the network.
fn row(model: &Checked, found: &Verification, names: &[String], input: &[f64]) -> Row {
    let mut start = BTreeMap::new();
    for (factors, value) in found.inputs_read().iter().zip(input) {
        for (species, factor) in factors {
            start.insert(species.clone(), (value * factor).max(0.0));
        }
    }
    let values = forward(&model.model, input).swap_remove(model.model.output);
    Row { start, expected: names.iter().cloned().zip(values).collect() }
}
