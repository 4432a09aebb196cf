//! How finely the judge of a clocked pot tells errors from the tolerance, known from the settings alone. The reactions,
//! and why these are the figures, stand in `nnrc-lower`.

use nnrc_sim::elementary::exp;

use crate::chemistry::PhasedSettings;
use crate::clock::phase_length;

/// Least speed of what annihilates, relative to what else runs always.
const SPEED: f64 = 4.0;
/// How often the tolerance, divided among the outputs, can annihilate in a phase.
const FOLDS: f64 = 200.0;
/// Speed of the vote, relative to what else runs always.
pub const VOTE: f64 = 3.0;
/// The smallest tolerance for an output: the reactions of smaller ones would be faster than solvers follow with ease.
const SMALLEST: f64 = 0.002;

/// The rate constant with which errors annihilate, and are set against the tolerance.
pub fn comparing(settings: &PhasedSettings, tolerance: f64, outputs: usize) -> f64 {
    let least = FOLDS * outputs as f64 / (tolerance * phase_length(settings));
    least.max(SPEED * settings.combinational)
}

/// The rate at which the two sides of a vote part while it is open.
pub fn parting(settings: &PhasedSettings) -> f64 {
    VOTE * settings.combinational / 3.0
}

/// The smallest tolerance that is served for some outputs.
pub fn floor(outputs: usize) -> f64 {
    SMALLEST * outputs as f64
}

/// How far from the tolerance the error of a sample must be for a verdict that is that of plain numbers. A vote that is
/// closer is still open when the latch opens; register and tolerance lack what a phase leaves undone; and outputs without
/// an error keep what has not annihilated.
pub fn margin(settings: &PhasedSettings, tolerance: f64, outputs: usize) -> f64 {
    let length = phase_length(settings);
    let folds = settings.gated * length;
    let unvoted = exp(-parting(settings) * length);
    // The output comes in the same phase in which the register follows it.
    let unloaded = (2.0 + folds) * exp(-folds) * tolerance;
    let rest = 2.0 * (outputs - 1) as f64 / (comparing(settings, tolerance, outputs) * length);
    unvoted + unloaded + rest
}
