//! From the checked model to chemistry.
//!
//! One construct, one file, headed by its reactions, the ODE, the fixed point, the rate of approach and the source.
//! The constructions are those of Anderson, Joshi and Deshpande (2021), Fan, Zhang, Gao and Dochain (2023), Kang and Kim
//! (2024/25), and derivations from them.

pub mod phased;

mod abs;
mod activate;
mod algebraic;
mod annihilation_relu;
mod canonical;
mod elu;
mod fixed_point;
mod identity;
mod inverse_multiquadric;
mod inverse_quadratic;
mod lower;
mod lowered;
mod michaelis;
mod one_pot;
mod operation;
mod pot;
mod rational_softmax;
mod relay;
mod restored_sigmoid;
mod smooth_relu;
mod softsign;
mod square;
mod swish;
mod validated;
mod winner_take_all;

pub use lower::{lower, lower_for_training};
pub use lowered::{Course, Held, Lowered, Weight};
