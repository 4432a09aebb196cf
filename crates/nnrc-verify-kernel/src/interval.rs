//! Intervals of doubles whose results enclose every exact result.
//!
//! IEEE 754 rounds sums, products, quotients and square roots correctly, so the exact result lies between the
//! neighbours of the rounded one. Every operation steps outward by one double unless the rounded result is known to be
//! exact, which keeps signs at 0. No option of the compiler changes these operations in Rust.
//!
//! What is not finite is [`Interval::ALL`]: it encloses everything and decides nothing.

/// All numbers from `low` to `high`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Interval {
    /// 0 alone.
    pub const ZERO: Self = Self { low: 0.0, high: 0.0 };
    /// 1 alone.
    pub const ONE: Self = Self { low: 1.0, high: 1.0 };
    /// Every number: nothing is known.
    pub const ALL: Self = Self { low: f64::NEG_INFINITY, high: f64::INFINITY };

    /// From `low` to `high`; everything where that is no interval of finite numbers.
    pub fn between(low: f64, high: f64) -> Self {
        if low.is_finite() && high.is_finite() && low <= high { Self { low, high } } else { Self::ALL }
    }

    /// One number.
    pub fn point(value: f64) -> Self {
        Self::between(value, value)
    }

    /// Whether both ends are numbers.
    pub fn is_finite(self) -> bool {
        self.low.is_finite() && self.high.is_finite()
    }

    /// Whether it is 0 alone.
    pub fn is_zero(self) -> bool {
        self.low == 0.0 && self.high == 0.0
    }

    /// Whether all of `other` lies in it.
    pub fn holds(self, other: Self) -> bool {
        self.low <= other.low && other.high <= self.high
    }

    /// The largest distance from 0.
    pub fn magnitude(self) -> f64 {
        self.low.abs().max(self.high.abs())
    }

    /// The smallest distance from 0.
    pub fn least_magnitude(self) -> f64 {
        if self.low > 0.0 {
            self.low
        } else if self.high < 0.0 {
            -self.high
        } else {
            0.0
        }
    }

    /// −x.
    #[must_use]
    pub fn negated(self) -> Self {
        Self { low: -self.high, high: -self.low }
    }

    /// x + y.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        self.made(other, || (down_sum(self.low, other.low), up_sum(self.high, other.high)))
    }

    /// x − y.
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        self.plus(other.negated())
    }

    /// x · y.
    #[must_use]
    pub fn times(self, other: Self) -> Self {
        self.made(other, || {
            let pairs = [
                (self.low, other.low),
                (self.low, other.high),
                (self.high, other.low),
                (self.high, other.high),
            ];
            let low = pairs.iter().map(|&(a, b)| down_product(a, b)).fold(f64::INFINITY, f64::min);
            let high = pairs.iter().map(|&(a, b)| up_product(a, b)).fold(f64::NEG_INFINITY, f64::max);
            (low, high)
        })
    }

    /// x / y; everything where y holds 0.
    #[must_use]
    pub fn over(self, other: Self) -> Self {
        if !(other.low > 0.0 || other.high < 0.0) {
            return Self::ALL;
        }
        self.made(other, || {
            let pairs = [
                (self.low, other.low),
                (self.low, other.high),
                (self.high, other.low),
                (self.high, other.high),
            ];
            let low = pairs.iter().map(|&(a, b)| down_quotient(a, b)).fold(f64::INFINITY, f64::min);
            let high = pairs.iter().map(|&(a, b)| up_quotient(a, b)).fold(f64::NEG_INFINITY, f64::max);
            (low, high)
        })
    }

    /// sqrt x, of its part that is not negative; everything where there is none.
    #[must_use]
    pub fn root(self) -> Self {
        if !self.is_finite() || self.high < 0.0 {
            return Self::ALL;
        }
        let low = if self.low <= 0.0 { 0.0 } else { down_root(self.low) };
        let high = if self.high == 0.0 { 0.0 } else { up_root(self.high) };
        Self::between(low, high)
    }

    /// x to a whole power. Even powers know that they are not negative.
    #[must_use]
    pub fn power(self, exponent: usize) -> Self {
        match exponent {
            0 => Self::ONE,
            1 => self,
            _ if exponent.is_multiple_of(2) => {
                let half = self.power(exponent / 2);
                let (least, most) = (Self::point(half.least_magnitude()), Self::point(half.magnitude()));
                if !half.is_finite() {
                    return Self::ALL;
                }
                Self::between(least.times(least).low.max(0.0), most.times(most).high)
            }
            _ => self.times(self.power(exponent - 1)),
        }
    }

    /// The smallest interval that holds both.
    #[must_use]
    pub fn hull(self, other: Self) -> Self {
        self.made(other, || (self.low.min(other.low), self.high.max(other.high)))
    }

    /// What both hold; none if they are apart.
    pub fn common(self, other: Self) -> Option<Self> {
        let (low, high) = (self.low.max(other.low), self.high.min(other.high));
        (low <= high).then_some(Self { low, high })
    }

    /// The part at or above `floor`, where the number is known to be there.
    #[must_use]
    pub fn at_least(self, floor: f64) -> Self {
        Self { low: self.low.max(floor), high: self.high.max(floor) }
    }

    /// All numbers that are at most `distance` away.
    #[must_use]
    pub fn widened(self, distance: f64) -> Self {
        self.plus(Self::between(-distance, distance))
    }

    fn made(self, other: Self, ends: impl FnOnce() -> (f64, f64)) -> Self {
        if !self.is_finite() || !other.is_finite() {
            return Self::ALL;
        }
        let (low, high) = ends();
        Self::between(low, high)
    }
}

/// Below this the steps of [`sum`] cannot overflow.
const SAFE: f64 = 1e300;

/// The rounded sum, and on which side of it the exact one is: below 0, 0 or above (Knuth's two-sum, exact unless a
/// sum is infinite).
fn sum(a: f64, b: f64) -> (f64, f64) {
    let s = a + b;
    let a_part = s - b;
    let b_part = s - a_part;
    (s, (a - a_part) + (b - b_part))
}

fn down_sum(a: f64, b: f64) -> f64 {
    let (s, rest) = sum(a, b);
    if rest >= 0.0 && s.abs() < SAFE { s } else { s.next_down() }
}

fn up_sum(a: f64, b: f64) -> f64 {
    let (s, rest) = sum(a, b);
    if rest <= 0.0 && s.abs() < SAFE { s } else { s.next_up() }
}

/// Whether the product is the exact one: a factor is 0, 1 or −1. Others step outward.
fn is_exact(a: f64, b: f64) -> bool {
    a == 0.0 || b == 0.0 || a.abs() == 1.0 || b.abs() == 1.0
}

fn down_product(a: f64, b: f64) -> f64 {
    if is_exact(a, b) { a * b } else { (a * b).next_down() }
}

fn up_product(a: f64, b: f64) -> f64 {
    if is_exact(a, b) { a * b } else { (a * b).next_up() }
}

fn down_quotient(a: f64, b: f64) -> f64 {
    if a == 0.0 || b.abs() == 1.0 { a / b } else { (a / b).next_down() }
}

fn up_quotient(a: f64, b: f64) -> f64 {
    if a == 0.0 || b.abs() == 1.0 { a / b } else { (a / b).next_up() }
}

fn down_root(a: f64) -> f64 {
    if a == 1.0 { 1.0 } else { a.sqrt().next_down().max(0.0) }
}

fn up_root(a: f64) -> f64 {
    if a == 1.0 { 1.0 } else { a.sqrt().next_up() }
}
