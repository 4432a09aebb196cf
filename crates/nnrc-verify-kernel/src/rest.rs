//! Where a cascade rests.

use crate::interval::Interval;
use crate::poly::{Poly, Variable};

/// Where each variable is at rest, and how fast each block comes to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Rest {
    /// An enclosure of each variable.
    pub boxes: Vec<Interval>,
    /// A number below the rate of each block, per time unit of the file.
    pub rates: Vec<f64>,
}

impl Rest {
    /// The enclosure of a variable.
    pub fn of(&self, variable: Variable) -> Interval {
        self.boxes.get(variable as usize).copied().unwrap_or(Interval::ALL)
    }

    /// An enclosure of a polynomial.
    pub fn enclosure(&self, polynomial: &Poly) -> Interval {
        polynomial.enclosure(&|variable| self.of(variable))
    }

    /// A number below every rate.
    pub fn rate(&self) -> f64 {
        self.rates.iter().copied().fold(f64::INFINITY, f64::min)
    }
}
