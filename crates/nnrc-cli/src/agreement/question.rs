//! What all engines are asked.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

/// Relative tolerance of every integrator.
const RELATIVE: f64 = 1e-10;

/// Absolute tolerance of every integrator, in concentration units of the file.
const ABSOLUTE: f64 = 1e-14;

/// An input and what it should give.
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// Concentrations of species at the start, by identifier; all others are those of the file.
    pub start: BTreeMap<String, f64>,
    /// The values at the end that outputs should have, by the names of [`Question::read`].
    pub expected: BTreeMap<String, f64>,
}

/// What all engines are asked.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The SBML file.
    pub model: &'a Path,
    /// The inputs.
    pub rows: &'a [Row],
    /// What is read: by name, a factor for each species.
    pub read: &'a BTreeMap<String, BTreeMap<String, f64>>,
    /// The time up to which courses are followed, in units of the file.
    pub until: f64,
    /// Times from 0 to `until` at which values are compared, at least 2.
    pub points: usize,
    /// Values agree within this, relative to max(1, |y|).
    pub tolerance: f64,
}

impl Question<'_> {
    /// One of the times.
    pub fn time(&self, step: usize) -> f64 {
        self.until * step as f64 / (self.points - 1) as f64
    }

    /// As the scripts read it.
    pub fn json(&self) -> Value {
        json!({
            "model": self.model.to_string_lossy(), "rows": self.rows.iter().map(|row| &row.start).collect::<Vec<_>>(),
            "read": self.read, "until": self.until, "points": self.points, "rtol": RELATIVE, "atol": ABSOLUTE,
        })
    }
}
