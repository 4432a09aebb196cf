//! What is proven of the way to rest of a unit, given where its pre-activation is.
//!
//! - *Smoothed ReLU*, x' = g (h + z x − x²): two solutions approach each other in ln x at the rate 2 g sqrt(h) at
//!   least (B-T2).
//! - *Linear*, y' = g (z − y) on the difference of the rails: errors decay as e^(−g t).

use super::canonical::smooth_relu;
use crate::interval::Interval;

/// The way of a unit to its value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Approach {
    /// y' = g (z − y), from 0.
    Linear,
    /// x' = g (h + z x − x²), from sqrt(h).
    SmoothRelu {
        /// h
        h: f64,
    },
}

impl Approach {
    /// The rate from any start; `speed` is g.
    pub fn global_rate(self, speed: f64) -> f64 {
        match self {
            Self::Linear => speed,
            Self::SmoothRelu { h } => 2.0 * speed * h.sqrt(),
        }
    }

    /// Slowest local rate of a unit whose z lies in the interval.
    pub fn local_rate(self, z: Interval, speed: f64) -> f64 {
        match self {
            Self::Linear => speed,
            Self::SmoothRelu { h } => speed * z.distance_from_zero().hypot(2.0 * h.sqrt()),
        }
    }

    /// Where the unit is at all times, if z always lies in the interval.
    pub fn transient(self, z: Interval) -> Interval {
        match self {
            Self::Linear => Interval::new(z.low.min(0.0), z.high.max(0.0)),
            Self::SmoothRelu { h } => {
                let start = h.sqrt();
                Interval::new(smooth_relu(z.low, h).min(start), smooth_relu(z.high, h).max(start))
            }
        }
    }

    /// Where the unit comes to rest.
    pub fn rest(self, z: Interval) -> Interval {
        match self {
            Self::Linear => z,
            Self::SmoothRelu { h } => Interval::new(smooth_relu(z.low, h), smooth_relu(z.high, h)),
        }
    }
}
