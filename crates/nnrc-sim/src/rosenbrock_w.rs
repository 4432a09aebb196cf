//! ROS34PW2: a linearly implicit method of order 3(2) whatever matrix stands for the Jacobian.
//!
//! Four stages, each one solve with (I / (h γ) − A). With A = J it is L-stable and stiffly accurate; its order does not
//! depend on A (a W-method), so A may leave out what is not stiff, and the solves become as cheap as that. Source of the
//! coefficients: J. Rang and L. Angermann, "New Rosenbrock W-methods of order 3 for partial differential algebraic
//! equations of index 1", BIT Numerical Mathematics 45 (2005) 761–787, here in the form that needs no product with A.
//! The tests check them against the order conditions.

use crate::control::Scale;
use crate::stages::Step;
use crate::system::Layered;
use crate::vectors::combine;

/// Evaluations of one attempted step, besides the one at its start.
pub(crate) const EVALUATIONS: usize = 3;
/// Solves of one attempted step.
pub(crate) const SOLVES: usize = 4;

const GAMMA: f64 = 0.435866521508459;
const A2: [f64; 1] = [2.0];
const A3: [f64; 2] = [1.4192173174557652, -0.2592322116729698];
/// The last stage; with that stage itself, the solution.
const A4: [f64; 3] = [4.184760482319161, -0.285192017355496, 2.2942803602790423];
const C2: [f64; 1] = [-4.588560720558084];
const C3: [f64; 2] = [-4.184760482319161, 0.2851920173554959];
const C4: [f64; 3] = [-6.36817920012836, -6.795620944466837, 2.870098604331055];
/// Weights of the solution minus those of the embedded one.
const ERROR: [f64; 4] = [0.27774994764797034, -1.4032398951759986, 1.7726301276675511, 0.5];

/// Work vectors of the method.
pub(crate) struct Ros34Pw2 {
    /// Derivatives at both ends of the step.
    slopes: [Vec<f64>; 2],
    stages: [Vec<f64>; 4],
    argument: Vec<f64>,
}

impl Ros34Pw2 {
    pub(crate) fn new(dimension: usize) -> Self {
        let vector = || vec![0.0; dimension];
        Self { slopes: [vector(), vector()], stages: std::array::from_fn(|_| vector()), argument: vector() }
    }

    /// Evaluates the derivative at `state`, where the next step starts.
    pub(crate) fn begin<S: Layered + ?Sized>(&mut self, system: &mut S, state: &[f64]) {
        system.derivative(state, &mut self.slopes[0]);
    }

    /// Evaluates the derivative at `state`, where the step just accepted ends.
    pub(crate) fn finish<S: Layered + ?Sized>(&mut self, system: &mut S, state: &[f64]) {
        system.derivative(state, &mut self.slopes[1]);
    }

    /// Makes the end of the step just accepted the start of the next.
    pub(crate) fn advance(&mut self) {
        self.slopes.swap(0, 1);
    }

    /// Derivative at the start of the step.
    pub(crate) fn derivative(&self) -> &[f64] {
        &self.slopes[0]
    }

    /// Tries a step of length `step` from `state` into `next`, with the linearisation as it is; returns its error
    /// relative to the tolerances (1 is just good enough, NaN where the derivative or a solve is not finite).
    pub(crate) fn attempt<S: Layered + ?Sized>(
        &mut self,
        system: &mut S,
        state: &[f64],
        step: f64,
        next: &mut [f64],
        scale: Scale<'_>,
    ) -> f64 {
        let per_step = 1.0 / step;
        system.shift(per_step / GAMMA);
        let x = &mut self.argument;
        let [u1, u2, u3, u4] = &mut self.stages;
        u1.copy_from_slice(&self.slopes[0]);
        system.solve(u1);
        system.combine(x, state, 1.0, &A2, &[u1]);
        system.derivative(x, u2);
        system.accumulate(u2, per_step, &C2, &[u1]);
        system.solve(u2);
        system.combine(x, state, 1.0, &A3, &[u1, u2]);
        system.derivative(x, u3);
        system.accumulate(u3, per_step, &C3, &[u1, u2]);
        system.solve(u3);
        system.combine(x, state, 1.0, &A4, &[u1, u2, u3]);
        system.derivative(x, u4);
        system.accumulate(u4, per_step, &C4, &[u1, u2, u3]);
        system.solve(u4);
        system.combine(next, x, 1.0, &[1.0], &[u4]);

        let stages = self.stages.each_ref().map(|stage| stage.as_slice());
        let (weights, stages) = (&ERROR, &stages);
        let Scale { relative, absolute } = scale;
        system.largest_error(Step { factor: 1.0, weights, stages, state, next, relative, absolute })
    }

    /// Writes the solution at the fraction `theta` of the step from `before` to `after` into `out`: the cubic through
    /// both ends with their slopes.
    pub(crate) fn interpolate(&self, theta: f64, step: f64, before: &[f64], after: &[f64], out: &mut [f64]) {
        let rest = 1.0 - theta;
        let [first, last] = self.slopes.each_ref().map(Vec::as_slice);
        let to = theta * theta * (3.0 - 2.0 * theta);
        let weights = [-to, to, step * theta * rest * rest, -step * theta * theta * rest];
        combine(out, before, 1.0, weights, [before, after, first, last]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Dense;
    use nalgebra::{DMatrix, Matrix4, RowVector4, Vector4};

    /// α, Γ and the weights of both solutions, out of the transformed coefficients.
    fn tableau() -> (Matrix4<f64>, Matrix4<f64>, [RowVector4<f64>; 2]) {
        let lower = |rows: [&[f64]; 4]| Matrix4::from_fn(|i, j| rows[i].get(j).copied().unwrap_or(0.0));
        let inverse = Matrix4::identity() / GAMMA - lower([&[], &C2, &C3, &C4]);
        let gamma = inverse.try_inverse().unwrap();
        let weights = RowVector4::new(A4[0], A4[1], A4[2], 1.0);
        let embedded = weights - RowVector4::from_row_slice(&ERROR);
        (lower([&[], &A2, &A3, &A4]) * gamma, gamma, [weights * gamma, embedded * gamma])
    }

    #[test]
    fn order_conditions_hold_for_any_matrix() {
        let (alpha, gamma, [b, embedded]) = tableau();
        let one = Vector4::repeat(1.0);
        let (a, g) = (alpha * one, gamma * one);
        for b in [b, embedded] {
            for (found, expected) in [((b * one).x, 1.0), ((b * a).x, 0.5), ((b * g).x, 0.0)] {
                assert!((found - expected).abs() < 1e-13, "{found} {expected}");
            }
        }
        let third = [
            ((b * a.component_mul(&a)).x, 1.0 / 3.0),
            ((b * alpha * a).x, 1.0 / 6.0),
            ((b * alpha * g).x, 0.0),
            ((b * gamma * a).x, 0.0),
            ((b * gamma * g).x, 0.0),
        ];
        for (found, expected) in third {
            assert!((found - expected).abs() < 1e-13, "{found} {expected}");
        }
    }

    /// Error at time 1 of a logistic equation with a matrix that has nothing to do with it: at the end, and largest between.
    fn errors(count: usize) -> (f64, f64) {
        let exact = |t: f64| 1.0 / (1.0 + 3.0 * (-4.0 * t).exp());
        let logistic = |x: &[f64], f: &mut [f64]| f[0] = 4.0 * x[0] * (1.0 - x[0]);
        let mut system = Dense::new(1, logistic, |_| DMatrix::from_element(1, 1, -3.0));
        let scale = Scale { relative: 0.0, absolute: &[1.0] };
        let (mut method, step) = (Ros34Pw2::new(1), 1.0 / count as f64);
        let (mut state, mut next, mut middle, mut between) = ([0.25], [0.0], [0.0], 0.0_f64);
        for i in 0..count {
            method.begin(&mut system, &state);
            system.linearise(&state);
            method.attempt(&mut system, &state, step, &mut next, scale);
            method.finish(&mut system, &next);
            method.interpolate(0.4, step, &state, &next, &mut middle);
            between = between.max((middle[0] - exact((i as f64 + 0.4) * step)).abs());
            state = next;
        }
        ((state[0] - exact(1.0)).abs(), between)
    }

    #[test]
    fn global_error_falls_with_the_third_power() {
        let ((coarse, coarse_between), (fine, fine_between)) = (errors(80), errors(160));
        for slope in [(coarse / fine).log2(), (coarse_between / fine_between).log2()] {
            assert!((2.7..3.4).contains(&slope), "slope {slope}");
        }
    }

    #[test]
    fn is_stable_and_damps_at_infinity() {
        let rate = 1e9;
        let mut system =
            Dense::new(1, move |x, f| f[0] = -rate * x[0], move |_| DMatrix::from_element(1, 1, -rate));
        let scale = Scale { relative: 0.0, absolute: &[1.0] };
        let (mut method, mut next) = (Ros34Pw2::new(1), [0.0]);
        method.begin(&mut system, &[1.0]);
        system.linearise(&[1.0]);
        method.attempt(&mut system, &[1.0], 1.0, &mut next, scale);
        assert!(next[0].abs() < 1e-6, "{}", next[0]);
    }
}
