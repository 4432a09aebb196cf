//! Noise in reaction networks: on the deterministic time course, in rate constants, in concentrations, and of finite
//! numbers; and exact [`stochastic`] simulation.
//!
//! A [`Disturbance`] says what is disturbed, a [`Disturber`] draws it for one replicate and follows the time course
//! between the times at which anything jumps. Species that no reaction changes (inputs, targets, gates) are no part
//! of the state, so nothing here touches them.
//!
//! | noise | what happens | when |
//! |---|---|---|
//! | rates, static | k → k f, one f for each reaction | once for each replicate |
//! | rates, by presentation | k → k f | at each presentation |
//! | rates, Ornstein–Uhlenbeck | k → k exp(ξ − σ²/2), ξ' = −ξ/τ + σ √(2/τ) B' | on a grid, ξ by its exact update |
//! | concentrations, kicks | x → x max(0, 1 + σ N) | on a grid |
//! | concentrations, Langevin | x → x + Σ_d c_d √(a_d Δt / Ω) N_d, a_d = Σ fluxes along d | on a grid |

mod chacha;
mod disturber;
mod langevin;
mod members;
mod random;
mod rates;
pub mod stochastic;

pub use disturber::{Concentrations, Disturbance, Disturbed, Disturber};
pub use langevin::Directions;
pub use members::MemberIndex;
pub use random::{Purpose, Stream};
pub use rates::{Distribution, Factors, Rates};
