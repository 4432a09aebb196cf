//! The construction `phased`: clock, modules, learning, files.

pub mod clock;
pub mod learning;
pub mod run;
