//! What explicit steps do with all variables: combinations of stages, and the error of a step.
//!
//! Always inlined, so that they are compiled for the registers of whoever calls them. Each element is one chain of
//! operations in a fixed order, so the bits do not depend on them.

use crate::control::{self, Largest};

/// Writes `base` + `factor` · Σ `coefficients[j]` · `vectors[j]` into `out`, for one to seven vectors of one length.
#[inline(always)]
pub fn combine(out: &mut [f64], base: &[f64], factor: f64, coefficients: &[f64], vectors: &[&[f64]]) {
    macro_rules! known {
        ($($count:literal)*) => {
            match vectors.len() {
                $($count => {
                    if let (Some(coefficients), Some(vectors)) =
                        (coefficients.first_chunk::<$count>(), vectors.first_chunk::<$count>())
                    {
                        control::combine(out, base, factor, *coefficients, *vectors);
                    }
                })*
                _ => {}
            }
        };
    }
    known!(1 2 3 4 5 6 7);
}

/// A step, and what its error is measured by.
#[derive(Debug, Clone, Copy)]
pub struct Step<'a> {
    /// Length.
    pub step: f64,
    /// Weights of the stages in the error, and the stages.
    pub weights: [f64; 7],
    /// Derivatives at the stages.
    pub stages: [&'a [f64]; 7],
    /// State before the step.
    pub state: &'a [f64],
    /// State after it.
    pub next: &'a [f64],
    /// Relative tolerance.
    pub relative: f64,
    /// Absolute tolerance of each variable.
    pub absolute: &'a [f64],
}

/// The largest |step · Σ weights · stages| / (absolute + relative · the larger of |state| and |next|); NaN where one is.
#[inline(always)]
pub fn largest_error(of: Step<'_>) -> f64 {
    let n = of.next.len();
    let stages = of.stages.map(|stage| &stage[..n]);
    let (state, next, absolute) = (&of.state[..n], &of.next[..n], &of.absolute[..n]);
    let mut largest = Largest::default();
    for i in 0..n {
        let mut sum = 0.0;
        for j in 0..7 {
            sum += of.weights[j] * stages[j][i];
        }
        let size = state[i].abs().max(next[i].abs());
        largest.take(of.step * sum / (absolute[i] + of.relative * size));
    }
    largest.value()
}
