//! The fixed point of a small pot whose inflows stand still.
//!
//! Implicit Euler steps (σ I − J) d = f of growing length 1/σ follow the course of the pot, and become Newton's
//! method as they grow (pseudo-transient continuation, Kelley and Keyes, SIAM J. Numer. Anal. 35 (1998) 508–523).
//! Concentrations never fall below 0. A conserved total makes J singular; its equation then takes the place of the
//! derivative of one of its species.

/// A pot of a few species, as Newton's method asks for it.
pub(crate) trait NewtonSystem {
    /// Writes the derivative at `x` into `f`.
    fn derivative(&mut self, x: &[f64], f: &mut [f64]);

    /// Solves (shift · I − J(x)) d = f in place.
    fn step(&mut self, x: &[f64], shift: f64, f: &mut [f64]);
}

/// Steps after which a pot is given up.
const STEPS: usize = 100;
/// Steps below this, relative to the largest concentration, are Newton's.
const NEAR: f64 = 1e-2;
/// Newton's steps below this, relative to each concentration itself, which no longer shrink, are rounding error.
const SETTLED: f64 = 1e-10;
/// Steps below this, relative to the largest concentration, may grow again by rounding error alone.
const ROUNDING: f64 = 1e-13;
/// The first step takes about this share of the way that the derivative would go.
const FIRST: f64 = 0.1;
/// A pot that is nearly empty is taken to hold this much, in concentration units, when the first step is chosen.
const SMALL: f64 = 1e-2;
/// Where the derivative stays as it is, the next shift is this part of the last one.
const GROWTH: f64 = 0.2;

/// Goes from `x` to the fixed point; false if it is not found. `f` is work space.
pub(crate) fn steady_state<S: NewtonSystem>(pot: &mut S, x: &mut [f64], f: &mut [f64]) -> bool {
    let largest = |values: &[f64]| values.iter().fold(0.0f64, |largest, value| largest.max(value.abs()));
    let (mut shift, mut speed, mut newton) = (0.0, f64::INFINITY, false);
    let (mut past, mut past_own) = (f64::INFINITY, f64::INFINITY);
    for step in 0..STEPS {
        pot.derivative(x, f);
        let (now, scale) = (largest(f), largest(x).max(1e-12));
        if !now.is_finite() {
            return false;
        }
        shift = match step {
            0 => now / (FIRST * scale.max(SMALL)),
            _ if speed > 0.0 => shift * GROWTH * (now / speed).clamp(0.1, 2.0 / GROWTH),
            _ => shift,
        };
        speed = now;
        pot.step(x, if newton { 0.0 } else { shift }, f);
        let size = largest(f) / scale;
        if !size.is_finite() {
            return false;
        }
        let own = x.iter().zip(&*f).fold(0.0f64, |largest, (x, d)| match d.abs() {
            0.0 => largest,
            moved => largest.max(moved / x.abs().max((x + d).abs())),
        });
        if newton && own <= SETTLED && own >= 0.25 * past_own {
            return true;
        }
        let mut limited = false;
        for (x, d) in x.iter_mut().zip(&*f) {
            let next = *x + d;
            limited |= next < 0.0 && *x > 0.0;
            *x = if next >= 0.0 { next } else { 0.1 * *x };
        }
        if newton && own <= 1e-15 {
            return !limited;
        }
        // Newton's steps that do not shrink lead away: back to the course.
        newton = !limited && size <= NEAR && (!newton || size <= past.max(ROUNDING));
        (past, past_own) = (size, own);
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    /// x' = h + z x − x² for each species by itself.
    struct Rectifiers {
        parameters: Vec<(f64, f64)>,
    }

    impl NewtonSystem for Rectifiers {
        fn derivative(&mut self, x: &[f64], f: &mut [f64]) {
            for ((f, x), (h, z)) in f.iter_mut().zip(x).zip(&self.parameters) {
                *f = h + z * x - x * x;
            }
        }

        fn step(&mut self, x: &[f64], shift: f64, f: &mut [f64]) {
            for ((f, x), (_, z)) in f.iter_mut().zip(x).zip(&self.parameters) {
                *f /= shift - z + 2.0 * x;
            }
        }
    }

    #[test]
    fn small_species_come_to_rest_beside_large_ones() {
        let parameters = vec![(1e10, 5e4), (1e-18, 1e-9), (1e-12, -2.0), (0.25, 1.0)];
        let mut x: Vec<f64> = parameters.iter().map(|(h, _)| f64::sqrt(*h)).collect();
        let mut pot = Rectifiers { parameters: parameters.clone() };
        assert!(steady_state(&mut pot, &mut x, &mut [0.0; 4]));
        for (x, (h, z)) in x.iter().zip(parameters) {
            let root = (z * z + 4.0 * h).sqrt();
            let expected = if z >= 0.0 { (z + root) / 2.0 } else { 2.0 * h / (root - z) };
            assert!((x / expected - 1.0).abs() < 1e-12, "{x:e} is not {expected:e}");
        }
    }
}
