//! Exponential function, logarithm and what follows from them, the same bits on every machine.
//!
//! Those of the platform's C library differ between libraries, and within one between processors. Here products and sums
//! are never fused and stand in a fixed order; coefficients are those of polynomials whose largest error is least (Remez),
//! computed with 60 digits. [`exp`] and [`ln_normal`] have no branch, so that many numbers go through at a time.

/// ln 2 in two parts; the first times a small whole number is exact.
const LN_2: [f64; 2] = [0.693_147_180_369_123_8, 1.908_214_929_270_587_7e-10];
/// What is added and taken away again to round to a whole number: 1.5 · 2⁵².
const ROUND: f64 = 6_755_399_441_055_744.0;
/// The bits of 1, of √½, of 2⁵², and those of the significand.
const ONE: u64 = 0x3ff0_0000_0000_0000;
const LEAST: u64 = 0x3fe6_a09e_667f_3bcd;
const WHOLE: u64 = 0x4330_0000_0000_0000;
const SIGNIFICAND: u64 = (1 << 52) - 1;

/// P in eʳ = 1 + r + r² P(r) for |r| ≤ ln 2 / 2; its error is below 2 · 10⁻¹⁸.
const P: [f64; 11] = [
    0.5,
    0.166_666_666_666_666_7,
    0.041_666_666_666_666_685,
    0.008_333_333_333_326_134,
    0.001_388_888_888_887_438,
    0.000_198_412_698_748_214_04,
    2.480_158_734_738_159_2e-5,
    2.755_725_539_928_731e-6,
    2.755_725_287_041_63e-7,
    2.510_521_736_064_065_4e-8,
    2.092_160_399_911_214_2e-9,
];

/// R in 2 atanh s = 2 s + s R(s²), by powers from the first, for |s| ≤ 3 − √8; its error is below 10⁻¹⁷.
const R: [f64; 7] = [
    0.666_666_666_666_667,
    0.399_999_999_998_984_45,
    0.285_714_286_263_986_54,
    0.222_222_110_728_945_35,
    0.181_828_932_168_007_16,
    0.153_315_969_802_408_7,
    0.146_178_728_031_294_7,
];

/// c₀ + x (c₁ + x (c₂ + …)).
#[inline(always)]
fn horner<const N: usize>(coefficients: &[f64; N], x: f64) -> f64 {
    // A closure might stay a call where this is compiled for other registers.
    let (mut sum, mut at) = (0.0, N);
    while at > 0 {
        at -= 1;
        sum = sum * x + coefficients[at];
    }
    sum
}

/// 2ᵏ for a whole number −1022 ≤ k ≤ 1023.
#[inline(always)]
fn power_of_two(k: f64) -> f64 {
    // The number stands in the last bits of a sum with a large one.
    f64::from_bits((k + (ROUND + 1023.0)).to_bits() << 52)
}

/// x = k ln 2 + r with a whole number k and |r| ≤ ln 2 / 2.
#[inline(always)]
fn reduce(x: f64) -> (f64, f64) {
    let k = (x * std::f64::consts::LOG2_E + ROUND) - ROUND;
    (k, (x - k * LN_2[0]) - k * LN_2[1])
}

/// eˣ, off by less than one unit in the last place; ∞ above 709.8, 0 below −745.2.
#[inline(always)]
pub fn exp(x: f64) -> f64 {
    let bounded = if x > 710.0 { 710.0 } else { x };
    let bounded = if bounded < -746.0 { -746.0 } else { bounded };
    let (k, r) = reduce(bounded);
    let value = 1.0 + (r + r * r * horner(&P, r));
    // In two factors, so that neither is beyond what a number can be.
    let half = (0.5 * k + ROUND) - ROUND;
    value * power_of_two(half) * power_of_two(k - half)
}

/// eˣ − 1, off by less than two units in the last place, where x is near 0 too.
pub fn exp_m1(x: f64) -> f64 {
    if !(-40.0..=500.0).contains(&x) {
        return exp(x) - 1.0;
    }
    let (k, r) = reduce(x);
    let less = r + r * r * horner(&P, r);
    let power = power_of_two(k);
    power * less + (power - 1.0)
}

/// ln x of a positive normal number, off by less than one unit in the last place.
///
/// With x = 2ᵏ (1 + f), √½ ≤ 1 + f < √2 and s = f / (2 + f), ln (1 + f) = 2 atanh s, and 2 s = f − s f:
///
/// ```text
/// ln x = k ln 2 + f − f²/2 + s (f²/2 + R(s²))
/// ```
#[inline(always)]
pub fn ln_normal(x: f64) -> f64 {
    let shifted = x.to_bits().wrapping_add(ONE - LEAST);
    let k = f64::from_bits(WHOLE | (shifted >> 52)) - (f64::from_bits(WHOLE) + 1023.0);
    let f = f64::from_bits((shifted & SIGNIFICAND) + LEAST) - 1.0;
    let s = f / (2.0 + f);
    let (z, half) = (s * s, 0.5 * f * f);
    s * (half + z * horner(&R, z)) + k * LN_2[1] - half + f + k * LN_2[0]
}

/// ln x, off by less than one unit in the last place; −∞ for 0, NaN below.
pub fn ln(x: f64) -> f64 {
    if (f64::MIN_POSITIVE..f64::INFINITY).contains(&x) {
        ln_normal(x)
    } else if x > 0.0 && x < 1.0 {
        ln_normal(x * 2f64.powi(54)) - 54.0 * std::f64::consts::LN_2
    } else if x == 0.0 {
        f64::NEG_INFINITY
    } else if x > 0.0 {
        x
    } else {
        f64::NAN
    }
}

/// ln (1 + x), off by less than two units in the last place, where x is near 0 too.
pub fn ln_1p(x: f64) -> f64 {
    let near = 1.0 + x;
    if near == 1.0 {
        return x;
    }
    if near.is_infinite() || near <= 0.0 {
        return ln(near);
    }
    // What the rounding of 1 + x has left out.
    ln(near) + (x - (near - 1.0)) / near
}

/// tanh x, off by less than three units in the last place.
pub fn tanh(x: f64) -> f64 {
    let size = x.abs();
    if size > 22.0 {
        return 1f64.copysign(x);
    }
    let less = exp_m1(2.0 * size);
    (less / (less + 2.0)).copysign(x)
}

/// 1 / (1 + e⁻ˣ), off by less than two units in the last place.
#[inline(always)]
pub fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + exp(-x))
}

/// xʸ of a positive number as e^(y ln x), whose relative error grows with |y ln x|: 10⁻¹⁶ of it.
pub fn power(x: f64, y: f64) -> f64 {
    exp(y * ln(x))
}

/// xⁿ by squares.
pub fn whole_power(x: f64, n: u64) -> f64 {
    let (mut square, mut left, mut value) = (x, n, 1.0);
    while left > 0 {
        if left & 1 == 1 {
            value *= square;
        }
        square *= square;
        left >>= 1;
    }
    value
}

/// cos (π x) for 0 ≤ x ≤ 1, off by less than two units in the last place of 1.
pub fn cos_pi(x: f64) -> f64 {
    /// Σ (−1)ᵏ y²ᵏ / (2 k + first)!
    fn series(y: f64, first: f64) -> f64 {
        let (mut sum, mut term, mut at) = (0.0, 1.0, first);
        for _ in 0..12 {
            sum += term;
            term *= -(y * y) / ((at + 1.0) * (at + 2.0));
            at += 2.0;
        }
        sum
    }
    let distance = 0.5 - x;
    if distance.abs() <= 0.25 {
        // sin (π distance)
        let y = std::f64::consts::PI * distance;
        y * series(y, 1.0)
    } else if distance > 0.0 {
        series(std::f64::consts::PI * x, 0.0)
    } else {
        -series(std::f64::consts::PI * (1.0 - x), 0.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Distance of two numbers of one sign, in numbers that lie between them.
    fn steps(a: f64, b: f64) -> u64 {
        if a == b || (a.is_nan() && b.is_nan()) { 0 } else { a.to_bits().abs_diff(b.to_bits()) }
    }

    /// A number of any size.
    fn of_any_size() -> impl Strategy<Value = f64> {
        prop_oneof![
            -750.0..750.0f64,
            -2.0..2.0f64,
            (-60.0..1.0f64, any::<bool>()).prop_map(|(e, s)| if s { e.exp2() } else { -e.exp2() })
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, cases: 20_000, ..ProptestConfig::default() })]

        #[test]
        fn functions_are_those_of_the_library(x in of_any_size(), bits in any::<u64>(), y in -3.0..3.0f64) {
            let positive = f64::from_bits(bits & !(1 << 63));
            prop_assert!(steps(exp(x), x.exp()) <= 1, "exp {x:e}: {:e} {:e}", exp(x), x.exp());
            prop_assert!(steps(exp_m1(x), x.exp_m1()) <= 2, "exp_m1 {x:e}: {:e} {:e}", exp_m1(x), x.exp_m1());
            prop_assert!(steps(tanh(x), x.tanh()) <= 3, "tanh {x:e}: {:e} {:e}", tanh(x), x.tanh());
            prop_assert!(steps(sigmoid(x), 1.0 / (1.0 + (-x).exp())) <= 2, "sigmoid {x:e}");
            prop_assert!(steps(ln(positive), positive.ln()) <= 1, "ln {positive:e}");
            prop_assert!(steps(ln_1p(x.max(-0.999)), x.max(-0.999).ln_1p()) <= 2, "ln_1p {x:e}");
            let near = 1.0 + 0.01 * y;
            prop_assert!(steps(ln(near), near.ln()) <= 1, "ln {near:e}");
            let expected = (x.abs() + 1e-3).powf(y);
            prop_assert!((power(x.abs() + 1e-3, y) / expected - 1.0).abs() < 1e-14, "power {x:e} {y}");
            let part = (0.3 * y + 1.0) / 2.0;
            // π x is rounded there.
            prop_assert!((cos_pi(part) - (std::f64::consts::PI * part).cos()).abs() < 1e-15, "cos {part}");
        }

        #[test]
        fn whole_powers_are_products(x in 0.9..1.1f64, n in 0u64..300) {
            prop_assert!((whole_power(x, n) / x.powi(n as i32) - 1.0).abs() < 1e-13);
        }
    }

    #[test]
    fn ends_are_those_of_the_library() {
        for x in
            [0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 709.78, 709.79, -745.13, -745.14, 1e308]
        {
            assert!(steps(exp(x), x.exp()) <= 1, "exp {x}: {:e}", exp(x));
            assert!(steps(exp_m1(x), x.exp_m1()) <= 1, "exp_m1 {x}: {:e}", exp_m1(x));
            assert!(steps(tanh(x), x.tanh()) <= 1, "tanh {x}: {:e}", tanh(x));
        }
        for x in [
            0.0,
            -1.0,
            1.0,
            f64::INFINITY,
            f64::NAN,
            5e-324,
            f64::MIN_POSITIVE,
            f64::MAX,
            f64::from_bits(LEAST - 1),
        ] {
            assert!(steps(ln(x), x.ln()) <= 1, "ln {x:e}: {:e}", ln(x));
        }
        for x in [-1.0, -2.0, f64::INFINITY, 1e-20, 0.0] {
            assert!(steps(ln_1p(x), x.ln_1p()) <= 1, "ln_1p {x:e}: {:e}", ln_1p(x));
        }
    }

    /// Values computed with 60 digits (mpmath) and rounded to nearest.
    #[test]
    fn values_with_sixty_digits() {
        for (x, bits) in [
            (1.0, 0x4005_bf0a_8b14_5769),
            (-0.1, 0x3fec_f46d_99d5_2b3a),
            (0.3465, 0x3ff6_a031_46cf_6ead),
            (-20.25, 0x3e1b_93de_1e27_ca3b),
            (300.5, 0x5b07_19c2_5b8f_5b4a),
            (0.001, 0x3ff0_0419_19b7_ee34),
        ] {
            assert!(exp(x).to_bits().abs_diff(bits) <= 1, "exp {x}");
        }
        for (x, bits) in [
            (2.0, 0x3fe6_2e42_fefa_39ef),
            (0.1, 0xc002_6bb1_bbb5_5515),
            (0.99, 0xbf84_9545_3e6f_d4bc),
            (std::f64::consts::SQRT_2, 0x3fd6_2e42_fefa_39f0),
            (1e10, 0x4037_069e_2aa2_aa5b),
            (3e-200, 0xc07c_b6b1_cad0_a7ef_u64),
        ] {
            assert!(ln(x).to_bits().abs_diff(bits) <= 1, "ln {x}");
        }
    }
}
