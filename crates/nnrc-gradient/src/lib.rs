//! Values and gradients of neural networks at the fixed points of their chemistry, by implicit differentiation.
//!
//! At rest F(x, w) = 0. With the Jacobian J = F_x the adjoint solves Jᵀ μ = −dL/dx; ordered by layer J is block
//! lower triangular, so the solve is one sweep backwards: per unit d = φ'(z) · dL/dx with the slopes of
//! the activations, then dL/dw_ij = d_i a_j and dL/da_j += w_ij d_i. No chemistry is integrated.
//!
//! All of it in double or in single precision: [`Laned`].
//!
//! A [`Graph`] is a network whose weights are the variables; [`Propagation`] computes some samples in this thread,
//! [`Task::with_batches`] trains batches on several.

#![warn(missing_docs)]

mod engine;
mod graph;
pub mod kernel;
mod lanes;
mod layer;
pub mod panels;
mod propagation;
mod schedule;
mod slots;
mod source;
mod team;
mod trainer;

pub use graph::{Graph, Parameter};
pub use lanes::Laned;
pub use propagation::Propagation;
pub use trainer::Task;
