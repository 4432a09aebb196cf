//! Findings as exceptions of the package.

use std::fmt::Display;

use nnrc::{Failure, findings};
use nnrc_syntax::{Diagnostic, Source};
use pyo3::prelude::*;

/// The exception of a failure: its class follows from the gravest finding.
pub fn raised(py: Python<'_>, failure: &Failure) -> PyErr {
    let errors = failure.findings.iter().filter(|finding| finding.is_error());
    let worst = errors.max_by_key(|finding| finding.code.exit);
    let (exit, code) = worst.map_or((1, ""), |finding| (finding.code.exit, finding.code.name));
    let found = json(&failure.source, &failure.findings);
    let made = py
        .import("nnrc._errors")
        .and_then(|module| module.getattr("error_of"))
        .and_then(|make| make.call1((exit, code, failure.to_string(), found)));
    match made {
        Ok(exception) => PyErr::from_value(exception),
        Err(error) => error,
    }
}

/// The result of the library, whose failures are exceptions.
pub fn or_raise<T>(py: Python<'_>, result: Result<T, Failure>) -> PyResult<T> {
    result.map_err(|failure| raised(py, &failure))
}

/// Findings as JSON.
pub fn json(source: &Source, all: &[Diagnostic]) -> String {
    let all: Vec<_> = all.iter().map(|finding| findings::json(source, finding)).collect();
    serde_json::Value::from(all).to_string()
}

/// A `ValueError`.
pub fn value_error(words: impl Display) -> PyErr {
    pyo3::exceptions::PyValueError::new_err(words.to_string())
}
