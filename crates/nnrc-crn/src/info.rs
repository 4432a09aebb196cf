//! The receipt of the validator.

use crate::arena::Handle;
use crate::crn::Crn;
use crate::index::Index;
use crate::network::{ReactionFamily, SpeciesFamily};

/// What the validator found out about a network; back ends take it as proof that the network is sound.
#[derive(Debug, Clone, PartialEq)]
pub struct CrnInfo {
    /// First species index of each family, and the total at the end.
    pub(crate) offsets: Vec<usize>,
    /// Handles of the families in the order of `offsets`.
    pub(crate) families: Vec<Handle<SpeciesFamily>>,
    pub(crate) reactions: Vec<FamilyFacts>,
    pub(crate) constant: Vec<bool>,
    pub(crate) rate_range: Option<(f64, f64)>,
}

/// Facts about one reaction family.
#[derive(Debug, Clone, PartialEq)]
pub struct FamilyFacts {
    /// Number of reactions: members whose rate constant is not 0.
    pub members: usize,
    /// Number of reactant molecules.
    pub molecularity: u32,
    /// Net stoichiometry, terms with the same species and indices merged, zeros left out.
    pub net: Vec<(Handle<SpeciesFamily>, Vec<Index>, i64)>,
}

impl CrnInfo {
    /// Number of species.
    pub fn species_count(&self) -> usize {
        self.offsets.last().copied().unwrap_or(0)
    }

    /// Number of reactions.
    pub fn reaction_count(&self) -> usize {
        self.reactions.iter().map(|facts| facts.members).sum()
    }

    /// Number of reactions by molecularity: element n counts those with n reactant molecules.
    pub fn by_molecularity(&self) -> Vec<usize> {
        let mut counts = Vec::new();
        for facts in self.reactions.iter().filter(|facts| facts.members > 0) {
            let order = facts.molecularity as usize;
            if counts.len() <= order {
                counts.resize(order + 1, 0);
            }
            counts[order] += facts.members;
        }
        counts
    }

    /// Smallest and largest rate constant among the reactions, in the units of the network, if there is one.
    pub fn rate_range(&self) -> Option<(f64, f64)> {
        self.rate_range
    }

    /// Index of the `flat`-th member of a species family in the state.
    pub fn species_index(&self, family: Handle<SpeciesFamily>, flat: usize) -> usize {
        self.offsets[family.index()] + flat
    }

    /// The range of state indices of a family.
    pub fn species_range(&self, family: Handle<SpeciesFamily>) -> std::ops::Range<usize> {
        self.offsets[family.index()]..self.offsets[family.index() + 1]
    }

    /// The family of a species and its place there, for a species below [`Self::species_count`].
    pub fn locate(&self, species: usize) -> (Handle<SpeciesFamily>, usize) {
        let family = self.offsets.partition_point(|&offset| offset <= species) - 1;
        (self.families[family], species - self.offsets[family])
    }

    /// Facts about a reaction family.
    pub fn facts(&self, family: Handle<ReactionFamily>) -> &FamilyFacts {
        &self.reactions[family.index()]
    }

    /// Number of reactions of a family.
    pub fn members(&self, family: Handle<ReactionFamily>) -> usize {
        self.reactions[family.index()].members
    }

    /// Whether no reaction changes any member of this family.
    pub fn is_constant(&self, family: Handle<SpeciesFamily>) -> bool {
        self.constant[family.index()]
    }

    /// Initial concentrations of all species, in concentration units.
    pub fn initial_state(&self, crn: &Crn) -> Vec<f64> {
        crn.species.iter().flat_map(|(_, family)| family.initial.iter().copied()).collect()
    }
}
