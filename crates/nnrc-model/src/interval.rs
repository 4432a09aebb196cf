//! Closed intervals, for range analysis and the certificate.

/// All numbers from `low` to `high`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Smallest.
    pub low: f64,
    /// Largest.
    pub high: f64,
}

impl Interval {
    /// From `low` to `high`.
    pub fn new(low: f64, high: f64) -> Self {
        Self { low, high }
    }

    /// One number.
    pub fn point(value: f64) -> Self {
        Self::new(value, value)
    }

    /// The smallest interval that holds all of them.
    pub fn hull(values: impl IntoIterator<Item = f64>) -> Self {
        values.into_iter().fold(Self::new(f64::INFINITY, f64::NEG_INFINITY), |hull, value| {
            Self::new(hull.low.min(value), hull.high.max(value))
        })
    }

    /// The sum of both.
    pub fn plus(self, other: Self) -> Self {
        Self::new(self.low + other.low, self.high + other.high)
    }

    /// All products with `factor`.
    pub fn times(self, factor: f64) -> Self {
        if factor >= 0.0 {
            Self::new(self.low * factor, self.high * factor)
        } else {
            Self::new(self.high * factor, self.low * factor)
        }
    }

    /// All products of a member of each.
    #[must_use]
    pub fn product(self, other: Self) -> Self {
        // An end that is infinite times one that is 0 is the limit of products that are 0.
        let times = |a: f64, b: f64| if a == 0.0 || b == 0.0 { 0.0 } else { a * b };
        Self::hull([
            times(self.low, other.low),
            times(self.low, other.high),
            times(self.high, other.low),
            times(self.high, other.high),
        ])
    }

    /// All squares.
    #[must_use]
    pub fn squared(self) -> Self {
        let near = self.nearest_to_zero();
        let far = self.size();
        Self::new(near * near, far * far)
    }

    /// All quotients by a member of `other`, which holds positive numbers alone.
    #[must_use]
    pub fn over(self, other: Self) -> Self {
        Self::hull([
            self.low / other.low,
            self.low / other.high,
            self.high / other.low,
            self.high / other.high,
        ])
    }

    /// What lies within `by` of a member.
    #[must_use]
    pub fn widened(self, by: f64) -> Self {
        Self::new(self.low - by, self.high + by)
    }

    /// The smallest interval that holds both.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self::new(self.low.min(other.low), self.high.max(other.high))
    }

    /// The largest |member|.
    pub fn size(self) -> f64 {
        self.low.abs().max(self.high.abs())
    }

    /// The member nearest to zero.
    pub fn nearest_to_zero(self) -> f64 {
        self.low.max(0.0) + self.high.min(0.0)
    }

    /// Distance of the interval from zero.
    pub fn distance_from_zero(self) -> f64 {
        self.nearest_to_zero().abs()
    }

    /// Whether `value` lies within.
    pub fn holds(self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }
}
