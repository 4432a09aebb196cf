//! Norms and the first step: what all methods share.

use crate::elementary::power;
use crate::system::System;
use crate::vectors::{Largest, combine};

/// What an error of a component is measured against: absolute + relative · |x|.
#[derive(Clone, Copy)]
pub(crate) struct Scale<'a> {
    pub(crate) relative: f64,
    pub(crate) absolute: &'a [f64],
}

/// Largest |`value[i]`| / (absolute + relative · |`state[i]`|).
pub(crate) fn scaled_norm(value: &[f64], state: &[f64], scale: Scale<'_>) -> f64 {
    let mut largest = Largest::default();
    for ((value, state), absolute) in value.iter().zip(state).zip(scale.absolute) {
        largest.take(value / (absolute + scale.relative * state.abs()));
    }
    largest.value()
}

/// Euclidean norm.
pub(crate) fn norm(vector: &[f64]) -> f64 {
    vector.iter().map(|x| x * x).sum::<f64>().sqrt()
}

/// Independent accumulators of the reductions below.
const LANES: usize = 4;

/// Position of the first component that is not finite.
pub(crate) fn first_non_finite(vector: &[f64]) -> Option<usize> {
    // 0 times what is finite is 0; nearly always one pass without a branch is all that is needed.
    let (chunks, rest) = vector.as_chunks::<LANES>();
    let mut lanes = [0.0; LANES];
    for chunk in chunks {
        for lane in 0..LANES {
            lanes[lane] += 0.0 * chunk[lane];
        }
    }
    if lanes.iter().chain(rest).all(|x| x.is_finite()) {
        return None;
    }
    vector.iter().position(|x| !x.is_finite())
}

/// The largest `high[i]` − `low[i]`, 0 if none is larger; both have the same length.
pub(crate) fn largest_drop(high: &[f64], low: &[f64]) -> f64 {
    let ((high, high_rest), (low, low_rest)) = (high.as_chunks::<LANES>(), low.as_chunks::<LANES>());
    let larger = |a: f64, b: f64| if a > b { a } else { b };
    let mut lanes = [0.0; LANES];
    for (high, low) in high.iter().zip(low) {
        for lane in 0..LANES {
            lanes[lane] = larger(high[lane] - low[lane], lanes[lane]);
        }
    }
    let rest = high_rest.iter().zip(low_rest).map(|(high, low)| high - low);
    rest.chain(lanes).fold(0.0, larger)
}

/// First step for a method of order `order`: the one whose Euler step changes the solution and its slope
/// by about a hundredth of the tolerance. One evaluation. Source: Hairer, Nørsett, Wanner, *Solving
/// Ordinary Differential Equations I*, section II.4.
pub(crate) fn first_step<S: System + ?Sized>(
    system: &mut S,
    state: &[f64],
    derivative: &[f64],
    scale: Scale<'_>,
    order: u32,
    scratch: [&mut [f64]; 2],
) -> f64 {
    let [moved, slope] = scratch;
    let size = scaled_norm(state, state, scale);
    let speed = scaled_norm(derivative, state, scale);
    let trial = if size < 1e-5 || speed < 1e-5 { 1e-6 } else { 0.01 * size / speed };
    combine(moved, state, trial, [1.0], [derivative]);
    system.derivative(moved, slope);
    for (slope, derivative) in slope.iter_mut().zip(derivative) {
        *slope -= derivative;
    }
    let bend = scaled_norm(slope, state, scale) / trial;
    let fastest = if bend.is_finite() { speed.max(bend) } else { speed };
    let limit = if fastest <= 1e-15 {
        (trial * 1e-3).max(1e-6)
    } else {
        power(0.01 / fastest, 1.0 / (f64::from(order) + 1.0))
    };
    limit.min(100.0 * trial)
}
