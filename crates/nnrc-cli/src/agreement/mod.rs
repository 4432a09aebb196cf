//! The agreement matrix: one SBML file in every engine that is installed, compared with each other and with the values
//! that its outputs should have.
//!
//! Each engine is a Python script of its own process, so that one that is absent, fails or hangs is a line of the table.
//! Courses are compared and never the steady states that engines search for, which may be other roots.

mod compare;
mod engine;
pub mod python;
mod question;
mod table;

use std::path::Path;

use serde_json::Value;

use compare::{Courses, courses, with_expected, with_other};
pub use compare::{Deviation, Disagreement};
pub use engine::{ALL, Engine};
use python::Ended;
pub use question::{Question, Row};

/// What became of one engine.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// All values are within the tolerance.
    Agrees,
    /// One is not.
    Disagrees(Disagreement),
    /// It is not installed.
    Absent(String),
    /// It has no answer.
    Failed(String),
}

/// The line of an engine.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The engine.
    pub engine: Engine,
    /// Its version, where it says one.
    pub version: Option<String>,
    /// Seconds that it took.
    pub seconds: Option<f64>,
    /// The largest deviation of its last values from the expected ones.
    pub end: Option<f64>,
    /// The largest deviation of its courses from those of the first engine that has any.
    pub course: Option<f64>,
    /// The verdict.
    pub verdict: Verdict,
}

/// The lines of all engines.
#[derive(Debug, Clone, PartialEq)]
pub struct Matrix {
    /// A line for each engine, in the order of [`ALL`].
    pub outcomes: Vec<Outcome>,
    /// The engine with which courses are compared, if one has an answer.
    pub reference: Option<Engine>,
}

/// What an engine has said, and the courses in it; else its verdict.
type Answer = Result<(Value, Courses), Verdict>;

/// Asks engines one after another, with the Python `python`.
///
/// # Panics
///
/// With fewer than 2 points or without rows, which whoever asks has to see to.
pub fn matrix(question: &Question<'_>, engines: &[Engine], python: &Path) -> Matrix {
    assert!(question.points >= 2 && !question.rows.is_empty(), "there is nothing to compare");
    let line = question.json().to_string();
    let answers: Vec<(Engine, Answer)> = ALL
        .into_iter()
        .filter(|engine| engines.contains(engine))
        .map(|engine| (engine, answer(engine, question, &line, python)))
        .collect();
    let first = answers.iter().find_map(|(engine, answer)| Some((*engine, &answer.as_ref().ok()?.1)));
    let outcomes = answers.iter().map(|(engine, answer)| outcome(*engine, answer, first, question)).collect();
    let reference = first.map(|(engine, _)| engine);
    Matrix { outcomes, reference }
}

/// What an engine says, or why it says nothing.
fn answer(engine: Engine, question: &Question<'_>, line: &str, python: &Path) -> Answer {
    let said = match python::ask(python, &engine.script(), line, engine.limit()) {
        Ended::Said(said) => said,
        Ended::Failed(why) => return Err(Verdict::Failed(why)),
        Ended::Hung => {
            let seconds = engine.limit().as_secs();
            return Err(Verdict::Failed(format!("no answer within {seconds} s; it was ended")));
        }
    };
    let answer: Value = serde_json::from_str(&said)
        .map_err(|error| Verdict::Failed(format!("its answer is no JSON: {error}")))?;
    if let Some(why) = answer["absent"].as_str() {
        return Err(Verdict::Absent(why.to_owned()));
    }
    if let Some(why) = answer["failed"].as_str() {
        return Err(Verdict::Failed(why.to_owned()));
    }
    let courses = courses(&answer, question).map_err(Verdict::Failed)?;
    Ok((answer, courses))
}

fn outcome(
    engine: Engine,
    answer: &Answer,
    first: Option<(Engine, &Courses)>,
    question: &Question<'_>,
) -> Outcome {
    let (answer, courses) = match answer {
        Ok(answer) => answer,
        Err(verdict) => {
            let verdict = verdict.clone();
            return Outcome { engine, version: None, seconds: None, end: None, course: None, verdict };
        }
    };
    let end = with_expected(courses, question);
    let course = first
        .filter(|(other, _)| *other != engine)
        .map(|(other, values)| with_other(courses, values, other.name(), question));
    let beyond = [&end, &course].into_iter().flatten().find_map(|deviation| deviation.beyond.clone());
    Outcome {
        engine,
        version: answer["version"].as_str().map(str::to_owned),
        seconds: answer["seconds"].as_f64(),
        end: end.map(|deviation| deviation.largest),
        course: course.map(|deviation| deviation.largest),
        verdict: beyond.map_or(Verdict::Agrees, Verdict::Disagrees),
    }
}
