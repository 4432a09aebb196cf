//! When a time course ends, and which of its times are reported.

use crate::error::Error;
use crate::fixed_point::Settled;
use crate::settings::Tolerances;
use crate::settling::settling_time;
use crate::system::Layered;

/// The distance from the fixed point, in concentration units, to which settling times refer.
pub const NEAR: f64 = 1e-3;

/// The longest time, in model units, after which a pot is still waited for.
const LONGEST: f64 = 1e6;

/// Which times of a course are reported.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Spacing {
    /// This many, the first and the last among them.
    Points(usize),
    /// Multiples of a time, and the end.
    Every(f64),
}

impl Spacing {
    /// About how many times there are until `until`; a float, since it may be beyond all whole numbers.
    pub fn count(self, until: f64) -> f64 {
        match self {
            Self::Points(points) => points as f64,
            Self::Every(every) => (until / every).floor() + 1.0,
        }
    }

    /// The times, in order. The caller has looked at [`Spacing::count`].
    pub fn times(self, until: f64) -> Vec<f64> {
        let rows = self.count(until) as usize;
        match self {
            Self::Every(every) => {
                let mut times: Vec<f64> = (0..rows).map(|row| (row as f64 * every).min(until)).collect();
                // The end is always reported, whether or not it is a multiple.
                if times.last().is_some_and(|last| until - last > 1e-9 * every) {
                    times.push(until);
                }
                times
            }
            Self::Points(_) => (0..rows)
                .map(|row| if row + 1 == rows { until } else { until * row as f64 / (rows - 1) as f64 })
                .collect(),
        }
    }
}

/// The time after which everything that changes stays within [`NEAR`] of `target`, the fixed point that the course
/// from `start` was `settled` at.
///
/// # Errors
///
/// [`Error::NotSettled`] beyond a million time units, and those of the integration.
pub fn time_to_settle<S: Layered + ?Sized>(
    system: &mut S,
    start: &[f64],
    target: &[f64],
    settled: &Settled,
    tolerances: &Tolerances,
) -> Result<f64, Error> {
    let targets: Vec<(usize, f64)> = target.iter().copied().enumerate().collect();
    let slow = settled.slowest_rate.filter(|rate| *rate > 0.0).map_or(0.0, |rate| 20.0 / rate);
    let mut until = (2.0 * settled.time).max(slow).clamp(1.0, LONGEST);
    loop {
        match settling_time(system, start, &targets, NEAR, tolerances, until) {
            // The slowest rate cannot always be estimated, so the course may have been too short.
            Err(Error::NotSettled { .. }) if until < LONGEST => until *= 4.0,
            result => return result,
        }
    }
}

/// A good end for a course that settles by `time`: a quarter longer, and the next number of the form 1, 2, 3, 5 or 8
/// times a power of ten.
pub fn good_end(time: f64) -> f64 {
    round_up(1.25 * time.max(1e-9))
}

fn round_up(value: f64) -> f64 {
    let power = 10f64.powf(value.log10().floor());
    let steps = [1.0, 2.0, 3.0, 5.0, 8.0, 10.0];
    let step = steps.into_iter().find(|step| step * power >= value * (1.0 - 1e-9)).unwrap_or(10.0);
    // Through text, for numbers such as 0.3 that a product misses.
    format!("{:.0e}", step * power).parse().unwrap_or(step * power)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_round_numbers() {
        assert_eq!(round_up(0.21), 0.3);
        assert_eq!(round_up(1.0), 1.0);
        assert_eq!(round_up(17.0), 20.0);
        assert_eq!(round_up(433.0), 500.0);
        assert_eq!(round_up(9e5), 1e6);
    }

    #[test]
    fn the_end_is_always_reported() {
        assert_eq!(Spacing::Points(3).times(4.0), [0.0, 2.0, 4.0]);
        assert_eq!(Spacing::Every(1.5).times(4.0), [0.0, 1.5, 3.0, 4.0]);
        assert_eq!(Spacing::Every(2.0).times(4.0), [0.0, 2.0, 4.0]);
    }
}
