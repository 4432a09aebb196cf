//! Phased networks: their cycles, learning by a clock, and what is drawn and said of them.
//!
//! - `learning`: epochs, verdicts, the halt, and the weights that are left;
//! - `record`: what is recorded of learning, and its checkpoint;

pub mod learning;
mod record;
