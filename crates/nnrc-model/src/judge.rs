//! How finely the judge of a clocked pot tells errors from the tolerance, known from the settings alone. The reactions,
//! and why these are the figures, stand in `nnrc-lower`.

use nnrc_sim::elementary::exp;

use crate::chemistry::PhasedSettings;
use crate::clock::phase_length;

/// h of the absolute value.
pub const H_ERROR: f64 = 1e-6;
/// Least speed of the absolute value relative to what else runs always.
const SPEED: f64 = 4.0;
/// e-folds by which the absolute value of an error at the tolerance, which all outputs share, can grow in its phase.
const GROWTH: f64 = 20.0;
/// Those that it needs: from he to its value.
const GROWN: f64 = 14.0;
/// e-folds of a gate after which an output has settled as far as a verdict needs.
const SETTLED: f64 = 7.0;
/// How much more each rival suppresses the other than itself.
pub const RIVALRY: f64 = 2.0;

/// Speed of the absolute value.
pub fn speed(settings: &PhasedSettings, tolerance: f64, outputs: usize) -> f64 {
    let least = GROWTH * outputs as f64 / (tolerance * growing(settings));
    least.max(SPEED * settings.combinational)
}

/// The time that the absolute value has: the part of a phase in which the output has settled.
pub fn growing(settings: &PhasedSettings) -> f64 {
    phase_length(settings) - SETTLED / settings.gated
}

/// Where the rivals can stand side by side: q̄.
pub fn saddle(tolerance: f64) -> f64 {
    (1.0 + tolerance) / (1.0 + RIVALRY)
}

/// The rate at which the rivals part, in a pot of this tolerance.
pub fn parting(settings: &PhasedSettings, tolerance: f64) -> f64 {
    settings.combinational * saddle(tolerance)
}

/// The smallest error that the smoothed absolute values of some outputs tell from none.
pub fn floor(outputs: usize) -> f64 {
    2.0 * H_ERROR.sqrt() * outputs as f64
}

/// How far from the tolerance the error of a sample must be for a verdict that is that of plain numbers. Rivals closer to
/// each other have not parted when the latch opens; an absolute value has grown as far as its time allows; and the smoothed
/// absolute values of outputs without an error are not 0.
pub fn margin(settings: &PhasedSettings, tolerance: f64, outputs: usize) -> f64 {
    let unparted = exp(-parting(settings, tolerance) * phase_length(settings));
    let folds = speed(settings, tolerance, outputs) * tolerance / outputs as f64 * growing(settings);
    let ungrown = tolerance * exp(GROWN - folds);
    unparted + ungrown + floor(outputs - 1)
}
