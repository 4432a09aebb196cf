//! The last part of the way to a fixed point.
//!
//! Implicit Euler steps x += (σ I − J)⁻¹ f of growing length 1/σ keep every linear invariant (its row vector times f and
//! J is zero), so conserved totals, which make J singular, are no obstacle; and as σ falls they become Newton's method.
//! Source: pseudo-transient continuation, Kelley and Keyes, SIAM J. Numer. Anal. 35 (1998) 508–523.

use crate::control::first_non_finite;
use crate::error::Error;
use crate::settings::Statistics;
use crate::system::Layered;

/// Estimated distance, relative to max(1, |x|), from which a walk is tried.
const BASIN: f64 = 1e-2;
/// Each correction must be this much smaller than the one before.
const CONTRACTION: f64 = 0.75;
/// Corrections tried before the time course goes on.
const CORRECTIONS: usize = 60;
/// Corrections below this, relative to each variable, are rounding.
const ROUNDING: f64 = 4e-16;
/// A derivative below this, relative to what the variables that it depends on move it by, is rounding error.
const FLUX_ROUNDING: f64 = 1e-14;
/// Directions in which the size of the fluxes is felt for.
const DIRECTIONS: usize = 3;
/// A shift below every rate: the corrections are Newton's.
const NO_SHIFT: f64 = 1e-100;
/// Corrections without a shift.
const NEWTON: usize = 8;
/// What falls to less than this part of itself below zero has become zero.
const GONE: f64 = 1e-8;
/// Solves spent on the slowest rate.
const INVERSE_ITERATIONS: usize = 20;

/// Where a walk may start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Start {
    /// Where the first correction is small beside the concentrations of the pot.
    Near,
    /// Where the first correction of each variable is small beside itself.
    Anywhere,
}

/// Work vectors and cost of the corrections.
pub(super) struct Corrections {
    state: Vec<f64>,
    derivative: Vec<f64>,
    correction: Vec<f64>,
    /// Sizes of the fluxes.
    fluxes: Vec<f64>,
    direction: Vec<f64>,
    /// Whether a variable is a concentration: it did not start below zero.
    is_amount: Vec<bool>,
    tolerance: f64,
    /// Size of the last correction, relative to each variable.
    size: f64,
    slowest_rate: Option<f64>,
    count: usize,
    solves: usize,
}

impl Corrections {
    /// For a course that begins at `start`. `tolerance` is the last correction accepted, relative to each variable.
    pub fn new(start: &[f64], tolerance: f64) -> Self {
        let vector = || vec![0.0; start.len()];
        Corrections {
            state: vector(),
            derivative: vector(),
            correction: vector(),
            fluxes: vector(),
            direction: vector(),
            is_amount: start.iter().map(|x| *x >= 0.0).collect(),
            tolerance,
            size: f64::INFINITY,
            slowest_rate: None,
            count: 0,
            solves: 0,
        }
    }

    /// The fixed point that was walked to.
    pub fn state(&self) -> &[f64] {
        &self.state
    }

    /// Largest last correction, relative to its variable.
    pub fn size(&self) -> f64 {
        self.size
    }

    /// Slowest rate there, where it could be estimated.
    pub fn slowest_rate(&self) -> Option<f64> {
        self.slowest_rate
    }

    /// Adds what all walks have cost.
    pub fn add_cost(&self, statistics: &mut Statistics) {
        statistics.evaluations += self.count;
        statistics.linearisations += self.count;
        statistics.solves += self.solves;
    }

    /// A step in which no variable moves by more than a hundredth of itself.
    pub fn first_step<S: Layered + ?Sized>(&mut self, system: &mut S, state: &[f64]) -> f64 {
        system.derivative(state, &mut self.derivative);
        let moving = state.iter().zip(&self.derivative).filter(|(x, _)| **x != 0.0);
        let fastest = moving.fold(0.0f64, |fastest, (x, f)| fastest.max((f / x).abs()));
        (0.01 / fastest).clamp(1e-40, 1.0)
    }

    /// Walks from `start` to a fixed point; true if it is one that the time course approaches.
    pub fn walk<S: Layered + ?Sized>(
        &mut self,
        system: &mut S,
        start: &[f64],
        from: Start,
        first_shift: f64,
    ) -> bool {
        self.state.copy_from_slice(start);
        let (mut shift, mut past) = (first_shift, f64::INFINITY);
        for step in 0..CORRECTIONS {
            if !self.correct(system, shift) {
                return false;
            }
            if step == 0 {
                let distance = match from {
                    Start::Near => relative(&self.correction, &self.state, 1.0),
                    Start::Anywhere => self.size,
                };
                if distance > BASIN || self.is_against_the_flow() {
                    return false;
                }
            }
            if self.size > CONTRACTION * past && past < 1.0 {
                break;
            }
            past = self.size;
            let rate = self.slowest_at_work();
            if !self.take_correction() {
                return false;
            }
            if past <= ROUNDING {
                break;
            }
            shift = shift.min((0.1 * shift).max(0.01 * rate));
        }
        // What a shift has hidden comes out without one.
        for _ in 0..NEWTON {
            let Some(rests) = self.rests(system) else { return false };
            if rests {
                // The last correction is within the tolerance; what is left after it is its square.
                return self.take_correction() && self.is_possible() && self.attracts(system, shift);
            }
            if self.size > BASIN || !self.take_correction() {
                return false;
            }
        }
        false
    }

    /// Computes the correction at the present state; false if it is not finite.
    fn correct<S: Layered + ?Sized>(&mut self, system: &mut S, shift: f64) -> bool {
        system.derivative(&self.state, &mut self.derivative);
        system.linearise(&self.state);
        system.shift(shift);
        self.count += 1;
        self.correction.copy_from_slice(&self.derivative);
        self.solve_correction(system)
    }

    fn solve_correction<S: Layered + ?Sized>(&mut self, system: &mut S) -> bool {
        system.solve(&mut self.correction);
        self.solves += 1;
        let is_finite = first_non_finite(&self.correction).is_none();
        self.size = if is_finite { relative(&self.correction, &self.state, 0.0) } else { f64::INFINITY };
        is_finite
    }

    /// Takes the correction, or as much of it that no concentration falls below a tenth of itself; what would be left
    /// next to nothing of, or less, is gone. All go the same part of the way: so conserved totals stay as they are. False
    /// where a concentration would fall below zero from there.
    fn take_correction(&mut self) -> bool {
        let mut part = 1.0f64;
        for ((x, d), is_amount) in self.state.iter().zip(&mut self.correction).zip(&self.is_amount) {
            if x + *d >= 0.0 || !is_amount {
                continue;
            }
            if *x <= 0.0 {
                return false;
            }
            if -(x + *d) <= GONE * x {
                *d = -x;
            } else {
                part = part.min(-0.9 * x / *d);
            }
        }
        for (x, d) in self.state.iter_mut().zip(&self.correction) {
            *x += part * d;
        }
        true
    }

    /// A correction against the flow leads to a fixed point that repels. Corrections by rounding errors have no
    /// direction.
    fn is_against_the_flow(&self) -> bool {
        let all = self.derivative.iter().zip(&self.correction).zip(&self.state);
        // Each relative to itself: the rounding error of large fluxes would drown the small ones.
        let flow = all.filter(|(_, x)| **x != 0.0).map(|((f, d), x)| (f / x) * (d / x)).sum::<f64>();
        self.size > self.tolerance && flow < 0.0
    }

    /// The slowest rate among those of the variables that still move.
    fn slowest_at_work(&self) -> f64 {
        let all = self.derivative.iter().zip(&self.correction).zip(&self.state);
        all.filter(|((f, d), x)| **f != 0.0 && d.abs() > 1e-14 * x.abs())
            .fold(f64::INFINITY, |slowest, ((f, d), _)| slowest.min((f / d).abs()))
    }

    /// Whether all that the derivative is beyond rounding error would move no variable by more than the tolerance,
    /// however long it is waited for; none if that cannot be said. The correction is then the whole one, without a
    /// shift.
    ///
    /// A small correction with a shift means a small distance only where the shift is below the rate of what is still
    /// moving: a pot too slow to have moved at all has corrections as small as one at rest.
    fn rests<S: Layered + ?Sized>(&mut self, system: &mut S) -> Option<bool> {
        system.derivative(&self.state, &mut self.derivative);
        system.linearise(&self.state);
        system.shift(NO_SHIFT);
        self.count += 1;
        self.measure_fluxes(system);
        let mut is_rounding = true;
        for ((d, f), flux) in self.correction.iter_mut().zip(&self.derivative).zip(&self.fluxes) {
            *d = if f.abs() <= FLUX_ROUNDING * flux { 0.0 } else { *f };
            is_rounding &= *d == 0.0;
        }
        if is_rounding {
            self.size = 0.0;
            return Some(true);
        }
        if self.solve_correction(system) && self.size <= self.tolerance {
            return Some(true);
        }
        self.correction.copy_from_slice(&self.derivative);
        self.solve_correction(system).then_some(false)
    }

    /// How large the fluxes of each variable are: J times the state, with factors that let nothing cancel.
    fn measure_fluxes<S: Layered + ?Sized>(&mut self, system: &mut S) {
        self.fluxes.fill(0.0);
        for at in 0..DIRECTIONS {
            for (i, (direction, x)) in self.direction.iter_mut().zip(&self.state).enumerate() {
                *direction = x
                    * (0.5 + spread(i * DIRECTIONS + at))
                    * if spread(7 * i + at) < 0.5 { -1.0 } else { 1.0 };
            }
            system.jacobian_times(&self.direction, &mut self.correction);
            for (flux, image) in self.fluxes.iter_mut().zip(&self.correction) {
                *flux = flux.max(image.abs());
            }
        }
    }

    /// Whether no concentration is negative.
    fn is_possible(&self) -> bool {
        self.state.iter().zip(&self.is_amount).all(|(x, is_amount)| *x >= 0.0 || !is_amount)
    }

    /// Checks that the slowest mode at the fixed point is attracted.
    fn attracts<S: Layered + ?Sized>(&mut self, system: &mut S, shift: f64) -> bool {
        self.slowest_rate = self.slowest(system, shift);
        self.slowest_rate.is_none_or(|rate| rate >= 0.0)
    }

    /// Inverse iteration for the rate of the slowest mode, negative if that mode grows; none if the
    /// estimates do not come to agree. It starts at J times a vector without structure: that has a part in
    /// every mode, but none along conserved totals, whose rate is zero and of no interest. Lengths are measured
    /// relative to the state.
    fn slowest<S: Layered + ?Sized>(&mut self, system: &mut S, shift: f64) -> Option<f64> {
        system.linearise(&self.state);
        system.shift(shift);
        let (vector, image, scale) = (&mut self.correction, &mut self.derivative, &mut self.fluxes);
        for (scale, x) in scale.iter_mut().zip(&self.state) {
            *scale = if *x == 0.0 { 1.0 } else { x.abs().recip() };
        }
        for (i, (x, scale)) in image.iter_mut().zip(scale.iter()).enumerate() {
            *x = (0.5 + spread(i)) / scale;
        }
        system.jacobian_times(image, vector);
        let product = |a: &[f64], b: &[f64]| -> f64 {
            a.iter().zip(b).zip(scale.iter()).map(|((a, b), scale)| (a * scale) * (b * scale)).sum()
        };
        let mut past = f64::NAN;
        for _ in 0..INVERSE_ITERATIONS {
            let length = product(vector, vector).sqrt();
            if !(length > 0.0 && length.is_finite()) {
                return None;
            }
            for x in vector.iter_mut() {
                *x /= length;
            }
            image.copy_from_slice(vector);
            system.solve(image);
            self.solves += 1;
            let rate = 1.0 / product(vector, image) - shift;
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

    /// Why a course that has come to `state` is no fixed point.
    pub fn explain_failure<S: Layered + ?Sized>(
        &mut self,
        system: &mut S,
        state: &[f64],
        time: f64,
    ) -> Error {
        self.state.copy_from_slice(state);
        let shift = 0.1 / time;
        let is_finite = self.correct(system, shift);
        let rate = self.slowest_at_work() - shift;
        let slowest_rate = (is_finite && rate > 0.0 && rate.is_finite()).then_some(rate);
        Error::NotSettled { time, residual: self.size, slowest_rate }
    }
}

/// Multiples of the golden ratio, modulo 1.
fn spread(at: usize) -> f64 {
    (0.618_033_988_749_895 * at as f64).fract()
}

/// The largest correction relative to its variable, before or after, and to `least`.
fn relative(correction: &[f64], state: &[f64], least: f64) -> f64 {
    let relative = correction.iter().zip(state).map(|(d, x)| match d.abs() {
        0.0 => 0.0,
        moved => moved / x.abs().max((x + d).abs()).max(least),
    });
    relative.fold(0.0, f64::max)
}
