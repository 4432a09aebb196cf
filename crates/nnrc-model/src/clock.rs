//! What a clock keeps in time, known from its settings alone. The reactions are those of `nnrc-lower`.

use nnrc_sim::elementary::ln;

use crate::chemistry::{Clock, PhasedSettings};

/// The level of a gate that is set from outside while it is off. No tolerance sees it; after events that leave a pot
/// at rest with gates of exactly 0, the BDF solver of libRoadRunner (CVODE, with differences for the Jacobian) fails.
pub const OFF: f64 = 1e-20;

/// Number of species of a clock with these phases.
pub fn count(settings: &PhasedSettings, least: usize) -> usize {
    match settings.clock {
        Clock::MayLeonard { species: Some(species), .. } => species.max(least),
        _ => least,
    }
}

/// The predicted length of a phase, in time units: until the successor of a species that rose has risen.
pub fn phase_length(settings: &PhasedSettings) -> f64 {
    match settings.clock {
        Clock::MayLeonard { epsilon, rate, .. } => -ln(epsilon) / rate,
        Clock::Ring { delta, rate } => -ln(delta) / rate,
        Clock::External { phase } => phase,
    }
}

/// The absolute tolerance that the species of the clock need: a ten-thousandth of their lowest level, which sets
/// the period.
pub fn tolerance(settings: &PhasedSettings) -> f64 {
    match settings.clock {
        Clock::MayLeonard { epsilon, .. } => 1e-4 * epsilon,
        // Its species fall far below where they begin.
        Clock::Ring { delta, .. } => 1e-6 * delta * delta,
        Clock::External { .. } => 1.0,
    }
}

/// The level of a phase that is off.
pub fn off_level(settings: &PhasedSettings) -> f64 {
    match settings.clock {
        Clock::MayLeonard { epsilon, gamma, .. } => epsilon / (gamma - 1.0),
        Clock::Ring { delta, .. } => delta,
        Clock::External { .. } => OFF,
    }
}

/// The levels of gates set from outside while the clock stands at one of its species: every second one is a phase,
/// between two all are off.
pub fn levels(count: usize, place: usize) -> Vec<f64> {
    let is_on = |gate: usize| gate == place && place.is_multiple_of(2);
    (0..count).map(|gate| if is_on(gate) { 1.0 } else { OFF }).collect()
}
