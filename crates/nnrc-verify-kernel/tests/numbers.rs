//! Exact numbers and intervals against whole numbers of any size.
#![allow(clippy::unwrap_used, reason = "a helper of a test that fails is a test that fails")]

use nnrc_verify_kernel::dyadic::Dyadic;
use nnrc_verify_kernel::interval::Interval;
use num_bigint::BigInt;

/// A double as numerator · 2^exponent, by its bits.
fn exact(value: f64) -> (BigInt, i64) {
    let bits = value.to_bits();
    let biased = i64::try_from(bits >> 52 & 0x7ff).unwrap();
    let fraction = bits & ((1 << 52) - 1);
    let magnitude = if biased == 0 { fraction } else { fraction | 1 << 52 };
    let exponent = if biased == 0 { -1074 } else { biased - 1075 };
    let number = BigInt::from(magnitude);
    (if value < 0.0 { -number } else { number }, exponent)
}

/// Whether a ≤ b for a = n · 2^e, as numbers.
fn at_most(a: &(BigInt, i64), b: &(BigInt, i64)) -> bool {
    let least = a.1.min(b.1);
    let shifted = |x: &(BigInt, i64)| x.0.clone() << usize::try_from(x.1 - least).unwrap();
    shifted(a) <= shifted(b)
}

fn product(a: &(BigInt, i64), b: &(BigInt, i64)) -> (BigInt, i64) {
    (a.0.clone() * b.0.clone(), a.1 + b.1)
}

fn sum(a: &(BigInt, i64), b: &(BigInt, i64)) -> (BigInt, i64) {
    let least = a.1.min(b.1);
    let shifted = |x: &(BigInt, i64)| x.0.clone() << usize::try_from(x.1 - least).unwrap();
    (shifted(a) + shifted(b), least)
}

fn holds(interval: Interval, value: &(BigInt, i64)) -> bool {
    let low = interval.low == f64::NEG_INFINITY || at_most(&exact(interval.low), value);
    let high = interval.high == f64::INFINITY || at_most(value, &exact(interval.high));
    low && high
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    /// Doubles of every kind: small whole numbers, powers of 2, of any exponent, near the smallest and the largest.
    fn double(&mut self) -> f64 {
        let bits = self.bits();
        let value = match bits % 8 {
            0 => f64::from(u8::try_from(bits >> 8 & 15).unwrap()) - 8.0,
            1 => 2f64.powi(i32::try_from(bits >> 8 & 63).unwrap() - 32),
            2 => f64::from_bits(self.bits() & 0x800f_ffff_ffff_ffff),
            3 => f64::from_bits(self.bits() & 0x801f_ffff_ffff_ffff | 0x7fc0_0000_0000_0000),
            4 | 5 => f64::from_bits(self.bits()),
            _ => (self.bits() >> 11) as f64 / (1u64 << 53) as f64 * 4.0 - 2.0,
        };
        if value.is_finite() { value } else { 1.0 }
    }
}

#[test]
fn a_million_operations_enclose_the_exact_result() {
    let mut random = Random(7);
    let mut narrow = 0;
    for round in 0..1_000_000 {
        let (a, b) = (random.double(), random.double());
        let (x, y) = (Interval::point(a), Interval::point(b));
        let (ea, eb) = (exact(a), exact(b));
        let result = match round % 5 {
            0 => {
                let result = x.plus(y);
                assert!(holds(result, &sum(&ea, &eb)), "{a:e} + {b:e}: {result:?}");
                result
            }
            1 => {
                let result = x.minus(y);
                assert!(holds(result, &sum(&ea, &(-eb.0, eb.1))), "{a:e} - {b:e}: {result:?}");
                result
            }
            2 => {
                let result = x.times(y);
                assert!(holds(result, &product(&ea, &eb)), "{a:e} * {b:e}: {result:?}");
                result
            }
            3 => {
                let result = x.over(y);
                if b != 0.0 && result.is_finite() {
                    // low ≤ a / b ≤ high, multiplied by b.
                    let (low, high) = (product(&exact(result.low), &eb), product(&exact(result.high), &eb));
                    let (low, high) = if b > 0.0 { (low, high) } else { (high, low) };
                    assert!(at_most(&low, &ea) && at_most(&ea, &high), "{a:e} / {b:e}: {result:?}");
                }
                result
            }
            _ => {
                let result = Interval::point(a.abs()).root();
                let ea = exact(a.abs());
                let square = |x: f64| product(&exact(x), &exact(x));
                let low = result.low >= 0.0 && at_most(&square(result.low), &ea);
                assert!(low && at_most(&ea, &square(result.high)), "sqrt {a:e}: {result:?}");
                result
            }
        };
        // Enclosing everything would enclose as well: most results are as narrow as doubles allow.
        narrow += usize::from(result.high <= result.low.next_up().next_up());
    }
    assert!(narrow > 700_000, "{narrow}");
}

#[test]
fn wide_intervals_hold_the_results_of_points_in_them() {
    let mut random = Random(11);
    for _ in 0..50_000 {
        let ends = [random.double(), random.double(), random.double(), random.double()];
        let x = Interval::between(ends[0].min(ends[1]), ends[0].max(ends[1]));
        let y = Interval::between(ends[2].min(ends[3]), ends[2].max(ends[3]));
        let inner = |of: Interval, share: f64| {
            (of.low + share * (of.high / 2.0 - of.low / 2.0)).clamp(of.low, of.high)
        };
        for share in [0.0, 0.3, 1.0, 2.0] {
            let (a, b) = (inner(x, share), inner(y, 2.0 - share));
            assert!(holds(x.plus(y), &sum(&exact(a), &exact(b))));
            assert!(holds(x.times(y), &product(&exact(a), &exact(b))));
            assert!(holds(x.power(2), &product(&exact(a), &exact(a))));
            let cube = product(&exact(a), &product(&exact(a), &exact(a)));
            assert!(holds(x.power(3), &cube));
        }
        assert!(x.power(2).low >= 0.0 || !x.power(2).is_finite());
    }
}

/// ln x · 2^200 of a double above 0, within 100: x = m · 2^e with m in [1, 2), and ln m = 2 artanh((m − 1) / (m + 1)), in
/// whole numbers.
fn logarithm(x: f64) -> BigInt {
    let artanh = |numerator: &BigInt, denominator: &BigInt| {
        let f: BigInt = (numerator.clone() << 200usize) / denominator;
        let (mut power, mut sum) = (f.clone(), f.clone());
        let square: BigInt = (f.clone() * &f) >> 200usize;
        for n in 1..200 {
            power = (power * &square) >> 200usize;
            sum += power.clone() / (2 * n + 1);
        }
        sum
    };
    let (mut numerator, mut exponent) = exact(x);
    let bits = i64::try_from(numerator.bits()).unwrap() - 1;
    exponent += bits;
    let one = BigInt::from(1) << usize::try_from(bits).unwrap();
    let ln_2: BigInt = 2 * artanh(&BigInt::from(1), &BigInt::from(3));
    numerator -= &one;
    let two = numerator.clone() + 2 * &one;
    2 * artanh(&numerator, &two) + ln_2 * exponent
}

#[test]
fn logarithms_are_enclosed() {
    let mut random = Random(5);
    let mut narrow = 0;
    for round in 0..3000 {
        let x = match round {
            0 => 1.0,
            1 => f64::from_bits(1),
            2 => f64::MAX,
            3 => 1f64.next_up(),
            4 => 1f64.next_down(),
            5 => f64::MIN_POSITIVE,
            round if round % 3 == 0 => 1.0 + random.double().abs() / 1e4,
            _ => random.double().abs(),
        };
        if x == 0.0 {
            continue;
        }
        let bounds = Interval::point(x).ln();
        let (ln, error) = (logarithm(x), BigInt::from(100));
        let holds = at_most(&exact(bounds.low), &(ln.clone() + &error, -200))
            && at_most(&(ln - error, -200), &exact(bounds.high));
        assert!(holds && bounds.is_finite(), "ln {x:e}: {bounds:?}");
        narrow += usize::from(bounds.high - bounds.low <= 1e-14 * bounds.magnitude().max(1e-3));
    }
    assert!(narrow > 2800, "{narrow}");
    for not in [Interval::ZERO, Interval::between(-1.0, 1.0), Interval::ALL] {
        assert!(!not.ln().is_finite());
    }
}

#[test]
fn sums_and_products_of_exact_numbers_are_exact() {
    let mut random = Random(3);
    for _ in 0..20_000 {
        let values = [random.double(), random.double(), random.double()];
        let [a, b, c] = values.map(|value| Dyadic::from_f64(value).unwrap());
        let [ea, eb, ec] = values.map(exact);
        // (a + b) · c − a, which is neither a double nor of the size of one.
        let found = a.plus(&b).and_then(|s| s.times(&c)).and_then(|p| p.minus(&a)).unwrap();
        let expected = sum(&product(&sum(&ea, &eb), &ec), &(-ea.0.clone(), ea.1));
        let zero = num_bigint::Sign::NoSign == expected.0.sign();
        assert_eq!(found.is_zero(), zero);
        assert_eq!(found.is_negative(), expected.0.sign() == num_bigint::Sign::Minus);
        assert!(holds(found.enclosure(), &expected), "{values:?}");
        // The enclosure is not wider than two doubles, where the number is of the size of one.
        let bounds = found.enclosure();
        if bounds.is_finite() && bounds.least_magnitude() > 1e-290 {
            assert!(bounds.high <= bounds.low.next_up(), "{bounds:?}");
        }
        assert_eq!(a.plus(&b).unwrap().minus(&b).unwrap(), a);
    }
}

#[test]
fn a_number_that_grows_without_end_is_refused() {
    let mut number = Dyadic::from_f64(1.0 / 3.0).unwrap();
    let fault = loop {
        match number.times(&number) {
            Ok(square) => number = square,
            Err(fault) => break fault,
        }
    };
    assert_eq!(fault.code, "number-too-large");
    let far = Dyadic::from_f64(2f64.powi(-1000)).unwrap();
    let mut far = far;
    for _ in 0..10 {
        far = far.times(&far).unwrap();
    }
    assert_eq!(far.plus(&Dyadic::one()).unwrap_err().code, "number-too-large");
}

#[test]
fn what_is_not_finite_decides_nothing() {
    let all = Interval::ALL;
    for other in [Interval::ZERO, Interval::ONE, all] {
        for result in
            [all.plus(other), all.minus(other), all.times(other), all.over(other), all.root(), all.power(2)]
        {
            assert!(!result.is_finite(), "{result:?}");
        }
    }
    assert!(!Interval::ONE.over(Interval::ZERO).is_finite());
    assert!(!Interval::point(f64::MAX).times(Interval::point(2.0)).is_finite());
    assert!(!Interval::between(1.0, 0.0).is_finite());
    assert!(!Interval::point(f64::NAN).is_finite());
}
