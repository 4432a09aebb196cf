//! Samples that go through the network together.

/// Samples in a block.
pub const LANES: usize = 8;

/// A value for each sample of a block.
pub type Lanes = [f64; LANES];
