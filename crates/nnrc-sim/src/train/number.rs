//! The numbers that training computes with: single or double precision.

use std::fmt::Debug;
use std::ops::{Add, AddAssign, Div, Mul, MulAssign, Sub, SubAssign};

/// A number of single or double precision. Operations round once each, so that a formula gives the same bits wherever it
/// is compiled.
pub trait Number:
    Copy
    + Debug
    + Default
    + PartialOrd
    + Send
    + Sync
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + AddAssign
    + SubAssign
    + MulAssign
    + sealed::Sealed
    + 'static
{
    /// 0.
    const ZERO: Self;
    /// 1.
    const ONE: Self;

    /// The nearest number of this precision.
    fn of(value: f64) -> Self;

    /// The same in double precision.
    fn wide(self) -> f64;

    /// self · factor + addend, rounded once.
    fn fused(self, factor: Self, addend: Self) -> Self;

    /// The square root.
    fn root(self) -> Self;

    /// What is above 0, else 0.
    fn positive(self) -> Self;

    /// What a moment that fades is kept as. In single precision it reaches the numbers below the normal ones after some
    /// hundred steps, where it stays and makes every operation many times as slow: 0 from there on.
    fn faded(self) -> Self;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

macro_rules! number {
    ($type:ident, faded = $faded:expr) => {
        impl Number for $type {
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;

            #[inline(always)]
            #[allow(clippy::cast_possible_truncation, reason = "rounding is what is asked for")]
            fn of(value: f64) -> Self {
                value as Self
            }

            #[inline(always)]
            fn wide(self) -> f64 {
                f64::from(self)
            }

            #[inline(always)]
            fn fused(self, factor: Self, addend: Self) -> Self {
                self.mul_add(factor, addend)
            }

            #[inline(always)]
            fn root(self) -> Self {
                self.sqrt()
            }

            #[inline(always)]
            fn positive(self) -> Self {
                self.max(0.0)
            }

            #[inline(always)]
            fn faded(self) -> Self {
                $faded(self)
            }
        }
    };
}

number!(f32, faded = |value: f32| if value.abs() < f32::MIN_POSITIVE { 0.0 } else { value });
number!(f64, faded = std::convert::identity);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_faded_is_nothing() {
        assert_eq!(1e-39f32.faded(), 0.0);
        assert_eq!((-1e-39f32).faded(), 0.0);
        for kept in [f32::MIN_POSITIVE, -1.0, f32::INFINITY] {
            assert_eq!(kept.faded(), kept);
        }
        assert!(f32::NAN.faded().is_nan());
        assert_eq!(5e-324f64.faded(), 5e-324);
    }
}
