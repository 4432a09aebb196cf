//! Axes with round numbers.

/// An axis from `low` to `high` with ticks at multiples of `step`.
#[derive(Debug, Clone, Copy)]
pub struct Axis {
    low: f64,
    high: f64,
    step: f64,
}

impl Axis {
    /// An axis that shows `low` to `high` with about `wanted` ticks. `exact`: it ends there; otherwise it ends at a
    /// tick.
    pub fn new(low: f64, high: f64, wanted: usize, exact: bool) -> Self {
        let (low, high) = if high > low { (low, high) } else { (low, low + low.abs().max(1.0)) };
        let rough = (high - low) / wanted as f64;
        let power = 10f64.powf(rough.log10().floor());
        let step =
            [1.0, 2.0, 5.0, 10.0].into_iter().find(|step| step * power >= rough).unwrap_or(10.0) * power;
        if exact {
            return Self { low, high, step };
        }
        // A value just above a tick need not open a whole new interval.
        let slack = 0.004 * (high - low) / step;
        Self { low: (low / step + slack).floor() * step, high: (high / step - slack).ceil() * step, step }
    }

    /// The same with ticks at whole numbers only.
    pub fn whole(self) -> Self {
        Self { step: self.step.max(1.0), ..self }
    }

    /// Ticks with their labels.
    pub fn ticks(&self) -> Vec<(f64, String)> {
        let slack = 1e-9 * (self.high - self.low);
        let first = ((self.low - slack) / self.step).ceil() as i64;
        let last = ((self.high + slack) / self.step).floor() as i64;
        (first..=last).map(|at| (at as f64 * self.step, self.label(at))).collect()
    }

    fn label(&self, at: i64) -> String {
        let value = at as f64 * self.step;
        let largest = self.low.abs().max(self.high.abs());
        if at != 0 && !(1e-3..1e6).contains(&largest) {
            return crate::numbers::short(value);
        }
        let digits = (-self.step.log10().floor()).clamp(0.0, 9.0) as usize;
        format!("{value:.digits$}")
    }

    /// The pixel of a value between the pixels of the ends.
    pub fn place(&self, value: f64, start: f64, end: f64) -> f64 {
        start + (value - self.low) / (self.high - self.low) * (end - start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(low: f64, high: f64) -> Vec<String> {
        Axis::new(low, high, 5, false).ticks().into_iter().map(|(_, label)| label).collect()
    }

    #[test]
    fn ticks_are_round() {
        assert_eq!(labels(0.0, 1.0), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
        assert_eq!(labels(-0.1, 97.0), ["0", "20", "40", "60", "80", "100"]);
        assert_eq!(labels(0.0, 3e-7).last().map(String::as_str), Some("3e-7"));
        assert_eq!(labels(0.0, 0.0).len(), 6);
        assert_eq!(labels(2.5, 2.5).len(), 6);
    }
}
