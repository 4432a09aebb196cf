//! Random numbers for eight replicates, each from its own stream.
#![allow(clippy::needless_range_loop, reason = "iterators are calls, which the optimiser may leave as such")]

use nnrc_sim::elementary::ln_normal as ln;

use super::lanes::{LANES, Lanes};
use crate::chacha::{self, BLOCK, Row};
use crate::random::Stream;

/// Blocks of each stream that are made at a time.
const BLOCKS: usize = 4;

/// Events that draws are made for at a time. An event takes four words of a block.
pub(super) const EVENTS: usize = BLOCKS * BLOCK / 4;

/// The streams, and draws for the next events.
#[derive(Debug, Clone)]
pub(super) struct Draws {
    keys: [Row<LANES>; 8],
    numbers: [u64; LANES],
    /// The next block of each stream.
    counters: [u64; LANES],
    /// Exponential with mean 1.
    pub waits: [Lanes; EVENTS],
    /// Uniform in [0, 1).
    pub shares: [Lanes; EVENTS],
}

impl Draws {
    /// From these streams on, one for each lane; the lanes behind them draw what nobody reads.
    pub fn new(streams: &[Stream]) -> Self {
        let mut draws = Self {
            keys: [[0; LANES]; 8],
            numbers: [0; LANES],
            counters: [0; LANES],
            waits: [[0.0; LANES]; EVENTS],
            shares: [[0.0; LANES]; EVENTS],
        };
        for (lane, stream) in streams.iter().enumerate().take(LANES) {
            let (key, number, counter) = stream.origin();
            for (row, word) in draws.keys.iter_mut().zip(key) {
                row[lane] = word;
            }
            (draws.numbers[lane], draws.counters[lane]) = (number, counter);
        }
        draws
    }

    /// Makes draws for [`EVENTS`] events. Streams go on only in lanes that are `alive`: where a stream stands depends
    /// on what happened in its own lane.
    #[inline(always)]
    pub fn refill(&mut self, alive: Lanes) {
        for block in 0..BLOCKS {
            let mut counters = self.counters;
            for counter in &mut counters {
                *counter = counter.wrapping_add(block as u64);
            }
            let words = chacha::blocks(&chacha::start(&self.keys, &counters, &self.numbers));
            for event in 0..EVENTS / BLOCKS {
                let at = block * (EVENTS / BLOCKS) + event;
                self.waits[at] = one_to_two(words[4 * event], words[4 * event + 1]);
                self.shares[at] = one_to_two(words[4 * event + 2], words[4 * event + 3]);
            }
        }
        for event in 0..EVENTS {
            for lane in 0..LANES {
                // What is left to 2 is never 0.
                self.waits[event][lane] = -ln(2.0 - self.waits[event][lane]);
                self.shares[event][lane] -= 1.0;
            }
        }
        for lane in 0..LANES {
            let moves = if alive[lane] > 0.0 { BLOCKS as u64 } else { 0 };
            self.counters[lane] = self.counters[lane].wrapping_add(moves);
        }
    }
}

/// Uniform in [1, 2): a multiple of 2⁻⁵².
#[inline(always)]
fn one_to_two(low: Row<LANES>, high: Row<LANES>) -> Lanes {
    let mut all = [0.0; LANES];
    for lane in 0..LANES {
        let word = u64::from(low[lane]) | u64::from(high[lane]) << 32;
        all[lane] = f64::from_bits(word >> 12 | 0x3ff0_0000_0000_0000);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Purpose;

    #[test]
    fn each_lane_draws_from_its_own_stream() {
        let mut streams: Vec<Stream> = (0..3).map(|at| Stream::of(7, at, Purpose::Events)).collect();
        // What has been drawn of a stream is not drawn again.
        streams[1].word();
        let mut draws = Draws::new(&streams);
        for _ in 1..BLOCK / 2 {
            streams[1].word();
        }
        for round in 0..5 {
            // A lane that stands still draws the same again.
            let moves = round != 2;
            let before = streams[0].clone();
            draws.refill([f64::from(u8::from(moves)), 1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
            for event in 0..EVENTS {
                for (lane, stream) in streams.iter_mut().enumerate() {
                    let [wait, share] = [0; 2].map(|_| (stream.word() >> 12) as f64 / (1u64 << 52) as f64);
                    assert_eq!(draws.waits[event][lane].to_bits(), (-ln(1.0 - wait)).to_bits());
                    assert_eq!(draws.shares[event][lane], share);
                }
            }
            if !moves {
                streams[0] = before;
            }
        }
    }
}
