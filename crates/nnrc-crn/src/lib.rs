//! The reaction IR: chemistry with its structure kept.
//!
//! A [`Crn`] is a network of mass-action reactions, written as *families*: one reaction scheme over index
//! variables. A dense layer of any width is one or two families. The crate has no word for layer, neuron or
//! file; it knows concentrations, reactions and rate constants, and nothing else.
//!
//! # Meaning
//!
//! The member of a reaction family at index values v fires with flux
//! `k(v) · Π [S]^m` over its reactants `m S`, where `k(v)` is the selected part of the family's rate constant at
//! v. Each firing changes a species by its net stoichiometry, products − reactants. Concentrations and rate
//! constants are numbers in the units of the network ([`Units`]).
//!
//! # Invariants
//!
//! [`validate()`] checks them and gives a [`CrnInfo`] as receipt; back ends take `(&Crn, &CrnInfo)`.
//!
//! 1. Every handle points into its arena, every index stays within its axis unless it is padded ([`index`]),
//!    arities match, also those of observables and of the protocol. No axis of a species or rate constant is empty.
//! 2. Every initial concentration, setting and rate constant is finite and not negative. A rate constant may hold
//!    signed values only where each use selects its [`Part::Positive`] or [`Part::Negative`].
//! 3. A member whose rate constant is 0 does not exist, nor one in which a padded index leaves its axis.
//! 4. Two terms of a family, on the same side or not, name the same species only if their indices are equal;
//!    then they do in every member, and their stoichiometries add up. Terms of different indices that could meet
//!    are kept apart by `distinct`, or are an error.
//! 5. No two species, rate constants or reactions share an identifier.
//! 6. Only [`expand`] turns families into single reactions.

pub mod arena;
mod components;
pub mod crn;
pub mod error;
pub mod expand;
pub mod index;
pub mod info;
pub mod members;
pub mod namer;
pub mod network;
pub mod protocol;
pub mod structure;
pub mod text;
pub mod validate;

pub use arena::{Arena, Handle};
pub use components::components;
pub use crn::Crn;
pub use error::{Beyond, CrnError, Fault};
pub use index::{Affine, BadForm, Index};
pub use info::{CrnInfo, FamilyFacts};
pub use network::{
    Axis, IndexVariable, Observable, Origin, Part, Rate, RateConstant, ReactionFamily, Role, SpeciesFamily,
    Term, Units,
};
pub use protocol::{Above, Channel, Feed, FeedTable, Gate, Order, Protocol, Setting};
pub use validate::validate;
