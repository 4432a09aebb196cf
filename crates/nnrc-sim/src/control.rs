//! Norms, linear combinations and the first step: what both methods share.

use crate::System;

/// What an error of a component is measured against: absolute + relative · |x|.
#[derive(Clone, Copy)]
pub(crate) struct Scale<'a> {
    pub(crate) relative: f64,
    pub(crate) absolute: &'a [f64],
}

/// The largest of non-negative numbers, which stays NaN once one of them is NaN.
#[derive(Clone, Copy, Default)]
pub(crate) struct Largest(u64);

impl Largest {
    /// Takes |`value`| into account. The bit patterns of non-negative floats are ordered as the floats
    /// are, with NaN above infinity, so an integer maximum loses no NaN.
    #[inline]
    pub(crate) fn take(&mut self, value: f64) {
        self.0 = self.0.max(value.abs().to_bits());
    }

    pub(crate) fn value(self) -> f64 {
        f64::from_bits(self.0)
    }
}

/// Writes `base` + `factor` · Σ `coefficients[j]` · `vectors[j]` into `out`. All lengths are equal.
#[inline]
pub(crate) fn combine<const N: usize>(
    out: &mut [f64],
    base: &[f64],
    factor: f64,
    coefficients: [f64; N],
    vectors: [&[f64]; N],
) {
    let n = out.len();
    let base = &base[..n];
    let vectors = vectors.map(|vector| &vector[..n]);
    for i in 0..n {
        let mut sum = 0.0;
        for j in 0..N {
            sum += coefficients[j] * vectors[j][i];
        }
        out[i] = base[i] + factor * sum;
    }
}

/// Adds `factor` · Σ `coefficients[j]` · `vectors[j]` to `out`. All lengths are equal.
#[inline]
pub(crate) fn accumulate<const N: usize>(
    out: &mut [f64],
    factor: f64,
    coefficients: [f64; N],
    vectors: [&[f64]; N],
) {
    let n = out.len();
    let vectors = vectors.map(|vector| &vector[..n]);
    for i in 0..n {
        let mut sum = 0.0;
        for j in 0..N {
            sum += coefficients[j] * vectors[j][i];
        }
        out[i] += factor * sum;
    }
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

/// Position of the first component that is not finite.
pub(crate) fn first_non_finite(vector: &[f64]) -> Option<usize> {
    vector.iter().position(|x| !x.is_finite())
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
        (0.01 / fastest).powf(1.0 / (f64::from(order) + 1.0))
    };
    limit.min(100.0 * trial)
}
