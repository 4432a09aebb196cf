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
