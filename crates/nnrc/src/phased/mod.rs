//! Phased networks: their cycles, learning by a clock, and what is drawn and said of them.
//!
//! - `cycles`: the course of a pot, a cycle at a time, by its own clock or by gates set from outside;
//! - `learning`: epochs, verdicts, the halt, and the weights that are left;
//! - `record`: what is recorded of learning, and its checkpoint;
//! - `phases`: the phase map with residuals and predicted errors, for `analyze`;
//! - `steps`: how far from plain online steps these errors can lead.

pub mod cycles;
pub mod learning;
pub mod phases;
mod record;
mod steps;
