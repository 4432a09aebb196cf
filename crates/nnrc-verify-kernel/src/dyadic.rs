//! Exact numbers m · 2^e: what doubles are, and what sums and products of them stay.

use crate::fault::Fault;
use crate::interval::Interval;

/// An exact number of the form ± magnitude · 2^exponent.
///
/// The magnitude is odd, or 0; so a number has one form, and equality of forms is equality of numbers. Its size is
/// bounded by [`MAX_BITS`]: an operation beyond that is a [`Fault`], never a wrong number.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Dyadic {
    negative: bool,
    /// Limbs, the lowest first, the highest not 0.
    magnitude: Vec<u64>,
    exponent: i64,
}

/// The most bits a number may take. Sums of the products of a network of doubles need some hundreds; a power of
/// 8 of numbers far apart some tens of thousands.
pub const MAX_BITS: u64 = 1 << 17;

impl Dyadic {
    /// 0.
    pub fn zero() -> Self {
        Self::default()
    }

    /// 1.
    pub fn one() -> Self {
        Self::from(1)
    }

    /// The value of a double, exactly; none of what is infinite or no number.
    pub fn from_f64(value: f64) -> Option<Self> {
        if !value.is_finite() {
            return None;
        }
        let bits = value.to_bits();
        let fraction = bits & ((1 << 52) - 1);
        let biased = i64::try_from(bits >> 52 & 0x7ff).ok()?;
        // Numbers below the normal ones have no hidden bit and the exponent of the smallest normal one.
        let (magnitude, exponent) =
            if biased == 0 { (fraction, -1074) } else { (fraction | 1 << 52, biased - 1075) };
        Some(Self::normal(value.is_sign_negative(), vec![magnitude], exponent))
    }

    /// magnitude · 2^exponent with its sign, in its one form.
    fn normal(negative: bool, mut magnitude: Vec<u64>, exponent: i64) -> Self {
        while magnitude.last() == Some(&0) {
            magnitude.pop();
        }
        let Some(first) = magnitude.iter().position(|&limb| limb != 0) else {
            return Self::zero();
        };
        magnitude.drain(..first);
        let shift = magnitude[0].trailing_zeros();
        if shift > 0 {
            let mut above = 0;
            for limb in magnitude.iter_mut().rev() {
                let low = *limb << (64 - shift);
                *limb = *limb >> shift | above;
                above = low;
            }
            while magnitude.last() == Some(&0) {
                magnitude.pop();
            }
        }
        // A magnitude in memory has fewer than 2^60 limbs, so the exponent stays far from its ends.
        let exponent = exponent + i64::try_from(first).unwrap_or(i64::MAX / 128) * 64 + i64::from(shift);
        Self { negative, magnitude, exponent }
    }

    /// Whether it is 0.
    pub fn is_zero(&self) -> bool {
        self.magnitude.is_empty()
    }

    /// Whether it is below 0.
    pub fn is_negative(&self) -> bool {
        self.negative
    }

    /// Whether it is above 0.
    pub fn is_positive(&self) -> bool {
        !self.negative && !self.is_zero()
    }

    /// Whether it is 1.
    pub fn is_one(&self) -> bool {
        !self.negative && self.exponent == 0 && self.magnitude == [1]
    }

    /// Bits of the magnitude.
    fn bits(&self) -> u64 {
        self.magnitude.last().map_or(0, |top| {
            let below = u64::try_from(self.magnitude.len() - 1).unwrap_or(u64::MAX >> 8);
            below * 64 + u64::from(64 - top.leading_zeros())
        })
    }

    /// The same with the other sign.
    #[must_use]
    pub fn negated(&self) -> Self {
        Self { negative: !self.negative && !self.is_zero(), ..self.clone() }
    }

    /// The same without its sign.
    #[must_use]
    pub fn absolute(&self) -> Self {
        Self { negative: false, ..self.clone() }
    }

    /// The sum.
    ///
    /// # Errors
    ///
    /// A sum of more than [`MAX_BITS`] bits.
    pub fn plus(&self, other: &Self) -> Result<Self, Fault> {
        if self.is_zero() {
            return Ok(other.clone());
        }
        if other.is_zero() {
            return Ok(self.clone());
        }
        let exponent = self.exponent.min(other.exponent);
        let (a, b) = (self.shifted(exponent)?, other.shifted(exponent)?);
        let (negative, magnitude) = if self.negative == other.negative {
            (self.negative, sum(a, &b))
        } else if at_least(&a, &b) {
            (self.negative, difference(a, &b))
        } else {
            (other.negative, difference(b, &a))
        };
        Ok(Self::normal(negative, magnitude, exponent))
    }

    /// The difference.
    ///
    /// # Errors
    ///
    /// As [`Dyadic::plus`].
    pub fn minus(&self, other: &Self) -> Result<Self, Fault> {
        self.plus(&other.negated())
    }

    /// The product.
    ///
    /// # Errors
    ///
    /// A product of more than [`MAX_BITS`] bits.
    pub fn times(&self, other: &Self) -> Result<Self, Fault> {
        if self.is_zero() || other.is_zero() {
            return Ok(Self::zero());
        }
        let exponent = self.exponent.checked_add(other.exponent).filter(|e| e.abs() < 1 << 40);
        let Some(exponent) = exponent.filter(|_| self.bits() + other.bits() <= MAX_BITS) else {
            return Err(too_large());
        };
        let negative = self.negative != other.negative;
        if let ([a], [b]) = (&*self.magnitude, &*other.magnitude) {
            let product = u128::from(*a) * u128::from(*b);
            #[allow(clippy::cast_possible_truncation, reason = "the two halves of the product")]
            let limbs = vec![product as u64, (product >> 64) as u64];
            return Ok(Self::normal(negative, limbs, exponent));
        }
        let mut limbs = vec![0u64; self.magnitude.len() + other.magnitude.len()];
        for (i, &a) in self.magnitude.iter().enumerate() {
            let mut carry = 0u128;
            for (j, &b) in other.magnitude.iter().enumerate() {
                let sum = u128::from(limbs[i + j]) + u128::from(a) * u128::from(b) + carry;
                #[allow(clippy::cast_possible_truncation, reason = "the low half; the high one is carried")]
                {
                    limbs[i + j] = sum as u64;
                }
                carry = sum >> 64;
            }
            #[allow(clippy::cast_possible_truncation, reason = "a carry is below 2^64")]
            {
                limbs[i + other.magnitude.len()] = carry as u64;
            }
        }
        Ok(Self::normal(negative, limbs, exponent))
    }

    /// The quotient by ± 2^n, which is of the same form; none by another number.
    pub fn over_power_of_two(&self, divisor: &Self) -> Option<Self> {
        (divisor.magnitude == [1]).then(|| {
            let negative = !self.is_zero() && self.negative != divisor.negative;
            let exponent = if self.is_zero() { 0 } else { self.exponent - divisor.exponent };
            Self { negative, magnitude: self.magnitude.clone(), exponent }
        })
    }

    /// The magnitude over 2^exponent, which is at most its own exponent.
    fn shifted(&self, exponent: i64) -> Result<Vec<u64>, Fault> {
        let shift = u64::try_from(self.exponent - exponent).map_err(|_| too_large())?;
        if shift + self.bits() > MAX_BITS {
            return Err(too_large());
        }
        let (limbs, bits) = (usize::try_from(shift / 64).map_err(|_| too_large())?, shift % 64);
        let mut shifted = vec![0; limbs];
        if bits == 0 {
            shifted.extend(&self.magnitude);
            return Ok(shifted);
        }
        let mut below = 0;
        for &limb in &self.magnitude {
            shifted.push(limb << bits | below);
            below = limb >> (64 - bits);
        }
        shifted.push(below);
        Ok(shifted)
    }

    /// The nearest doubles on either side, or twice the number itself where it is a double.
    pub fn enclosure(&self) -> Interval {
        let bits = self.bits();
        if bits == 0 {
            return Interval::ZERO;
        }
        // The highest 53 bits, as a whole number that a double holds.
        let drop = bits.saturating_sub(53);
        let mut top = 0u64;
        for bit in (drop..bits).rev() {
            let limb = self.magnitude[usize::try_from(bit / 64).unwrap_or(usize::MAX)];
            top = top << 1 | (limb >> (bit % 64) & 1);
        }
        let exponent = self.exponent + i64::try_from(drop).unwrap_or(i64::MAX / 2);
        let exact = drop == 0;
        let low = scaled(top, exponent, false, exact);
        let high = scaled(top, exponent, true, exact);
        if self.negative { Interval::between(-high, -low) } else { Interval::between(low, high) }
    }
}

/// A double at or below (above) top · 2^exponent, where top has at most 53 bits; above, it is one more if `exact` is
/// false.
fn scaled(top: u64, exponent: i64, above: bool, exact: bool) -> f64 {
    #[allow(clippy::cast_precision_loss, reason = "at most 53 bits")]
    let value = top as f64;
    let length = i64::from(64 - top.leading_zeros());
    if exponent + length > 1023 {
        return if above { f64::INFINITY } else { f64::MAX };
    }
    if exponent + length < -1020 {
        // Below the normal numbers: nothing is lost by a bound this small.
        return if above { 4.0 * f64::MIN_POSITIVE } else { 0.0 };
    }
    // Both factors are powers of 2 within the normal range, and so is every product on the way.
    let half = exponent / 2;
    let scaled = value * power_of_two(half) * power_of_two(exponent - half);
    if above && !exact { scaled.next_up() } else { scaled }
}

/// 2^exponent, for exponents of normal numbers.
fn power_of_two(exponent: i64) -> f64 {
    let biased = u64::try_from(exponent + 1023).unwrap_or(0);
    f64::from_bits(biased << 52)
}

impl From<u32> for Dyadic {
    fn from(value: u32) -> Self {
        Self::normal(false, vec![u64::from(value)], 0)
    }
}

fn too_large() -> Fault {
    Fault::invalid("number-too-large", "an exact number needs more than 131072 bits")
}

fn at_least(a: &[u64], b: &[u64]) -> bool {
    let length = a.len().max(b.len());
    let limb = |of: &[u64], at: usize| of.get(at).copied().unwrap_or(0);
    for at in (0..length).rev() {
        let (x, y) = (limb(a, at), limb(b, at));
        if x != y {
            return x > y;
        }
    }
    true
}

fn sum(mut a: Vec<u64>, b: &[u64]) -> Vec<u64> {
    a.resize(a.len().max(b.len()) + 1, 0);
    let mut carry = false;
    for (at, limb) in a.iter_mut().enumerate() {
        let (one, first) = limb.overflowing_add(b.get(at).copied().unwrap_or(0));
        let (two, second) = one.overflowing_add(u64::from(carry));
        *limb = two;
        carry = first || second;
    }
    a
}

/// a − b for a ≥ b.
fn difference(mut a: Vec<u64>, b: &[u64]) -> Vec<u64> {
    let mut borrow = false;
    for (at, limb) in a.iter_mut().enumerate() {
        let (one, first) = limb.overflowing_sub(b.get(at).copied().unwrap_or(0));
        let (two, second) = one.overflowing_sub(u64::from(borrow));
        *limb = two;
        borrow = first || second;
    }
    a
}
