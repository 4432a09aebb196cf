//! The fixed point that a time course ends in.
//!
//! The time course decides *which* fixed point: a root finder started anywhere may return a negative or an
//! unstable root. Only once the estimated rest of the way is short is it walked by implicit Euler steps
//! x += (σ I − J)⁻¹ f of growing length 1/σ. They keep every linear invariant (its row vector times f and
//! J is zero), so conserved totals, which make J singular, are no obstacle; and as σ falls they become
//! Newton's method. σ stays at a hundredth of the slowest rate at work: a smaller one converges no faster
//! to speak of, and enlarges the rounding errors of conserved totals by 1/σ. Source: pseudo-transient
//! continuation, Kelley and Keyes, SIAM J. Numer. Anal. 35 (1998) 508–523.

use crate::control::{first_non_finite, norm};
use crate::{Error, Integrator, Layered, Method, Statistics, Tolerances};

/// Estimated distance, relative to max(1, |x|), from which the steps to the fixed point are tried.
const BASIN: f64 = 1e-2;
/// Each correction must be this much smaller than the one before.
const CONTRACTION: f64 = 0.75;
/// Corrections tried before the time course goes on.
const CORRECTIONS: usize = 60;
/// Corrections below this, relative to max(1, |x|), are rounding.
const ROUNDING: f64 = 2e-16;
/// A derivative below this, relative to J times the state, is rounding error of the fluxes.
const FLUX_ROUNDING: f64 = 1e-12;
/// Solves spent on the slowest rate.
const INVERSE_ITERATIONS: usize = 20;
/// The first look at the distance comes after this many steps, the later ones when time has grown by
/// `PATIENCE`.
const FIRST_LOOK: usize = 6;
const PATIENCE: f64 = 1.3;

/// When a state counts as settled, and how long to wait for it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settle {
    /// Last correction accepted, relative to max(1, |x|) of each variable. Corrections go on until they no
    /// longer shrink, so the result is usually exact to rounding.
    pub tolerance: f64,
    /// Time of the time course after which it is given up, in model units.
    pub max_time: f64,
    /// Steps of the time course after which it is given up.
    pub max_steps: usize,
    /// Method of the time course.
    pub method: Method,
}

impl Default for Settle {
    /// Tolerance 1e-10, a million time units, a million steps, automatic choice of method.
    fn default() -> Self {
        Settle { tolerance: 1e-10, max_time: 1e6, max_steps: 1_000_000, method: Method::Auto }
    }
}

/// A fixed point was reached.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settled {
    /// How far the time course was followed; from there the fixed point was reached by corrections.
    /// This is not the settling time: see [`settling_time`](crate::settling_time).
    pub time: f64,
    /// Largest last correction, relative to max(1, |x|).
    pub residual: f64,
    /// Estimated slowest rate (1 / time) of the approach, where there was an approach to measure.
    pub slowest_rate: Option<f64>,
    /// Cost of the time course and of the corrections.
    pub statistics: Statistics,
}

/// Follows the time course from `state` to the fixed point it ends in; `state` becomes that fixed point.
///
/// Variables that are zero at the fixed point are returned as zero, not as a rounding error below it. A
/// fixed point with a negative concentration, or whose slowest mode grows, is passed by.
/// `tolerances` are those of the time course and may be loose: they do not limit the accuracy of the
/// result.
///
/// # Errors
///
/// [`Error::NotSettled`] when `limit.max_time` is over, and those of [`integrate`](crate::integrate);
/// `state` is then the last one reached.
pub fn settle<S: Layered + ?Sized>(
    system: &mut S,
    state: &mut [f64],
    tolerances: &Tolerances,
    limit: &Settle,
) -> Result<Settled, Error> {
    if !(limit.tolerance > 0.0 && limit.tolerance.is_finite()) {
        return Err(Error::Invalid { reason: "the tolerance of a fixed point must be positive".to_owned() });
    }
    let mut integrator = Integrator::new(state.len());
    integrator.limit_steps(limit.max_steps);
    integrator.start(system, limit.method, tolerances, state, 0.0..limit.max_time)?;
    let mut corrections = Corrections::new(state.len());
    let mut next_look = 0.0;
    while !integrator.finished() {
        let result = integrator.step(system);
        if result.is_err() {
            state.copy_from_slice(integrator.state());
        }
        result?;
        let time = integrator.time();
        let due = integrator.statistics().steps >= FIRST_LOOK && time >= next_look;
        if !due && !integrator.finished() {
            continue;
        }
        next_look = PATIENCE * time;
        if corrections.walk(system, integrator.state(), 0.1 / time, limit.tolerance) {
            state.copy_from_slice(&corrections.state);
            let mut statistics = *integrator.statistics();
            statistics.evaluations += corrections.count;
            statistics.linearisations += corrections.count;
            statistics.solves += corrections.solves;
            let (residual, slowest_rate) = (corrections.size, corrections.slowest_rate);
            return Ok(Settled { time, residual, slowest_rate, statistics });
        }
    }
    let time = integrator.time();
    state.copy_from_slice(integrator.state());
    Err(corrections.explain_failure(system, state, time))
}

/// Work vectors and cost of the implicit Euler steps.
struct Corrections {
    state: Vec<f64>,
    derivative: Vec<f64>,
    correction: Vec<f64>,
    /// Size of the last correction, relative to max(1, |x|).
    size: f64,
    slowest_rate: Option<f64>,
    count: usize,
    solves: usize,
}

impl Corrections {
    fn new(dimension: usize) -> Self {
        Corrections {
            state: vec![0.0; dimension],
            derivative: vec![0.0; dimension],
            correction: vec![0.0; dimension],
            size: f64::INFINITY,
            slowest_rate: None,
            count: 0,
            solves: 0,
        }
    }

    /// Walks from `start` to a fixed point; true if it is one that the time course approaches.
    fn walk<S: Layered + ?Sized>(
        &mut self,
        system: &mut S,
        start: &[f64],
        first_shift: f64,
        tolerance: f64,
    ) -> bool {
        self.state.copy_from_slice(start);
        let mut shift = first_shift;
        let mut past = f64::INFINITY;
        for _ in 0..CORRECTIONS {
            self.size = self.correct(system, shift);
            if self.size > CONTRACTION * past {
                // Corrections that are all rounding no longer shrink: the walk is over.
                self.size = past;
                return past <= tolerance && self.accept(system, start, shift, tolerance);
            }
            // A correction against the flow leads to a fixed point that repels.
            let along: f64 = self.derivative.iter().zip(&self.correction).map(|(f, d)| f * d).sum();
            let first = past == f64::INFINITY;
            if !self.size.is_finite() || (first && (self.size > BASIN || along < 0.0)) {
                return false;
            }
            for (x, d) in self.state.iter_mut().zip(&self.correction) {
                *x += d;
            }
            if self.state.iter().zip(start).any(|(x, start)| *x < start.min(0.0) - tolerance) {
                return false;
            }
            if self.size <= ROUNDING {
                return self.accept(system, start, shift, tolerance);
            }
            past = self.size;
            let rate = norm(&self.derivative) / norm(&self.correction);
            shift = shift.min((0.1 * shift).max(0.01 * rate));
        }
        self.size <= tolerance && self.accept(system, start, shift, tolerance)
    }

    /// Computes the correction at the present state; returns its relative size.
    fn correct<S: Layered + ?Sized>(&mut self, system: &mut S, shift: f64) -> f64 {
        system.derivative(&self.state, &mut self.derivative);
        system.linearise(&self.state);
        system.shift(shift);
        self.correction.copy_from_slice(&self.derivative);
        system.solve(&mut self.correction);
        self.count += 1;
        self.solves += 1;
        if first_non_finite(&self.correction).is_some() {
            return f64::INFINITY;
        }
        let relative = self.correction.iter().zip(&self.state).map(|(d, x)| d.abs() / x.abs().max(1.0));
        relative.fold(0.0, f64::max)
    }

    /// Checks that the slowest mode at the fixed point is attracted, and tidies rounding errors below zero.
    fn accept<S: Layered + ?Sized>(
        &mut self,
        system: &mut S,
        start: &[f64],
        shift: f64,
        tolerance: f64,
    ) -> bool {
        if !self.is_conclusive(system, shift) {
            return false;
        }
        self.slowest_rate = self.slowest(system, shift);
        if self.slowest_rate.is_some_and(|rate| rate < 0.0) {
            return false;
        }
        for (x, start) in self.state.iter_mut().zip(start) {
            if *start >= 0.0 && *x < 0.0 && *x >= -tolerance {
                *x = 0.0;
            }
        }
        true
    }

    /// Whether a small last correction means a small distance. It does not where the shift outweighs the rate of
    /// what is still moving: a pot too slow to have moved at all has corrections as small as one at rest. Then
    /// the derivative must be rounding error of the fluxes, judged by the size of J.
    fn is_conclusive<S: Layered + ?Sized>(&self, system: &mut S, shift: f64) -> bool {
        // Squares of what hardly moves would be 0.
        let largest = |vector: &[f64]| vector.iter().fold(0.0f64, |largest, x| largest.max(x.abs()));
        let (moving, step) = (largest(&self.derivative), largest(&self.correction));
        if moving == 0.0 || shift * step <= 0.5 * moving {
            return true;
        }
        let probe: Vec<f64> = self.state.iter().map(|x| x.abs().max(1.0)).collect();
        let mut image = vec![0.0; probe.len()];
        system.jacobian_times(&probe, &mut image);
        moving <= FLUX_ROUNDING * largest(&image)
    }

    /// Inverse iteration for the rate of the slowest mode, negative if that mode grows; none if the
    /// estimates do not come to agree. It starts at J times a vector without structure: that has a part in
    /// every mode, but none along conserved totals, whose rate is zero and of no interest.
    fn slowest<S: Layered + ?Sized>(&mut self, system: &mut S, shift: f64) -> Option<f64> {
        system.linearise(&self.state);
        system.shift(shift);
        let vector = &mut self.correction;
        let image = &mut self.derivative;
        for (i, x) in image.iter_mut().enumerate() {
            // Multiples of the golden ratio, modulo 1.
            *x = 0.5 + (0.618_033_988_749_895 * i as f64).fract();
        }
        system.jacobian_times(image, vector);
        let mut past = f64::NAN;
        for _ in 0..INVERSE_ITERATIONS {
            let length = norm(vector);
            if !(length > 0.0 && length.is_finite()) {
                return None;
            }
            for x in vector.iter_mut() {
                *x /= length;
            }
            image.copy_from_slice(vector);
            system.solve(image);
            self.solves += 1;
            let quotient: f64 = vector.iter().zip(image.iter()).map(|(v, w)| v * w).sum();
            let rate = 1.0 / quotient - shift;
            // Rounding leads the iteration to conserved totals: their rate is 0, give or take that of the shift.
            if rate.abs() <= 1e-6 * shift {
                return None;
            }
            if (rate - past).abs() <= 1e-3 * rate.abs() {
                return Some(rate);
            }
            past = rate;
            vector.copy_from_slice(image);
        }
        None
    }

    fn explain_failure<S: Layered + ?Sized>(&mut self, system: &mut S, state: &[f64], time: f64) -> Error {
        self.state.copy_from_slice(state);
        let shift = 0.1 / time;
        let residual = self.correct(system, shift);
        let rate = norm(&self.derivative) / norm(&self.correction) - shift;
        let slowest_rate = (residual.is_finite() && rate > 0.0 && rate.is_finite()).then_some(rate);
        Error::NotSettled { time, residual, slowest_rate }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Dense, Network, rectifier, root};
    use nalgebra::DMatrix;

    fn loose() -> Tolerances {
        Tolerances::new(1e-5, 1e-8)
    }

    #[test]
    fn finds_the_positive_root_from_anywhere() {
        for (z, h) in [(1.4, 0.25), (0.0, 1e-4), (-3.0, 0.01), (5.0, 1e-6), (-0.02, 1e-4)] {
            for start in [f64::sqrt(h), 1e-3, 1e3, 0.0] {
                let mut state = [start];
                let settled = settle(&mut rectifier(z, h), &mut state, &loose(), &Settle::default()).unwrap();
                let expected = root(z, h);
                assert!(
                    (state[0] - expected).abs() < 1e-12 * expected.max(1.0),
                    "{z} {h} {start}: {state:?}"
                );
                assert!(settled.residual <= 1e-10);
                let rate = (z * z + 4.0 * h).sqrt();
                if let Some(slowest) = settled.slowest_rate {
                    assert!((slowest / rate - 1.0).abs() < 0.05, "{slowest} is not {rate}");
                }
            }
        }
    }

    #[test]
    fn layered_networks_settle_at_the_forward_pass() {
        for (scale, h) in [(1.0, 0.25), (4.0, 0.25), (8.0, 0.01)] {
            for seed in 0..10 {
                let mut network = Network::random(&[4, 16, 16, 3], scale, h, seed);
                let mut state = network.start();
                let settled = settle(&mut network, &mut state, &loose(), &Settle::default()).unwrap();
                for (x, y) in state.iter().zip(network.forward()) {
                    assert!((x - y).abs() <= 1e-12 * y.abs().max(1.0), "{scale} {seed}: {x} {y} {settled:?}");
                }
            }
        }
    }

    #[test]
    fn a_pot_too_slow_to_move_has_not_settled() {
        for rate in [1e-300, 1e-100, 1e-30, 1e-16, 1e-13, 1e-11, 1e-9] {
            let mut relay = Dense::new(
                1,
                move |x, f| f[0] = rate * (1.0 - x[0]),
                move |_| DMatrix::from_element(1, 1, -rate),
            );
            let mut state = [0.0];
            let result = settle(&mut relay, &mut state, &loose(), &Settle::default());
            assert!(result.is_err() || (state[0] - 1.0).abs() < 1e-10, "{rate}: {state:?} {result:?}");
        }
    }

    /// X ⇌ X*, rates a and b: the total is conserved and J is singular.
    fn exchange(a: f64, b: f64) -> Dense {
        Dense::new(
            2,
            move |x, f| {
                f[0] = b * x[1] - a * x[0];
                f[1] = -f[0];
            },
            move |_| DMatrix::from_row_slice(2, 2, &[-a, b, a, -b]),
        )
    }

    #[test]
    fn conserved_totals_have_no_rate() {
        for total in [0.3, 0.85, 1.0, 1.07, 1.92] {
            let mut state = [total, 0.0];
            let settled = settle(&mut exchange(1.0, 3.0), &mut state, &loose(), &Settle::default()).unwrap();
            assert!(settled.slowest_rate.is_none_or(|rate| (rate - 4.0).abs() < 0.2), "{total}: {settled:?}");
        }
    }

    #[test]
    fn conserved_totals_are_kept() {
        for (a, b) in [(1.0, 3.0), (0.02, 0.01), (1e4, 1.0), (5.0, 0.0)] {
            let mut state = [1.0, 0.0];
            let settled = settle(&mut exchange(a, b), &mut state, &loose(), &Settle::default()).unwrap();
            assert!((state[0] + state[1] - 1.0).abs() < 1e-12, "{state:?}");
            assert!((state[0] - b / (a + b)).abs() < 1e-12, "{state:?} {settled:?}");
        }
    }

    /// A conserved total beside dynamics of several orders of magnitude: enzyme E + S ⇌ C → E + P → S.
    #[test]
    fn nonlinear_conserved_totals_are_kept() {
        let flux = |x: &[f64]| [1e3 * x[0] * x[1], 10.0 * x[2], 2.0 * x[2], 0.02 * x[3]];
        let mut system = Dense::new(
            4,
            move |x, f| {
                let [on, off, make, back] = flux(x);
                f[0] = off + make - on;
                f[1] = off + back - on;
                f[2] = on - off - make;
                f[3] = make - back;
            },
            |x| {
                let (e, s) = (1e3 * x[0], 1e3 * x[1]);
                DMatrix::from_row_slice(
                    4,
                    4,
                    &[-s, -e, 12.0, 0.0, -s, -e, 10.0, 0.02, s, e, -12.0, 0.0, 0.0, 0.0, 2.0, -0.02],
                )
            },
        );
        let mut state = [0.1, 1.0, 0.0, 0.0];
        let settled = settle(&mut system, &mut state, &loose(), &Settle::default()).unwrap();
        assert!((state[0] + state[2] - 0.1).abs() < 1e-11, "{state:?}");
        assert!((state[1] + state[2] + state[3] - 1.0).abs() < 1e-11, "{state:?}");
        assert!((2.0 * state[2] - 0.02 * state[3]).abs() < 1e-12, "{state:?} {settled:?}");
    }

    #[test]
    fn slow_systems_settle() {
        let mut system =
            Dense::new(1, |x, f| f[0] = 0.02 * (1.0 - x[0]), |_| DMatrix::from_element(1, 1, -0.02));
        let mut state = [0.0];
        let settled = settle(&mut system, &mut state, &loose(), &Settle::default()).unwrap();
        assert!((state[0] - 1.0).abs() < 1e-14);
        assert!((settled.slowest_rate.unwrap() / 0.02 - 1.0).abs() < 1e-6);
    }

    /// x' = x (1 − x) leaves 0 slowly: 0 is close, and wrong.
    #[test]
    fn repelling_fixed_points_are_passed() {
        let logistic = |x: &[f64], f: &mut [f64]| f[0] = x[0] * (1.0 - x[0]);
        let mut system = Dense::new(1, logistic, |x| DMatrix::from_element(1, 1, 1.0 - 2.0 * x[0]));
        let mut state = [1e-9];
        settle(&mut system, &mut state, &loose(), &Settle::default()).unwrap();
        assert!((state[0] - 1.0).abs() < 1e-14);

        // A nearly even competition: the course passes by the symmetric saddle.
        let compete = |x: &[f64], f: &mut [f64]| {
            f[0] = x[0] * (1.0 - x[0] - 2.0 * x[1]);
            f[1] = x[1] * (1.0 - x[1] - 2.0 * x[0]);
        };
        let mut system = Dense::new(2, compete, |x| {
            let (a, b) = (1.0 - 2.0 * x[0] - 2.0 * x[1], -2.0 * x[0]);
            DMatrix::from_row_slice(2, 2, &[a, b, -2.0 * x[1], a])
        });
        let mut state = [0.01 + 1e-9, 0.01];
        settle(&mut system, &mut state, &loose(), &Settle::default()).unwrap();
        assert!((state[0] - 1.0).abs() < 1e-12 && state[1].abs() < 1e-12, "{state:?}");
    }

    #[test]
    fn depleted_species_end_at_zero() {
        let mut system = Dense::new(
            2,
            |x, f| {
                f[0] = -3.0 * x[0] * x[1];
                f[1] = f[0];
            },
            |x| {
                let (a, b) = (-3.0 * x[1], -3.0 * x[0]);
                DMatrix::from_row_slice(2, 2, &[a, b, a, b])
            },
        );
        let mut state = [1.0, 0.25];
        settle(&mut system, &mut state, &loose(), &Settle::default()).unwrap();
        assert!((state[0] - 0.75).abs() < 1e-12 && (0.0..1e-12).contains(&state[1]), "{state:?}");
    }

    #[test]
    fn what_never_settles_is_an_error() {
        let mut turning = Dense::new(
            2,
            |x, f| {
                f[0] = 1.0 - x[1];
                f[1] = x[0] - 1.0;
            },
            |_| DMatrix::from_row_slice(2, 2, &[0.0, -1.0, 1.0, 0.0]),
        );
        let limit = Settle { max_time: 200.0, ..Settle::default() };
        let error = settle(&mut turning, &mut [1.5, 1.0], &loose(), &limit).unwrap_err();
        assert!(matches!(error, Error::NotSettled { time: 200.0, .. }), "{error}");

        let mut slow =
            Dense::new(1, |x, f| f[0] = 1e-3 * (1.0 - x[0]), |_| DMatrix::from_element(1, 1, -1e-3));
        let error = settle(&mut slow, &mut [0.0], &loose(), &limit).unwrap_err();
        let Error::NotSettled { residual, slowest_rate, .. } = error else { panic!("{error}") };
        assert!(residual > 0.1 && (slowest_rate.unwrap() / 1e-3 - 1.0).abs() < 1e-6, "{error}");
    }
}
