//! Findings that end what was asked for.

use std::error::Error;
use std::fmt;

use nnrc_syntax::{Diagnostic, Source, render};
use serde_json::Value;

use crate::findings;

/// Why there is no result: all findings, of which at least one is an error, and the text that they point into.
#[derive(Debug, Clone)]
pub struct Failure {
    /// The text.
    pub source: Source,
    /// Everything that was found, in the order of the text where it is about it.
    pub findings: Vec<Diagnostic>,
}

impl Failure {
    /// One finding about a text.
    pub fn new(source: &Source, finding: Diagnostic) -> Self {
        Self { source: source.clone(), findings: vec![finding] }
    }

    /// The findings as JSON objects, as `--message-format json` prints them.
    pub fn json(&self) -> Vec<Value> {
        self.findings.iter().map(|finding| findings::json(&self.source, finding)).collect()
    }
}

/// What a terminal without colours shows.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&render(&self.source, &self.findings, false))
    }
}

impl Error for Failure {}
