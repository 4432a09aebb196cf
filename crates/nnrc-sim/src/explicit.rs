//! Tsit5: an explicit Runge–Kutta method of order 5 with an embedded error estimate of order 4.
//!
//! Seven stages, of which the last is the first of the next step. Source of the coefficients: Ch.
//! Tsitouras, "Runge–Kutta pairs of order 5(4) satisfying only the first column simplifying assumption",
//! Computers & Mathematics with Applications 62 (2011) 770–775. The tests check them against the order
//! conditions.

use crate::control::Scale;
use crate::stages::Step;
use crate::system::System;
use crate::vectors::combine;

/// Largest h·|λ| on the negative real axis at which the method is stable.
pub(crate) const STABILITY: f64 = 3.5;
/// Evaluations of one attempted step.
pub(crate) const EVALUATIONS: usize = 6;

const A2: [f64; 1] = [0.161];
const A3: [f64; 2] = [-0.008480655492356989, 0.335480655492357];
const A4: [f64; 3] = [2.8971530571054935, -6.359448489975075, 4.3622954328695815];
const A5: [f64; 4] = [5.325864828439257, -11.748883564062828, 7.4955393428898365, -0.09249506636175525];
const A6: [f64; 5] =
    [5.86145544294642, -12.92096931784711, 8.159367898576159, -0.071584973281401, -0.028269050394068383];
/// Weights of the solution, which are also the coefficients of the seventh stage.
const B: [f64; 6] =
    [0.09646076681806523, 0.01, 0.4798896504144996, 1.379008574103742, -3.290069515436081, 2.324710524099774];
/// Weights of the solution minus those of the embedded one.
const ERROR: [f64; 7] = [
    -0.001780011052225777,
    -0.0008164344596567469,
    0.007880878010261995,
    -0.1447110071732629,
    0.5823571654525552,
    -0.45808210592918697,
    0.015151515151515152,
];
/// Coefficients of θ, θ², θ³, θ⁴ in the weight of each stage: the interpolant of order 4.
const DENSE: [[f64; 4]; 7] = [
    [1.0, -2.763706197274826, 2.9132554618219126, -1.0530884977290216],
    [0.0, 0.13169999999999998, -0.2234, 0.1017],
    [0.0, 3.9302962368947516, -5.941033872131505, 2.490627285651253],
    [0.0, -12.411077166933676, 30.33818863028232, -16.548102889244902],
    [0.0, 37.50931341651104, -88.1789048947664, 47.37952196281928],
    [0.0, -27.896526289197286, 65.09189467479366, -34.87065786149661],
    [0.0, 1.5, -4.0, 2.5],
];

/// Work vectors of the method.
pub(crate) struct Tsit5 {
    stages: [Vec<f64>; 7],
    argument: Vec<f64>,
}

impl Tsit5 {
    pub(crate) fn new(dimension: usize) -> Self {
        Tsit5 { stages: std::array::from_fn(|_| vec![0.0; dimension]), argument: vec![0.0; dimension] }
    }

    /// Evaluates the derivative at `state`, where the next step starts.
    pub(crate) fn begin<S: System + ?Sized>(&mut self, system: &mut S, state: &[f64]) {
        system.derivative(state, &mut self.stages[0]);
    }

    /// Makes the last stage of the step just accepted the first of the next.
    pub(crate) fn advance(&mut self) {
        self.stages.swap(0, 6);
    }

    /// Derivative at the start of the step, and two vectors free for use before it.
    pub(crate) fn before_step(&mut self) -> (&[f64], [&mut [f64]; 2]) {
        let [first, second, ..] = &mut self.stages;
        (first, [second, &mut self.argument])
    }

    /// Tries a step of length `step` from `state` into `next`; returns its error relative to the
    /// tolerances (1 is just good enough, NaN where the derivative is not finite).
    pub(crate) fn attempt<S: System + ?Sized>(
        &mut self,
        system: &mut S,
        state: &[f64],
        step: f64,
        next: &mut [f64],
        scale: Scale<'_>,
    ) -> f64 {
        let x = &mut self.argument;
        let [k1, k2, k3, k4, k5, k6, k7] = &mut self.stages;
        system.combine(x, state, step, &A2, &[k1]);
        system.derivative(x, k2);
        system.combine(x, state, step, &A3, &[k1, k2]);
        system.derivative(x, k3);
        system.combine(x, state, step, &A4, &[k1, k2, k3]);
        system.derivative(x, k4);
        system.combine(x, state, step, &A5, &[k1, k2, k3, k4]);
        system.derivative(x, k5);
        system.combine(x, state, step, &A6, &[k1, k2, k3, k4, k5]);
        system.derivative(x, k6);
        system.combine(next, state, step, &B, &[k1, k2, k3, k4, k5, k6]);
        system.derivative(next, k7);

        let stages = self.stages.each_ref().map(|stage| stage.as_slice());
        let Scale { relative, absolute } = scale;
        let (weights, stages) = (&ERROR, &stages);
        system.largest_error(Step { factor: step, weights, stages, state, next, relative, absolute })
    }

    /// Writes how the derivative differs between the last two stages, both at the end of the step: a
    /// vector rich in fast modes.
    pub(crate) fn late_change(&self, change: &mut [f64]) {
        let [.., sixth, seventh] = &self.stages;
        for ((change, sixth), seventh) in change.iter_mut().zip(sixth).zip(seventh) {
            *change = seventh - sixth;
        }
    }

    /// Writes the solution at the fraction `theta` of the step of length `step` from `before` into `out`.
    pub(crate) fn interpolate(&self, theta: f64, step: f64, before: &[f64], out: &mut [f64]) {
        let weights = DENSE.map(|[c1, c2, c3, c4]| theta * (c1 + theta * (c2 + theta * (c3 + theta * c4))));
        combine(out, before, step, weights, self.stages.each_ref().map(|stage| stage.as_slice()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Dense;
    use nalgebra::DMatrix;

    /// The stage matrix with the last row, and the stage times.
    fn tableau() -> ([[f64; 7]; 7], [f64; 7]) {
        let rows: [&[f64]; 7] = [&[], &A2, &A3, &A4, &A5, &A6, &B];
        let a = rows.map(|row| std::array::from_fn(|j| row.get(j).copied().unwrap_or(0.0)));
        (a, a.map(|row: [f64; 7]| row.iter().sum()))
    }

    fn apply(a: &[[f64; 7]; 7], v: [f64; 7]) -> [f64; 7] {
        a.map(|row| (0..7).map(|j| row[j] * v[j]).sum())
    }

    /// Elementary weights of the 17 rooted trees up to order 5, with the value each must have.
    fn conditions(b: [f64; 7]) -> Vec<(usize, f64, f64)> {
        let (a, c) = tableau();
        let power = |n: i32| c.map(|x| x.powi(n));
        let times = |u: [f64; 7], v: [f64; 7]| -> [f64; 7] { std::array::from_fn(|i| u[i] * v[i]) };
        let dot = |v: [f64; 7]| -> f64 { (0..7).map(|i| b[i] * v[i]).sum() };
        let ac = apply(&a, c);
        vec![
            (1, dot([1.0; 7]), 1.0),
            (2, dot(c), 1.0 / 2.0),
            (3, dot(power(2)), 1.0 / 3.0),
            (3, dot(ac), 1.0 / 6.0),
            (4, dot(power(3)), 1.0 / 4.0),
            (4, dot(times(c, ac)), 1.0 / 8.0),
            (4, dot(apply(&a, power(2))), 1.0 / 12.0),
            (4, dot(apply(&a, ac)), 1.0 / 24.0),
            (5, dot(power(4)), 1.0 / 5.0),
            (5, dot(times(power(2), ac)), 1.0 / 10.0),
            (5, dot(times(ac, ac)), 1.0 / 20.0),
            (5, dot(times(c, apply(&a, power(2)))), 1.0 / 15.0),
            (5, dot(apply(&a, power(3))), 1.0 / 20.0),
            (5, dot(times(c, apply(&a, ac))), 1.0 / 30.0),
            (5, dot(apply(&a, times(c, ac))), 1.0 / 40.0),
            (5, dot(apply(&a, apply(&a, power(2)))), 1.0 / 60.0),
            (5, dot(apply(&a, apply(&a, ac))), 1.0 / 120.0),
        ]
    }

    #[test]
    fn weights_satisfy_the_order_conditions() {
        let solution: [f64; 7] = std::array::from_fn(|i| B.get(i).copied().unwrap_or(0.0));
        for (order, weight, expected) in conditions(solution) {
            assert!((weight - expected).abs() < 1e-13, "order {order}: {weight} is not {expected}");
        }
        let embedded = std::array::from_fn(|i| solution[i] - ERROR[i]);
        for (order, weight, expected) in conditions(embedded) {
            if order <= 4 {
                assert!((weight - expected).abs() < 1e-13, "embedded, order {order}: {weight}, {expected}");
            }
        }
    }

    #[test]
    fn interpolant_satisfies_the_order_conditions() {
        for theta in [0.1, 0.35, 0.5, 0.8, 1.0_f64] {
            let weights =
                DENSE.map(|[c1, c2, c3, c4]| theta * (c1 + theta * (c2 + theta * (c3 + theta * c4))));
            for (order, weight, expected) in conditions(weights) {
                if order <= 4 {
                    let expected = expected * theta.powi(order as i32);
                    assert!((weight - expected).abs() < 1e-12, "theta {theta}, order {order}");
                }
            }
        }
    }

    /// Error at time 1 of the logistic equation in `count` equal steps: at the end, and largest between.
    fn errors(count: usize) -> (f64, f64) {
        let exact = |t: f64| 1.0 / (1.0 + 3.0 * (-4.0 * t).exp());
        let logistic = |x: &[f64], f: &mut [f64]| f[0] = 4.0 * x[0] * (1.0 - x[0]);
        let mut system = Dense::new(1, logistic, |x| DMatrix::from_element(1, 1, 4.0 - 8.0 * x[0]));
        let scale = Scale { relative: 0.0, absolute: &[1.0] };
        let (mut method, step) = (Tsit5::new(1), 1.0 / count as f64);
        let (mut state, mut next, mut middle, mut between) = ([0.25], [0.0], [0.0], 0.0_f64);
        method.begin(&mut system, &state);
        for i in 0..count {
            method.attempt(&mut system, &state, step, &mut next, scale);
            method.interpolate(0.4, step, &state, &mut middle);
            between = between.max((middle[0] - exact((i as f64 + 0.4) * step)).abs());
            state = next;
            method.advance();
        }
        ((state[0] - exact(1.0)).abs(), between)
    }

    #[test]
    fn global_error_falls_with_the_fifth_power() {
        let (coarse, coarse_between) = errors(80);
        let (fine, fine_between) = errors(160);
        let slope = (coarse / fine).log2();
        assert!((4.7..5.3).contains(&slope), "slope {slope}");
        let slope = (coarse_between / fine_between).log2();
        assert!((4.5..5.6).contains(&slope), "slope between steps {slope}");
    }
}
