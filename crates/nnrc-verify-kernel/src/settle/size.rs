//! Numbers beyond the largest double.

use crate::interval::Interval;

/// An upper bound of a magnitude, by its natural logarithm: what grows as e^(K t) for a while outgrows doubles, and the
/// time to come down again grows with the logarithm alone.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub(super) struct Size(f64);

impl Size {
    pub(super) const ZERO: Self = Self(f64::NEG_INFINITY);
    pub(super) const INFINITE: Self = Self(f64::INFINITY);

    /// At most this number, which is not negative.
    pub(super) fn of(most: f64) -> Self {
        if most == 0.0 { Self::ZERO } else { Self(Interval::point(most).ln().high) }
    }

    /// That of all numbers of an interval.
    pub(super) fn within(interval: Interval) -> Self {
        if interval.is_finite() { Self::of(interval.magnitude()) } else { Self::INFINITE }
    }

    /// Above its logarithm.
    pub(super) fn ln(self) -> f64 {
        self.0
    }

    pub(super) fn times(self, other: Self) -> Self {
        if self == Self::ZERO || other == Self::ZERO { Self::ZERO } else { Self(up(self.0, other.0)) }
    }

    /// A sum is at most twice the larger one.
    pub(super) fn plus(self, other: Self) -> Self {
        let (less, more) = if self.0 < other.0 { (self, other) } else { (other, self) };
        if less == Self::ZERO { more } else { more.times(Self::of(2.0)) }
    }

    /// As large as it is after it grew by e^`exponent`.
    pub(super) fn grown(self, exponent: f64) -> Self {
        if self == Self::ZERO { self } else { Self(up(self.0, exponent)) }
    }
}

/// Above a + b; infinite where one of them is no finite number.
fn up(a: f64, b: f64) -> f64 {
    Interval::point(a).plus(Interval::point(b)).high
}
