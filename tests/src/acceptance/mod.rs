//! The claims, a module each.

pub mod activations;
pub mod agreement;
pub mod certificate;
pub mod crates;
pub mod editors;
pub mod elsewhere;
pub mod examples;
pub mod families;
pub mod fixed_point;
pub mod gradients;
pub mod import;
pub mod mnist;
pub mod noise;
pub mod one_pot;
pub mod phased;
pub mod publishing;
pub mod python;
pub mod robustness;
pub mod running;
pub mod sbml;
pub mod sweep;
pub mod training;
pub mod units;
pub mod vectors;
pub mod verify;
