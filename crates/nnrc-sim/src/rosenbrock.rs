//! Rodas4: a linearly implicit method of order 4(3), L-stable and stiffly accurate.
//!
//! Six stages, each one solve with (I / (h γ) − J); the embedded solution is the one before the last
//! stage, so the last stage itself is the error estimate. Source of the coefficients and of the dense
//! output: code RODAS of E. Hairer and G. Wanner, *Solving Ordinary Differential Equations II*, sections
//! IV.7 and VI.4, in the form that needs no product with J, for autonomous systems.

use crate::control::Scale;
use crate::stages::Step;
use crate::system::Layered;
use crate::vectors::accumulate;

/// Evaluations of one attempted step, besides the one at its start.
pub(crate) const EVALUATIONS: usize = 5;
/// Solves of one attempted step.
pub(crate) const SOLVES: usize = 6;

const GAMMA: f64 = 0.25;
const A2: [f64; 1] = [1.544];
const A3: [f64; 2] = [0.9466785280815826, 0.2557011698983284];
const A4: [f64; 3] = [3.314825187068521, 2.896124015972201, 0.9986419139977817];
const A5: [f64; 4] = [1.221224509226641, 6.019134481288629, 12.53708332932087, -0.687886036105895];
const C2: [f64; 1] = [-5.6688];
const C3: [f64; 2] = [-2.430093356833875, -0.2063599157091915];
const C4: [f64; 3] = [-0.1073529058151375, -9.594562251023355, -20.47028614809616];
const C5: [f64; 4] = [7.496443313967647, -10.24680431464352, -33.99990352819905, 11.7089089320616];
const C6: [f64; 5] =
    [8.083246795921522, -7.981132988064893, -31.52159432874371, 16.31930543123136, -6.058818238834054];
const DENSE: [[f64; 5]; 2] = [
    [10.12623508344586, -7.487995877610167, -34.80091861555747, -7.992771707568823, 1.025137723295662],
    [-0.6762803392801253, 6.087714651680015, 16.43084320892478, 24.76722511418386, -6.594389125716872],
];

/// Work vectors of the method.
pub(crate) struct Rodas4 {
    derivative: Vec<f64>,
    stages: [Vec<f64>; 6],
    argument: Vec<f64>,
}

impl Rodas4 {
    pub(crate) fn new(dimension: usize) -> Self {
        Rodas4 {
            derivative: vec![0.0; dimension],
            stages: std::array::from_fn(|_| vec![0.0; dimension]),
            argument: vec![0.0; dimension],
        }
    }

    /// Evaluates the derivative and linearises at `state`, where the next step starts.
    pub(crate) fn begin<S: Layered + ?Sized>(&mut self, system: &mut S, state: &[f64]) {
        system.derivative(state, &mut self.derivative);
        system.linearise(state);
    }

    /// Derivative at the start of the step.
    pub(crate) fn derivative(&self) -> &[f64] {
        &self.derivative
    }

    /// Tries a step of length `step` from `state` into `next`; returns its error relative to the
    /// tolerances (1 is just good enough, NaN where the derivative or a solve is not finite).
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
        let [u1, u2, u3, u4, u5, u6] = &mut self.stages;
        u1.copy_from_slice(&self.derivative);
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
        system.combine(x, state, 1.0, &A5, &[u1, u2, u3, u4]);
        system.derivative(x, u5);
        system.accumulate(u5, per_step, &C5, &[u1, u2, u3, u4]);
        system.solve(u5);
        system.accumulate(x, 1.0, &[1.0], &[u5]);
        system.derivative(x, u6);
        system.accumulate(u6, per_step, &C6, &[u1, u2, u3, u4, u5]);
        system.solve(u6);
        system.combine(next, x, 1.0, &[1.0], &[u6]);

        let (weights, stages): (&[f64], &[&[f64]]) = (&[1.0], &[u6]);
        let Scale { relative, absolute } = scale;
        system.largest_error(Step { factor: 1.0, weights, stages, state, next, relative, absolute })
    }

    /// Writes the solution at the fraction `theta` of the step from `before` to `after` into `out`.
    pub(crate) fn interpolate(&self, theta: f64, before: &[f64], after: &[f64], out: &mut [f64]) {
        let rest = 1.0 - theta;
        let weights: [f64; 5] = std::array::from_fn(|j| theta * rest * (DENSE[0][j] + theta * DENSE[1][j]));
        let [u1, u2, u3, u4, u5, _] = &self.stages;
        for ((out, before), after) in out.iter_mut().zip(before).zip(after) {
            *out = rest * before + theta * after;
        }
        accumulate(out, 1.0, weights, [u1, u2, u3, u4, u5]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Dense;
    use nalgebra::{DMatrix, DVector};

    /// x' = 4 x (1 − x).
    fn logistic() -> impl Layered {
        Dense::new(
            1,
            |x, f| f[0] = 4.0 * x[0] * (1.0 - x[0]),
            |x| DMatrix::from_element(1, 1, 4.0 - 8.0 * x[0]),
        )
    }

    fn errors(count: usize) -> (f64, f64) {
        let mut system = logistic();
        let exact = |t: f64| 1.0 / (1.0 + 3.0 * (-4.0 * t).exp());
        let scale = Scale { relative: 0.0, absolute: &[1.0] };
        let (mut method, step) = (Rodas4::new(1), 1.0 / count as f64);
        let (mut state, mut next, mut middle, mut between) = ([0.25], [0.0], [0.0], 0.0_f64);
        for i in 0..count {
            method.begin(&mut system, &state);
            method.attempt(&mut system, &state, step, &mut next, scale);
            method.interpolate(0.4, &state, &next, &mut middle);
            between = between.max((middle[0] - exact((i as f64 + 0.4) * step)).abs());
            state = next;
        }
        ((state[0] - exact(1.0)).abs(), between)
    }

    #[test]
    fn global_error_falls_with_the_fourth_power() {
        let (coarse, coarse_between) = errors(40);
        let (fine, fine_between) = errors(80);
        let slope = (coarse / fine).log2();
        assert!((3.7..4.6).contains(&slope), "slope {slope}");
        let slope = (coarse_between / fine_between).log2();
        assert!((3.5..4.8).contains(&slope), "slope between steps {slope}");
    }

    #[test]
    fn is_stable_and_damps_at_infinity() {
        let rate = 1e9;
        let mut system =
            Dense::new(1, move |x, f| f[0] = -rate * x[0], move |_| DMatrix::from_element(1, 1, -rate));
        let scale = Scale { relative: 0.0, absolute: &[1.0] };
        let (mut method, mut next) = (Rodas4::new(1), [0.0]);
        method.begin(&mut system, &[1.0]);
        method.attempt(&mut system, &[1.0], 1.0, &mut next, scale);
        assert!(next[0].abs() < 1e-6, "{}", next[0]);
    }

    /// One step for a linear system is the stability function; compare it with the exponential.
    #[test]
    fn linear_systems_are_matched_to_fourth_order() {
        let matrix = DMatrix::from_row_slice(2, 2, &[-1.0, 0.5, 0.25, -2.0]);
        let defect = |step: f64| {
            let (a, b) = (matrix.clone(), matrix.clone());
            let mut system = Dense::new(
                2,
                move |x, f| f.copy_from_slice((&a * DVector::from_column_slice(x)).as_slice()),
                move |_| b.clone(),
            );
            let scale = Scale { relative: 0.0, absolute: &[1.0; 2] };
            let (mut method, mut next) = (Rodas4::new(2), [0.0; 2]);
            method.begin(&mut system, &[1.0, 0.5]);
            method.attempt(&mut system, &[1.0, 0.5], step, &mut next, scale);
            let exact = (&matrix * step).exp() * DVector::from_column_slice(&[1.0, 0.5]);
            (exact - DVector::from_column_slice(&next)).norm()
        };
        let slope = (defect(0.2) / defect(0.1)).log2();
        assert!((4.7..5.4).contains(&slope), "local slope {slope}");
    }
}
