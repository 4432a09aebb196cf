//! Loops of the integrators for the registers at hand.

use nnrc_dispatch::dispatched;
use nnrc_sim::stages::{self, Step};

/// Elements below which the way to wider registers costs more than they save.
pub(crate) const FEW: usize = 32;

/// [`stages::combine`].
#[inline]
pub(crate) fn combine(out: &mut [f64], base: &[f64], factor: f64, coefficients: &[f64], vectors: &[&[f64]]) {
    if out.len() < FEW {
        return stages::combine(out, base, factor, coefficients, vectors);
    }
    combine_widely(out, base, factor, coefficients, vectors);
}

/// [`stages::accumulate`].
#[inline]
pub(crate) fn accumulate(out: &mut [f64], factor: f64, coefficients: &[f64], vectors: &[&[f64]]) {
    if out.len() < FEW {
        return stages::accumulate(out, factor, coefficients, vectors);
    }
    accumulate_widely(out, factor, coefficients, vectors);
}

/// [`stages::largest_error`].
#[inline]
pub(crate) fn largest_error(step: Step<'_>) -> f64 {
    if step.next.len() < FEW { stages::largest_error(step) } else { largest_error_widely(step) }
}

dispatched! {
    fn combine_widely(out: &mut [f64], base: &[f64], factor: f64, coefficients: &[f64], vectors: &[&[f64]]) =
        stages::combine(out, base, factor, coefficients, vectors);
}

dispatched! {
    fn accumulate_widely(out: &mut [f64], factor: f64, coefficients: &[f64], vectors: &[&[f64]]) =
        stages::accumulate(out, factor, coefficients, vectors);
}

dispatched! {
    fn largest_error_widely(step: Step) -> f64 = stages::largest_error(step);
}

/// The methods of `System` that are such loops.
macro_rules! loops {
    () => {
        fn combine(
            &self,
            out: &mut [f64],
            base: &[f64],
            factor: f64,
            coefficients: &[f64],
            vectors: &[&[f64]],
        ) {
            crate::wide::combine(out, base, factor, coefficients, vectors);
        }

        fn accumulate(&self, out: &mut [f64], factor: f64, coefficients: &[f64], vectors: &[&[f64]]) {
            crate::wide::accumulate(out, factor, coefficients, vectors);
        }

        fn largest_error(&self, step: nnrc_sim::stages::Step<'_>) -> f64 {
            crate::wide::largest_error(step)
        }
    };
}

pub(crate) use loops;
