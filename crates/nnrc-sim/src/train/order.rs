//! The order of the samples in an epoch.

/// How samples follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Always as they stand.
    Cycle,
    /// In another random order in each epoch.
    Shuffle {
        /// Seed of the orders.
        seed: u64,
    },
}

impl Order {
    /// As they stand, or in random orders of this seed.
    pub fn of(seed: Option<u64>) -> Self {
        seed.map_or(Self::Cycle, |seed| Self::Shuffle { seed })
    }

    /// The seed of [`of`](Self::of).
    pub fn seed(self) -> Option<u64> {
        match self {
            Self::Cycle => None,
            Self::Shuffle { seed } => Some(seed),
        }
    }

    /// Writes `rows` into `arranged` in the order of an epoch, which is counted from 0: a function of seed and epoch,
    /// so that there is no state to keep.
    pub fn arrange_into(self, epoch: usize, rows: &[usize], arranged: &mut Vec<usize>) {
        arranged.clear();
        arranged.extend_from_slice(rows);
        let Self::Shuffle { seed } = self else { return };
        let mut random = SplitMix(SplitMix(seed).next() ^ (epoch as u64).wrapping_mul(0xd134_2543_de82_ef95));
        for last in (1..arranged.len()).rev() {
            arranged.swap(last, random.below(last as u64 + 1) as usize);
        }
    }
}

/// The generator SplitMix64 (Steele, Lea and Flood 2014): 64 bits of state suffice for one permutation.
struct SplitMix(u64);

impl SplitMix {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Below `bound`, without bias.
    fn below(&mut self, bound: u64) -> u64 {
        let limit = u64::MAX - u64::MAX % bound;
        loop {
            let word = self.next();
            if word < limit {
                return word % bound;
            }
        }
    }
}
