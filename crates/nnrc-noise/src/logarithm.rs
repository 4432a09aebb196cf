//! The natural logarithm, the same bits on every machine, and of many numbers at a time.
//!
//! That of the platform's C library differs between platforms and processors, and takes one number at a time.

/// The bits of √½.
const LEAST: u64 = 0x3fe6_a09e_667f_3bcd;
/// The bits of 1.
const ONE: u64 = 0x3ff0_0000_0000_0000;
/// The bits of 2⁵².
const WHOLE: u64 = 0x4330_0000_0000_0000;
const MANTISSA: u64 = (1 << 52) - 1;

/// ln 2 in two parts; the first times a small whole number is exact.
const LN_2: [f64; 2] = [0.693_147_180_369_123_8, 1.908_214_929_270_587_7e-10];

/// Coefficients of R, those of `fdlibm` (Sun Microsystems 1993): the error of R is below 2⁻⁵⁸·⁴⁵.
const R: [f64; 7] = [
    0.666_666_666_666_673_5,
    0.399_999_999_994_094_2,
    0.285_714_287_436_623_9,
    0.222_221_984_321_497_84,
    0.181_835_721_616_180_5,
    0.153_138_376_992_093_73,
    0.147_981_986_051_165_86,
];

/// ln x of a positive normal number, off by less than one unit in the last place.
///
/// With x = 2ᵏ (1 + f), √½ ≤ 1 + f < √2 and s = f / (2 + f),
///
/// ```text
/// ln x = k ln 2 + ln (1 + f),    ln (1 + f) = 2 atanh s = f − f²/2 + s (f²/2 + R(s²))
/// ```
///
/// Products and sums are never fused, and there is no branch.
#[inline(always)]
pub(crate) fn ln(x: f64) -> f64 {
    let shifted = x.to_bits() + (ONE - LEAST);
    let k = f64::from_bits(WHOLE | (shifted >> 52)) - (f64::from_bits(WHOLE) + 1023.0);
    let f = f64::from_bits((shifted & MANTISSA) + LEAST) - 1.0;
    let s = f / (2.0 + f);
    let (z, half) = (s * s, 0.5 * f * f);
    let w = z * z;
    let odd = z * (R[0] + w * (R[2] + w * (R[4] + w * R[6])));
    let even = w * (R[1] + w * (R[3] + w * R[5]));
    s * (half + (odd + even)) + k * LN_2[1] - half + f + k * LN_2[0]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Distance of two numbers of one sign, in numbers that lie between them.
    fn steps(a: f64, b: f64) -> u64 {
        a.to_bits().abs_diff(b.to_bits())
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, cases: 20_000, ..ProptestConfig::default() })]

        #[test]
        fn logarithms_are_those_of_the_library(x in f64::MIN_POSITIVE..=1.0, bits in ONE - (60 << 52)..ONE + (9 << 52)) {
            for x in [x, f64::from_bits(bits)] {
                prop_assert!(steps(ln(x), x.ln()) <= 2, "{x:e}: {:e}, {:e}", ln(x), x.ln());
            }
        }
    }

    #[test]
    fn the_ends_of_what_is_drawn() {
        assert_eq!(ln(1.0), 0.0);
        for x in [f64::EPSILON, 1.0 - f64::EPSILON, 0.5, 0.5f64.sqrt(), f64::from_bits(LEAST - 1), f64::MAX] {
            assert!(steps(ln(x), x.ln()) <= 1, "{x:e}");
        }
    }
}
