//! Magnitudes by their logarithms: bounds of what starts anywhere pass beyond what a number can be.

use nnrc_sim::elementary::{exp, ln, ln_1p};

/// A number of at least 0, by its logarithm.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Magnitude(f64);

impl Magnitude {
    /// 0
    pub const ZERO: Self = Self(f64::NEG_INFINITY);
    /// No bound.
    pub const INFINITE: Self = Self(f64::INFINITY);

    /// |value|
    pub fn of(value: f64) -> Self {
        Self(if value == 0.0 { f64::NEG_INFINITY } else { ln(value.abs()) })
    }

    /// e^`exponent`
    pub fn power(exponent: f64) -> Self {
        Self(exponent)
    }

    /// Its logarithm.
    pub fn ln(self) -> f64 {
        self.0
    }

    /// The number, as far as it is one.
    pub fn value(self) -> f64 {
        exp(self.0)
    }

    /// The sum of both.
    pub fn plus(self, other: Self) -> Self {
        let (high, low) = (self.0.max(other.0), self.0.min(other.0));
        if high.is_infinite() {
            return Self(high);
        }
        Self(high + ln_1p(exp(low - high)))
    }

    /// The product of both, 0 if one is.
    pub fn times(self, other: Self) -> Self {
        if self == Self::ZERO || other == Self::ZERO { Self::ZERO } else { Self(self.0 + other.0) }
    }

    /// Whether it is a bound at all.
    pub fn is_finite(self) -> bool {
        self.0 < f64::INFINITY
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_and_products_are_those_of_the_numbers() {
        let (a, b) = (Magnitude::of(-3.0), Magnitude::of(4.0));
        assert!((a.plus(b).value() - 7.0).abs() < 1e-12);
        assert!((a.times(b).value() - 12.0).abs() < 1e-12);
        assert_eq!(a.plus(Magnitude::ZERO), a);
        assert_eq!(Magnitude::ZERO.plus(Magnitude::ZERO), Magnitude::ZERO);
        assert_eq!(Magnitude::INFINITE.times(Magnitude::ZERO), Magnitude::ZERO);
        assert!(!Magnitude::INFINITE.plus(a).is_finite());
        assert!((Magnitude::power(1e4).times(Magnitude::of(2.0)).ln() - 1e4).abs() < 1.0);
    }
}
