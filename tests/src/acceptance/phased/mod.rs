//! The construction `phased`: clock, modules, learning, files.

pub mod bound;
pub mod clock;
pub mod external;
pub mod files;
pub mod forward;
pub mod judge;
pub mod learning;
pub mod modules;
pub mod noise;
pub mod run;
pub mod speed;
pub mod threshold;
