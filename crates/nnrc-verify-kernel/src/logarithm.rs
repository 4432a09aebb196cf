//! Bounds of natural logarithms, from the four operations of [`Interval`] alone.
//!
//! Standard libraries do not promise how far their `ln` is off, so none is used. A double is x = m · 2^e with m from
//! about 0.7 to 1.5, and with f = (m − 1) / (m + 1), |f| < 0.21,
//!
//! ```text
//! ln x = e ln 2 + 2 (f + f³ / 3 + f⁵ / 5 + …)
//! ```
//!
//! The terms from f^(2n+1) / (2n+1) on are together at most f^(2n+1) / ((2n+1) (1 − f²)): a geometric series.

use std::f64::consts::LN_2;

use crate::interval::Interval;

/// How many terms are summed: the remainder is below 1e-18.
const TERMS: u32 = 12;

impl Interval {
    /// ln x of an interval above 0; everything for others.
    #[must_use]
    pub fn ln(self) -> Self {
        if !self.is_finite() || self.low <= 0.0 {
            return Self::ALL;
        }
        Self::between(of(self.low).low, of(self.high).high)
    }
}

/// An enclosure of ln x for a double above 0.
fn of(x: f64) -> Interval {
    if x == 1.0 {
        return Interval::ZERO;
    }
    let (mantissa, exponent) = parts(x);
    let (m, one) = (Interval::point(mantissa), Interval::ONE);
    let f = m.minus(one).over(m.plus(one));
    let square = f.power(2);
    let (mut power, mut sum) = (f, f);
    for term in 1..TERMS {
        power = power.times(square);
        sum = sum.plus(power.over(Interval::point(f64::from(2 * term + 1))));
    }
    let left = Interval::point(power.times(square).magnitude());
    let left = left.over(Interval::point(f64::from(2 * TERMS + 1)).times(one.minus(square)));
    let series = sum.widened(left.high);
    // 0.69314718055994530941… lies between this double and the next one.
    let ln_2 = Interval::between(LN_2, LN_2.next_up());
    Interval::point(exponent).times(ln_2).plus(series.plus(series))
}

/// m and e of x = m · 2^e, exactly, with m in [0.75, 1.5).
fn parts(x: f64) -> (f64, f64) {
    // What has no leading bit gets one: a product with a power of 2 is exact here.
    let (x, shift) = if x < f64::MIN_POSITIVE { (x * 18_014_398_509_481_984.0, 54) } else { (x, 0) };
    let bits = x.to_bits();
    let biased = u32::try_from(bits >> 52).unwrap_or(0);
    let mantissa = f64::from_bits(bits & ((1 << 52) - 1) | 1023 << 52);
    let exponent = f64::from(biased) - 1023.0 - f64::from(shift);
    if mantissa < 1.5 { (mantissa, exponent) } else { (mantissa / 2.0, exponent + 1.0) }
}
