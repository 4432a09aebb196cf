//! Functions that are compiled for several widths of vector registers, chosen when they run.
//!
//! A function of [`dispatched!`] gives the same bits at every [`Level`]: each element of its result is one chain of
//! operations in a fixed order, or sums over lanes whose number is written in its text. Registers change how many
//! elements go through together, never the chains.

#![warn(missing_docs)]

use std::sync::atomic::{AtomicU8, Ordering};

/// What vector registers a function is compiled for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// What every processor of this kind has: 128 bits on x86-64.
    Baseline,
    /// AVX2 with fused products: 256 bits.
    Avx2,
    /// AVX-512 with fused products: 512 bits.
    Avx512,
}

/// The level in use, as a number one above its place; 0: not looked for yet.
static ACTIVE: AtomicU8 = AtomicU8::new(0);

impl Level {
    /// All of them, from the narrowest.
    pub const ALL: [Self; 3] = [Self::Baseline, Self::Avx2, Self::Avx512];

    /// The widest that this processor has.
    pub fn widest() -> Self {
        #[cfg(target_arch = "x86_64")]
        {
            let avx512 = std::is_x86_feature_detected!("avx512f")
                && std::is_x86_feature_detected!("avx512bw")
                && std::is_x86_feature_detected!("avx512cd")
                && std::is_x86_feature_detected!("avx512dq")
                && std::is_x86_feature_detected!("avx512vl");
            if std::is_x86_feature_detected!("avx2") && std::is_x86_feature_detected!("fma") {
                return if avx512 { Self::Avx512 } else { Self::Avx2 };
            }
        }
        Self::Baseline
    }

    /// The one that functions of [`dispatched!`] run at.
    #[inline]
    pub fn active() -> Self {
        match ACTIVE.load(Ordering::Relaxed) {
            1 => Self::Baseline,
            2 => Self::Avx2,
            3 => Self::Avx512,
            _ => Self::widest().use_here(),
        }
    }

    /// From now on all functions run at this level at most, in all threads: for tests and measurements. Returns the
    /// level that is in use then.
    pub fn limit(self) -> Self {
        self.min(Self::widest()).use_here()
    }

    fn use_here(self) -> Self {
        ACTIVE.store(self as u8 + 1, Ordering::Relaxed);
        self
    }
}

/// A function that calls one of three expressions, each compiled for its [`Level`]. What they call must be
/// `#[inline(always)]`, else it keeps the baseline. The crate that uses it depends on `multiversion` as well. It may have a
/// type with a bound: `fn name<R: Number>(…)`.
///
/// ```
/// #[inline(always)]
/// fn scale(values: &mut [f64], factor: f64) {
///     values.iter_mut().for_each(|value| *value *= factor);
/// }
///
/// nnrc_dispatch::dispatched! {
///     /// Multiplies all values.
///     fn scaled(values: &mut [f64], factor: f64) = scale(values, factor);
/// }
///
/// let mut values = [1.0, 2.0];
/// scaled(&mut values, 3.0);
/// assert_eq!(values, [3.0, 6.0]);
/// ```
#[macro_export]
macro_rules! dispatched {
    (
        $(#[$meta:meta])* $vis:vis fn $name:ident $(<$generic:ident: $bound:ident>)?
            ($($arg:ident: $type:ty),* $(,)?) $(-> $out:ty)? = $body:expr;
    ) => {
        $crate::dispatched! {
            $(#[$meta])* $vis fn $name $(<$generic: $bound>)? ($($arg: $type),*) $(-> $out)? =
                baseline $body, avx2 $body, avx512 $body;
        }
    };
    (
        $(#[$meta:meta])* $vis:vis fn $name:ident $(<$generic:ident: $bound:ident>)?
            ($($arg:ident: $type:ty),* $(,)?) $(-> $out:ty)? =
            baseline $baseline:expr, avx2 $avx2:expr, avx512 $avx512:expr;
    ) => {
        $(#[$meta])*
        #[allow(clippy::too_many_arguments)]
        $vis fn $name $(<$generic: $bound>)? ($($arg: $type),*) $(-> $out)? {
            #[::multiversion::multiversion(targets("x86_64+avx2+bmi1+bmi2+fma"))]
            fn avx2 $(<$generic: $bound>)? ($($arg: $type),*) $(-> $out)? { $avx2 }
            #[::multiversion::multiversion(targets(
                "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+bmi1+bmi2+fma"
            ))]
            fn avx512 $(<$generic: $bound>)? ($($arg: $type),*) $(-> $out)? { $avx512 }
            match $crate::Level::active() {
                $crate::Level::Baseline => $baseline,
                $crate::Level::Avx2 => avx2 $(::<$generic>)? ($($arg),*),
                $crate::Level::Avx512 => avx512 $(::<$generic>)? ($($arg),*),
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[inline(always)]
    fn add(values: &[f64], level: &str) -> String {
        format!("{level} {}", values.iter().sum::<f64>())
    }

    dispatched! {
        fn which(values: &[f64]) -> String =
            baseline add(values, "baseline"), avx2 add(values, "avx2"), avx512 add(values, "avx512");
    }

    #[inline(always)]
    fn double<R: Copy + std::ops::AddAssign>(values: &mut [R]) {
        values.iter_mut().for_each(|value| *value += *value);
    }

    trait Number: Copy + std::ops::AddAssign {}
    impl Number for f32 {}
    impl Number for f64 {}

    dispatched! {
        fn doubled<R: Number>(values: &mut [R]) = double(values);
    }

    #[test]
    fn a_function_may_have_a_type() {
        let (mut single, mut wide) = ([1.5f32; 3], [2.5f64; 3]);
        doubled(&mut single);
        doubled(&mut wide);
        assert_eq!((single, wide), ([3.0; 3], [5.0; 3]));
    }

    #[test]
    fn a_limit_forces_a_level_and_never_one_that_is_not_there() {
        let names = ["baseline", "avx2", "avx512"];
        for (level, name) in Level::ALL.into_iter().zip(names) {
            let active = level.limit();
            assert_eq!(active, level.min(Level::widest()));
            assert_eq!(Level::active(), active);
            let expected = names[active as usize];
            assert_eq!(which(&[1.0, 2.0]), format!("{expected} 3"), "{name}");
        }
    }
}
