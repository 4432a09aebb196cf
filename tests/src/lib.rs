//! Acceptance and differential tests of nnrc.
//!
//! Each module of [`acceptance`] checks one claim and returns what it measured, so that `cargo test` can assert it
//! and `cargo xtask accept` can write it down. Truth comes from second tools (libSBML, libRoadRunner, COPASI, numpy)
//! or from plain computation, never from nnrc itself.
#![allow(clippy::unwrap_used, reason = "a helper of a test that fails is a test that fails")]

pub mod acceptance;
pub mod compiled;
pub mod corpus;
pub mod editor;
pub mod extreme_network;
pub mod generated;
pub mod highlight;
pub mod peers;
pub mod random_network;
pub mod reactions;
pub mod training;

use std::path::{Path, PathBuf};

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// One line of the results: what was claimed, what was measured, whether it holds.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The claim with its bound.
    pub claim: String,
    /// What was measured.
    pub figure: String,
    /// Whether the claim holds.
    pub holds: bool,
}

impl Finding {
    /// A finding.
    pub fn new(claim: impl Into<String>, figure: impl Into<String>, holds: bool) -> Self {
        Self { claim: claim.into(), figure: figure.into(), holds }
    }
}

/// Panics with every finding that does not hold.
pub fn assert_all(findings: &[Finding]) {
    let failed: Vec<String> = findings
        .iter()
        .filter(|finding| !finding.holds)
        .map(|finding| format!("{}: {}", finding.claim, finding.figure))
        .collect();
    assert!(failed.is_empty(), "{} of {} claims fail:\n{}", failed.len(), findings.len(), failed.join("\n"));
    assert!(!findings.is_empty(), "nothing was checked");
}

/// How thorough a check is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// What fits into the test suite.
    Test,
    /// Everything.
    Full,
}
