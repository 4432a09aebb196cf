//! Random numbers in independent streams: ChaCha8 with the stream number as its nonce.

use nnrc_sim::elementary::ln_normal;

use crate::chacha::{self, BLOCK};

/// Blocks made at a time, side by side.
const LANES: usize = 4;

/// One stream of a seed. The same seed and stream number give the same numbers on every machine; streams of
/// different numbers are independent, so what is drawn for one replicate or one purpose never shifts another.
#[derive(Debug, Clone)]
pub struct Stream {
    key: [u32; 8],
    number: u64,
    counter: u64,
    words: [u32; BLOCK * LANES],
    next: usize,
    /// The second value of a pair of normal ones.
    spare: Option<f64>,
}

/// What a stream of a replicate is drawn for, so that one kind of noise never shifts another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Factors on rate constants.
    Rates,
    /// Jumps of concentrations.
    Concentrations,
    /// Events among molecules.
    Events,
}

/// Streams of one replicate.
const PURPOSES: u64 = 4;

impl Stream {
    /// The stream for one purpose of a replicate.
    pub fn of(seed: u64, replicate: u64, purpose: Purpose) -> Self {
        Self::new(seed, replicate.wrapping_mul(PURPOSES).wrapping_add(purpose as u64))
    }

    /// The stream `number` of a seed.
    pub fn new(seed: u64, number: u64) -> Self {
        let mut state = seed;
        let mut key = [0; 8];
        for pair in key.chunks_exact_mut(2) {
            let word = split_mix(&mut state);
            (pair[0], pair[1]) = (word as u32, (word >> 32) as u32);
        }
        let words = [0; BLOCK * LANES];
        Self { key, number, counter: 0, words, next: BLOCK * LANES, spare: None }
    }

    /// 64 random bits.
    #[inline]
    pub fn word(&mut self) -> u64 {
        if self.next == self.words.len() {
            self.refill();
        }
        let word = u64::from(self.words[self.next]) | u64::from(self.words[self.next + 1]) << 32;
        self.next += 2;
        word
    }

    /// Uniform in [0, 1): a multiple of 2⁻⁵³.
    #[inline]
    pub fn unit(&mut self) -> f64 {
        (self.word() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Uniform in (0, 1]: a multiple of 2⁻⁵³.
    #[inline]
    pub fn positive_unit(&mut self) -> f64 {
        ((self.word() >> 11) + 1) as f64 / (1u64 << 53) as f64
    }

    /// Exponential with mean 1.
    #[inline]
    pub fn exponential(&mut self) -> f64 {
        -ln_normal(self.positive_unit())
    }

    /// Normal with mean 0 and variance 1, by the polar method (Marsaglia and Bray 1964).
    pub fn normal(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        loop {
            let (a, b) = (2.0 * self.unit() - 1.0, 2.0 * self.unit() - 1.0);
            let square = a * a + b * b;
            if square > 0.0 && square < 1.0 {
                let scale = (-2.0 * ln_normal(square) / square).sqrt();
                self.spare = Some(b * scale);
                return a * scale;
            }
        }
    }

    fn refill(&mut self) {
        let keys = self.key.map(|word| [word; LANES]);
        let counters = std::array::from_fn(|lane| self.counter.wrapping_add(lane as u64));
        let rows = chacha::blocks(&chacha::start(&keys, &counters, &[self.number; LANES]));
        for (word, row) in rows.iter().enumerate() {
            for (lane, &value) in row.iter().enumerate() {
                self.words[lane * BLOCK + word] = value;
            }
        }
        self.counter = self.counter.wrapping_add(LANES as u64);
        self.next = 0;
    }

    /// The key, the number of the stream, and the first block of which nothing has been drawn.
    pub(crate) fn origin(&self) -> ([u32; 8], u64, u64) {
        let unused = (self.words.len() - self.next) / BLOCK;
        (self.key, self.number, self.counter.wrapping_sub(unused as u64))
    }
}

/// SplitMix64 (Steele, Lea and Flood 2014) spreads a seed over the key.
fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::{Rng, SeedableRng};

    use super::*;

    #[test]
    fn streams_are_those_of_chacha8() {
        for (seed, number) in [(0, 0), (7, 1), (u64::MAX, u64::MAX - 5)] {
            let mut own = Stream::new(seed, number);
            let bytes: Vec<u8> = own.key.iter().flat_map(|word| word.to_le_bytes()).collect();
            let mut peer = ChaCha8Rng::from_seed(bytes.try_into().unwrap());
            peer.set_stream(number);
            for _ in 0..200 {
                assert_eq!(own.word(), peer.next_u64());
            }
        }
    }

    #[test]
    fn moments_are_those_of_the_distributions() {
        let mut stream = Stream::new(3, 9);
        let count = 200_000;
        let moments = |draw: &mut dyn FnMut() -> f64| {
            let values: Vec<f64> = (0..count).map(|_| draw()).collect();
            let mean = values.iter().sum::<f64>() / f64::from(count);
            let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / f64::from(count);
            (mean, variance)
        };
        // Five standard errors of the mean, and of the variance (kurtosis 3, 9, 1.8).
        let (mean, variance) = moments(&mut || stream.normal());
        assert!(mean.abs() < 0.012 && (variance - 1.0).abs() < 0.016, "{mean} {variance}");
        let (mean, variance) = moments(&mut || stream.exponential());
        assert!((mean - 1.0).abs() < 0.012 && (variance - 1.0).abs() < 0.032, "{mean} {variance}");
        let (mean, variance) = moments(&mut || stream.unit());
        assert!((mean - 0.5).abs() < 0.004 && (variance - 1.0 / 12.0).abs() < 0.001, "{mean} {variance}");
    }
}
