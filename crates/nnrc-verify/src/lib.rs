//! Finds proofs that the reactions of an SBML file compute a network.
//!
//! The search is not believed: everything that it finds is checked by [`nnrc_verify_kernel`].
//!
//! ```text
//! Model, SBML ─► form, places, search ─► Claim ─► kernel ─► Report, Certificate
//! ```

#![warn(missing_docs)]

pub mod components;
pub mod form;
pub mod matching;
pub mod places;
pub mod search;
pub mod verify;
pub mod write;

pub use nnrc_verify_kernel as kernel;
pub use places::Places;
pub use verify::{LARGEST_START, Report, Request, Verdict, Witness, sample_points, verify};
