//! The claims, a module each.

pub mod activations;
pub mod agreement;
pub mod certificate;
pub mod families;
pub mod iris;
pub mod sbml;
pub mod vectors;
