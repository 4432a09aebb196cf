//! Exact stochastic simulation of molecule numbers: the direct method (Gillespie 1977), reactions of one net change
//! taken together.
//!
//! # Propensities
//!
//! With Ω molecules for the concentration 1, a reaction of order r with rate constant k fires at
//!
//! ```text
//! k Ω^(1−r) Π n (n − 1) … (n − m + 1)     over its reactants, m molecules of each
//! ```
//!
//! which is the flux of mass action for large numbers: k Ω, k n, k n_A n_B / Ω, k n_A (n_A − 1) / Ω.
//!
//! # Channels
//!
//! The process depends only on how fast each *change of state* happens, so all reactions of one net change are one
//! channel, exactly. A neuron with a thousand inputs has two: one molecule more, one molecule less. The propensity of
//! a channel is a sum of groups
//!
//! ```text
//! a = base + Σ_g  n_{p(g)} · L_g,      L_g = c_g + Σ_j w_gj n_j
//! ```
//!
//! with a common factor (the *pivot*: the neuron itself) and a linear form in the other numbers, which is kept up to
//! date: when n_j changes by one, L_g changes by w_gj, whatever the width of the layer. So an event costs as much as
//! the species it changes has readers.
//!
//! # Two engines
//!
//! [`Simulation`] follows one realisation of any network. [`Ensemble`] follows eight of a small one at a time, and
//! computes all propensities afresh for each event.
//!
//! The sums that a [`Simulation`] keeps up to date gather rounding errors of about 10⁻¹⁶ per event; they are computed
//! afresh every million events, and an event that would take a number below zero, which only rounding can ask for,
//! does not happen.

mod channels;
mod choice;
mod ensemble;
mod network;
mod simulation;

pub use channels::{channels, molecules};
pub use ensemble::{Ensemble, LANES};
pub use network::{Network, NetworkBuilder};
pub use simulation::Simulation;
