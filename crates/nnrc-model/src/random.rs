//! Seeded random numbers that keep their values: ChaCha8 and distributions of our own.

use nnrc_sim::elementary::ln;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// A stream of random numbers.
pub struct Random(ChaCha8Rng);

impl Random {
    /// The stream of a seed.
    pub fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// Uniform in [0, 1): the upper 53 bits of the next word.
    pub fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Uniform in [low, high).
    pub fn uniform(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// Normal, by the polar method of Marsaglia.
    pub fn normal(&mut self, mean: f64, deviation: f64) -> f64 {
        loop {
            let (a, b) = (self.uniform(-1.0, 1.0), self.uniform(-1.0, 1.0));
            let square = a * a + b * b;
            if square > 0.0 && square < 1.0 {
                return mean + deviation * a * (-2.0 * ln(square) / square).sqrt();
            }
        }
    }

    /// Whole number below `bound`, without bias.
    pub fn below(&mut self, bound: u64) -> u64 {
        // Words beyond the last whole multiple of `bound` are drawn again.
        let limit = u64::MAX - u64::MAX % bound;
        loop {
            let word = self.0.next_u64();
            if word < limit {
                return word % bound;
            }
        }
    }

    /// Fisher–Yates.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last as u64 + 1) as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_of_a_seed_never_changes() {
        // Documented in docs/src/language.md: files written today mean the same numbers for ever.
        let mut random = Random::new(11);
        let sample: Vec<String> = (0..3).map(|_| format!("{:.12}", random.uniform(-1.0, 1.0))).collect();
        assert_eq!(sample, ["-0.286674128229", "-0.819290693407", "-0.209316775889"]);
    }

    #[test]
    fn normal_numbers_have_mean_and_deviation() {
        let mut random = Random::new(1);
        let sample: Vec<f64> = (0..100_000).map(|_| random.normal(2.0, 3.0)).collect();
        let mean = sample.iter().sum::<f64>() / 1e5;
        let variance = sample.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / 1e5;
        assert!((mean - 2.0).abs() < 0.05 && (variance.sqrt() - 3.0).abs() < 0.05);
    }
}
