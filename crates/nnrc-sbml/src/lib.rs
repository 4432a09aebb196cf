//! Reaction networks as SBML.
//!
//! [`write()`] streams a validated network as one SBML model: a compartment `pot`, a species, parameter and reaction
//! for each member of the network's families, kinetic laws of plain mass action. No functions or local parameters,
//! events only where the network has timed settings, and rules only where they are asked for, so that every consumer of
//! SBML core reads it.

mod annotation;
pub mod antimony;
mod error;
pub mod estimate;
mod events;
mod ids;
mod meaning;
mod notes;
mod options;
mod parameters;
mod reactions;
mod rules;
mod sbo;
mod species;
mod template;
mod units;
mod writer;
mod xml;

pub use error::Error;
pub use estimate::{SizeEstimate, size_estimate};
pub use events::{EventParameter, MOST_ASSIGNMENTS, event_parameters};
pub use meaning::{Meaning, Scale};
pub use options::{Inputs, Level, Observables, Options, Provenance, TimedSettings};
pub use units::UnitSystem;
pub use writer::write;
