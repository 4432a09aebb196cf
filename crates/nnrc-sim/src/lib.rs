//! Run-time library: integrators, fixed points, and readers of data and weight files.
//!
//! A simulation is a [`Layered`] system handed to [`integrate`], which follows the time course, or to
//! [`settle`], which follows it to the fixed point it ends in. [`mod@train`] trains parameters.
//! [`io`] reads and writes the files around it.

#![warn(missing_docs)]

pub mod adjoint;
pub mod barrier;
pub mod block;
pub mod blocks;
mod control;
pub mod course;
mod defaults;
pub mod divergence;
pub mod elementary;
mod error;
mod explicit;
mod fixed_point;
pub mod gradient;
mod integrate;
mod integrator;
pub mod io;
pub mod loops;
pub mod lu;
pub mod meanings;
mod model_error;
mod network;
pub mod outlook;
pub mod parallel;
pub mod present;
pub mod program;
pub mod reading;
mod rises;
mod rosenbrock;
mod rosenbrock_w;
pub mod scaling;
mod settings;
mod settling;
#[cfg(feature = "sources")]
pub mod sources;
pub mod stages;
mod steady_state;
pub mod system;
mod tensors;
#[cfg(test)]
mod testing;
pub mod train;
mod training;
mod vectors;

pub use error::Error;
pub use fixed_point::{Settle, Settled, settle};
pub use integrate::integrate;
pub use integrator::{Integrator, STEP_LIMIT, Standing};
pub use rises::Rises;
pub use settings::{Absolute, Method, Statistics, Tolerances};
pub use settling::settling_time;
pub use system::{Layered, System};
