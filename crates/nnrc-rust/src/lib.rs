//! Reaction networks as stand-alone simulation crates.
