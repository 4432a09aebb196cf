//! The line about an epoch that a program prints while it trains, and that the compiler reads again.

use std::fmt::{self, Display, Formatter};

/// An epoch that is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Epoch<'a> {
    /// Its number, from 1.
    pub number: usize,
    /// Number of epochs of the training.
    pub of: usize,
    /// Its metrics in words.
    pub metrics: &'a str,
}

impl Display for Epoch<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "epoch {} of {}: {}", self.number, self.of, self.metrics)
    }
}

impl<'a> Epoch<'a> {
    /// Reads a line; none if it says something else.
    pub fn read(line: &'a str) -> Option<Self> {
        let (counts, metrics) = line.strip_prefix("epoch ")?.split_once(": ")?;
        let (number, of) = counts.split_once(" of ")?;
        Some(Self { number: number.parse().ok()?, of: of.parse().ok()?, metrics })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_as_it_was_written() {
        let epoch =
            Epoch { number: 3, of: 20, metrics: "loss 1.0000e-2, accuracy 0.9; validation: loss 2.0000e-2" };
        assert_eq!(Epoch::read(&epoch.to_string()), Some(epoch));
        for other in
            ["", "going on after epoch 3", "epoch 3", "epoch x of 20: loss 1", "an epoch 3 of 20: loss"]
        {
            assert_eq!(Epoch::read(other), None, "{other}");
        }
    }
}
