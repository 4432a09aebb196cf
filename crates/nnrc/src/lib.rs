//! nnrc as a library: compiles neural networks into chemistry, simulates and trains them.
//!
//! Nothing is printed, and nothing is asked of the environment. What a text names is read through
//! [`Resources`](nnrc_model::Resources), of which [`Disk`] is the one for files; nothing is written. A result is a
//! value; where there is none, a [`Failure`] holds all findings.
//!
//! - [`Project`]: a text, what belongs to it, and what it means;
//! - [`Compiled`]: its chemistry, and everything that can be done with it.

pub mod compiled;
pub mod cycles;
pub mod disk;
pub mod meanings;
pub mod numbers;
pub mod phases;
pub mod plot;
pub mod reactions;
pub mod running;
pub mod size;

mod failure;
mod project;
mod steps;

pub use compiled::Compiled;
pub use disk::Disk;
pub use failure::Failure;
pub use project::{Checked, Project, setting};
