//! Run-time library: integrators, fixed points, and readers of data and weight files.

pub mod system;

pub use system::{Layered, System};
