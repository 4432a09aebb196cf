//! What engines say, compared.

use std::collections::BTreeMap;

use serde_json::Value;

use super::question::Question;

/// Values over time of what is read, row by row.
pub type Courses = Vec<BTreeMap<String, Vec<f64>>>;

/// Where two courses differ, or a course and an expected end.
#[derive(Debug, Clone, PartialEq)]
pub struct Disagreement {
    /// Row, counted from 1.
    pub row: usize,
    /// What is read.
    pub output: String,
    /// The time.
    pub time: f64,
    /// The value of the engine.
    pub value: f64,
    /// What it should be.
    pub expected: f64,
    /// Who says so: `f(x)`, or the name of an engine.
    pub against: &'static str,
}

/// Largest deviation, and the first place at which it is beyond the tolerance.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Deviation {
    /// The largest |a − b| / max(1, |b|).
    pub largest: f64,
    /// The worst place, where that is beyond the tolerance.
    pub beyond: Option<Disagreement>,
}

impl Deviation {
    fn add(&mut self, tolerance: f64, place: Disagreement) {
        let off = (place.value - place.expected).abs() / place.expected.abs().max(1.0);
        // What is no number is as far away as can be.
        let off = if off.is_nan() { f64::INFINITY } else { off };
        let is_worse = off > self.largest;
        self.largest = self.largest.max(off);
        if off > tolerance && (is_worse || self.beyond.is_none()) {
            self.beyond = Some(place);
        }
    }
}

/// The answer of an engine, if it has the form of one: a value at each time, of each output, for each row.
///
/// # Errors
///
/// What is missing, in words.
pub fn courses(answer: &Value, question: &Question<'_>) -> Result<Courses, String> {
    let rows = answer["rows"].as_array().ok_or("its answer has no rows")?;
    if rows.len() != question.rows.len() {
        return Err(format!("it answered {} rows of {}", rows.len(), question.rows.len()));
    }
    let course = |row: &Value, name: &String| -> Result<(String, Vec<f64>), String> {
        let values = row[name].as_array().ok_or_else(|| format!("its answer has no `{name}`"))?;
        let values: Vec<f64> = values.iter().map(|value| value.as_f64().unwrap_or(f64::NAN)).collect();
        if values.len() != question.points {
            return Err(format!("it gave {} times of {}", values.len(), question.points));
        }
        Ok((name.clone(), values))
    };
    rows.iter().map(|row| question.read.keys().map(|name| course(row, name)).collect()).collect()
}

/// How far the last values are from the expected ones; none where nothing is expected.
pub fn with_expected(courses: &Courses, question: &Question<'_>) -> Option<Deviation> {
    let mut deviation = None;
    for (at, (course, row)) in courses.iter().zip(question.rows).enumerate() {
        for (output, &expected) in &row.expected {
            let Some(&value) = course.get(output).and_then(|values| values.last()) else { continue };
            let (output, time) = (output.clone(), question.until);
            let place = Disagreement { row: at + 1, output, time, value, expected, against: "f(x)" };
            deviation.get_or_insert_with(Deviation::default).add(question.tolerance, place);
        }
    }
    deviation
}

/// How far courses are from those of another engine.
pub fn with_other(
    courses: &Courses,
    other: &Courses,
    against: &'static str,
    question: &Question<'_>,
) -> Deviation {
    let mut deviation = Deviation::default();
    for (at, (own, other)) in courses.iter().zip(other).enumerate() {
        for (output, values) in own {
            for (step, (&value, &expected)) in values.iter().zip(&other[output]).enumerate() {
                let time = question.time(step);
                let place =
                    Disagreement { row: at + 1, output: output.clone(), time, value, expected, against };
                deviation.add(question.tolerance, place);
            }
        }
    }
    deviation
}
