//! Reaction networks as SBML Level 3.
//!
//! [`write()`] streams a validated network as one SBML model: a compartment `pot`, a species, parameter and reaction
//! for each member of the network's families, kinetic laws of plain mass action. No rules, functions or local
//! parameters, and events only where the network has timed settings, so that every consumer of SBML core reads it.

mod annotation;
mod error;
pub mod estimate;
mod events;
mod ids;
mod notes;
mod options;
mod parameters;
mod reactions;
mod sbo;
mod species;
mod template;
mod units;
mod writer;
mod xml;

pub use error::Error;
pub use estimate::{SizeEstimate, size_estimate};
pub use events::MOST_ASSIGNMENTS;
pub use options::{Feed, Inputs, Level, Options, Provenance};
pub use writer::write;
