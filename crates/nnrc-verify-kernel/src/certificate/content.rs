//! What a certificate says.

use crate::interval::Interval;
use crate::proof::Claim;
use crate::settle::Settle;

/// The `format` of a certificate.
pub const FORMAT: &str = "nnrc-certificate";
/// The `version` that is read and written.
pub const VERSION: f64 = 1.0;
/// What a statement about an attracting steady state says.
pub const ATTRACTING: &str = "every start in the class of the totals";
/// The words of starts in a claim of a time to settle.
pub const STARTS: [&str; 2] = ["file", "any"];
/// What every statement assumes.
pub const HYPOTHESES: [&str; 5] = [
    "inputs held",
    "negative rails of inputs at most max(0, -low) of their range, at points max(0, -x)",
    "held species at their values in the file",
    "non-negative start",
    "totals of the file",
];

/// A certificate.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Certificate {
    /// SHA-256 of the file.
    pub sha256: String,
    /// Number of its species.
    pub species: usize,
    /// Number of its reactions.
    pub reactions: usize,
    /// What is claimed.
    pub claim: Claim,
    /// The box of inputs, if the statement is about one.
    pub ranges: Option<Vec<(f64, f64)>>,
    /// The points of the statement, each with the largest deviation there.
    pub points: Vec<(Vec<f64>, f64)>,
    /// The largest deviation of an output.
    pub eps: f64,
    /// The rate.
    pub rate: f64,
    /// How near outputs come, from where, and after which time, if that is claimed.
    pub settled: Option<(Settle, f64)>,
    /// Where the variables of each block rest over the box; none without a box.
    pub rest: Vec<Vec<Interval>>,
}
