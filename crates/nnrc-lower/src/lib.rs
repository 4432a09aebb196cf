//! From the checked model to chemistry.
//!
//! One construct, one file, headed by its reactions, the ODE, the fixed point, the rate of approach and the source.
//! The constructions are those of Anderson, Joshi and Deshpande (2021), Fan, Zhang, Gao and Dochain (2023), Kang and Kim
//! (2024/25), and derivations from them.

pub mod phased;

mod activation;
mod canonical;
mod fixed_point;
mod layer_builder;
mod lower;
mod lowered;
mod one_pot;
mod operation;
mod relay;
mod validated;

pub use lower::{lower, lower_for_training};
pub use lowered::{Course, Held, Lowered, Weight};
