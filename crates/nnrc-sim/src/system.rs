//! What an integrator needs to know of a reaction network: its derivative, and how to solve with its Jacobian.

use crate::stages;

/// An autonomous system of ordinary differential equations x' = f(x), concentrations in model units.
pub trait System {
    /// Number of state variables.
    fn dimension(&self) -> usize;

    /// Writes f(`state`) into `derivative`; both have `dimension` elements. `&mut self` is for scratch
    /// space only: the same state always gives the same derivative.
    fn derivative(&mut self, state: &[f64], derivative: &mut [f64]);

    /// Writes `base` + `factor` · Σ `coefficients[j]` · `vectors[j]` into `out`, for one to seven vectors. A system may have
    /// [`stages::combine`] compiled for its registers, with the same bits.
    fn combine(&self, out: &mut [f64], base: &[f64], factor: f64, coefficients: &[f64], vectors: &[&[f64]]) {
        stages::combine(out, base, factor, coefficients, vectors);
    }

    /// Adds `factor` · Σ `coefficients[j]` · `vectors[j]` to `out`; likewise for [`stages::accumulate`].
    fn accumulate(&self, out: &mut [f64], factor: f64, coefficients: &[f64], vectors: &[&[f64]]) {
        stages::accumulate(out, factor, coefficients, vectors);
    }

    /// The largest error of a step; likewise for [`stages::largest_error`].
    fn largest_error(&self, step: stages::Step<'_>) -> f64 {
        stages::largest_error(step)
    }

    /// Whether whoever waits for an integration wants it to end: asked before each step.
    fn is_cancelled(&self) -> bool {
        false
    }
}

/// A system whose Jacobian J = df/dx can be used without forming or factorising it as a whole: ordered by
/// layer it is block lower triangular, so a solve is one small solve for each layer.
pub trait Layered: System {
    /// Linearises at `state`: later calls of `solve` use J(`state`).
    fn linearise(&mut self, state: &[f64]);

    /// Chooses the shift of later calls of `solve`; called after each `linearise` and whenever the step changes.
    fn shift(&mut self, shift: f64);

    /// Solves (shift · I − J) x = `vector` in place. `vector` is a change that leaves conserved totals alone, as every
    /// derivative and every J · v is, and so is the solution; what else a vector holds of totals may be left out.
    fn solve(&mut self, vector: &mut [f64]);

    /// Writes J · `vector` into `product`, at the state of the last `linearise`.
    fn jacobian_times(&mut self, vector: &[f64], product: &mut [f64]);
}
