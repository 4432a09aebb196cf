//! Random numbers in independent streams: ChaCha8 (Bernstein 2008) with the stream number as its nonce.
//!
//! The generator is written out here, forty lines, because every generated program would build a crate for it.

/// Blocks made at a time, side by side, so that one instruction serves several of them.
const LANES: usize = 4;

/// Words of a block.
const BLOCK: usize = 16;

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
        -self.positive_unit().ln()
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
                let scale = (-2.0 * square.ln() / square).sqrt();
                self.spare = Some(b * scale);
                return a * scale;
            }
        }
    }

    fn refill(&mut self) {
        let mut start: [Row; BLOCK] = [[0; LANES]; BLOCK];
        let constants = [0x6170_7865, 0x3320_646e, 0x7962_2d32, 0x6b20_6574];
        for (row, word) in start.iter_mut().zip(constants.into_iter().chain(self.key)) {
            *row = [word; LANES];
        }
        let counter = |lane: usize| self.counter.wrapping_add(lane as u64);
        start[12] = std::array::from_fn(|lane| counter(lane) as u32);
        start[13] = std::array::from_fn(|lane| (counter(lane) >> 32) as u32);
        start[14] = [self.number as u32; LANES];
        start[15] = [(self.number >> 32) as u32; LANES];
        let mut rows = start;
        for _ in 0..4 {
            for at in 0..4 {
                quarter(&mut rows, at, 4 + at, 8 + at, 12 + at);
            }
            for at in 0..4 {
                quarter(&mut rows, at, 4 + (at + 1) % 4, 8 + (at + 2) % 4, 12 + (at + 3) % 4);
            }
        }
        for (word, (row, start)) in rows.iter().zip(&start).enumerate() {
            for (lane, sum) in add(*row, *start).into_iter().enumerate() {
                self.words[lane * BLOCK + word] = sum;
            }
        }
        self.counter = self.counter.wrapping_add(LANES as u64);
        self.next = 0;
    }
}

/// A word of each block.
type Row = [u32; LANES];

/// The quarter round on rows of all blocks.
#[inline(always)]
fn quarter(rows: &mut [Row; BLOCK], a: usize, b: usize, c: usize, d: usize) {
    for (x, y, z, turn) in [(a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)] {
        rows[x] = add(rows[x], rows[y]);
        rows[z] = mix(rows[z], rows[x], turn);
    }
}

#[inline(always)]
fn add(a: Row, b: Row) -> Row {
    std::array::from_fn(|lane| a[lane].wrapping_add(b[lane]))
}

#[inline(always)]
fn mix(a: Row, b: Row, turn: u32) -> Row {
    std::array::from_fn(|lane| (a[lane] ^ b[lane]).rotate_left(turn))
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
