//! A whole network.

use crate::arena::{Arena, Handle};
use crate::index::Index;
use crate::network::{Axis, Observable, RateConstant, ReactionFamily, SpeciesFamily, Units};
use crate::protocol::Protocol;

/// A network of mass-action reactions in one well-stirred volume.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Crn {
    /// Name of the network, an identifier.
    pub name: String,
    /// Named sizes.
    pub axes: Arena<Axis>,
    /// Species, by family.
    pub species: Arena<SpeciesFamily>,
    /// Rate constants, by family.
    pub rate_constants: Arena<RateConstant>,
    /// Reactions, by family.
    pub reactions: Arena<ReactionFamily>,
    /// What is read from the pot: signed sums of species.
    pub observables: Vec<Observable>,
    /// The experiment around the pot.
    pub protocol: Protocol,
    /// What the number 1 means.
    pub units: Units,
}

impl Crn {
    /// Number of instances of a list of axes.
    pub fn count(&self, axes: &[Handle<Axis>]) -> usize {
        axes.iter().map(|&axis| self.axes[axis].size()).product()
    }

    /// Position of `indices` (at the given values of the index variables, those of a member that exists) among the
    /// instances over `axes`.
    pub fn flat(&self, axes: &[Handle<Axis>], indices: &[Index], values: &[usize]) -> usize {
        axes.iter()
            .zip(indices)
            .fold(0, |flat, (&axis, &index)| flat * self.axes[axis].size() + index.place(values))
    }
}
