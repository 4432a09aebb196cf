//! What integrators do with all variables: combinations of stages, and the error of a step.
//!
//! Always inlined, so that they are compiled for the registers of whoever calls them. Each element is one chain of
//! operations in a fixed order, so the bits do not depend on them.

use crate::vectors::{self, Largest};

/// Evaluates an expression in which `$a` and `$b` are arrays of as many elements as the slices have, if that is one of
/// the numbers: loops over them are then unrolled.
macro_rules! of_known_length {
    ($a:ident, $b:ident, [$($count:literal)*], $then:expr) => {
        match $b.len() {
            $($count => {
                if let (Some($a), Some($b)) = ($a.first_chunk::<$count>(), $b.first_chunk::<$count>()) {
                    let ($a, $b) = (*$a, *$b);
                    $then
                }
            })*
            _ => {}
        }
    };
}

/// Writes `base` + `factor` · Σ `coefficients[j]` · `vectors[j]` into `out`, for one to seven vectors of one length.
#[inline(always)]
pub fn combine(out: &mut [f64], base: &[f64], factor: f64, coefficients: &[f64], vectors: &[&[f64]]) {
    of_known_length!(coefficients, vectors, [1 2 3 4 5 6 7], {
        vectors::combine(out, base, factor, coefficients, vectors);
    });
}

/// Adds `factor` · Σ `coefficients[j]` · `vectors[j]` to `out`, for one to five vectors of one length.
#[inline(always)]
pub fn accumulate(out: &mut [f64], factor: f64, coefficients: &[f64], vectors: &[&[f64]]) {
    of_known_length!(coefficients, vectors, [1 2 3 4 5], {
        vectors::accumulate(out, factor, coefficients, vectors);
    });
}

/// A step, and what its error is measured by.
#[derive(Debug, Clone, Copy)]
pub struct Step<'a> {
    /// Factor of the error.
    pub factor: f64,
    /// Weights of the stages in the error: one, four or seven.
    pub weights: &'a [f64],
    /// As many stages.
    pub stages: &'a [&'a [f64]],
    /// State before the step.
    pub state: &'a [f64],
    /// State after it.
    pub next: &'a [f64],
    /// Relative tolerance.
    pub relative: f64,
    /// Absolute tolerance of each variable.
    pub absolute: &'a [f64],
}

/// The largest |factor · Σ weights · stages| / (absolute + relative · the larger of |state| and |next|); NaN where one is.
#[inline(always)]
pub fn largest_error(step: Step<'_>) -> f64 {
    let Step { weights, stages, .. } = step;
    let mut largest = Largest::default();
    of_known_length!(weights, stages, [1 4 7], take_errors(&step, weights, stages, &mut largest));
    largest.value()
}

#[inline(always)]
fn take_errors<const N: usize>(
    step: &Step<'_>,
    weights: [f64; N],
    stages: [&[f64]; N],
    largest: &mut Largest,
) {
    let n = step.next.len();
    let stages = stages.map(|stage| &stage[..n]);
    let (state, next, absolute) = (&step.state[..n], &step.next[..n], &step.absolute[..n]);
    for i in 0..n {
        let mut sum = 0.0;
        for j in 0..N {
            sum += weights[j] * stages[j][i];
        }
        let size = state[i].abs().max(next[i].abs());
        largest.take(step.factor * sum / (absolute[i] + step.relative * size));
    }
}
