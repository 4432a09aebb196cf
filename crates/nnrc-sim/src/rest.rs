//! The fixed point of a small pot whose inflows stand still.
//!
//! Implicit Euler steps (σ I − J) d = f of growing length 1/σ follow the course of the pot, and become Newton's
//! method as they grow (pseudo-transient continuation, Kelley and Keyes, SIAM J. Numer. Anal. 35 (1998) 508–523).
//! Concentrations never fall below 0. A conserved total makes J singular; its equation then takes the place of the
//! derivative of one of its species.

/// A pot of a few species.
pub(crate) trait Pot {
    /// Writes the derivative at `x` into `f`.
    fn derivative(&mut self, x: &[f64], f: &mut [f64]);

    /// Solves (shift · I − J(x)) d = f in place.
    fn step(&mut self, x: &[f64], shift: f64, f: &mut [f64]);
}

/// Steps after which a pot is given up.
const STEPS: usize = 100;
/// Steps below this, relative to the largest concentration, are Newton's.
const NEAR: f64 = 1e-2;
/// Steps below this, which no longer shrink, are rounding error.
const SETTLED: f64 = 1e-10;
/// The first step takes about this share of the way that the derivative would go.
const FIRST: f64 = 0.1;
/// A pot that is nearly empty is taken to hold this much, in concentration units, when the first step is chosen.
const SMALL: f64 = 1e-2;
/// Where the derivative stays as it is, the next shift is this part of the last one.
const GROWTH: f64 = 0.2;

/// Goes from `x` to the fixed point; false if it is not found. `f` is work space.
pub(crate) fn rest<P: Pot>(pot: &mut P, x: &mut [f64], f: &mut [f64]) -> bool {
    let largest = |values: &[f64]| values.iter().fold(0.0f64, |largest, value| largest.max(value.abs()));
    let (mut shift, mut speed, mut past, mut newton) = (0.0, f64::INFINITY, f64::INFINITY, false);
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
        if newton && size <= SETTLED && size >= 0.25 * past {
            return true;
        }
        let mut limited = false;
        for (x, d) in x.iter_mut().zip(&*f) {
            let next = *x + d;
            limited |= next < 0.0 && *x > 0.0;
            *x = if next >= 0.0 { next } else { 0.1 * *x };
        }
        if newton && size <= 1e-15 {
            return !limited;
        }
        // Newton's steps that do not shrink lead away: back to the course.
        newton = !limited && size <= NEAR && (!newton || size <= past);
        past = size;
    }
    false
}
