//! The construction `phased`: clock, modules, learning, files.

pub mod clock;
pub mod files;
pub mod learning;
pub mod modules;
pub mod run;
