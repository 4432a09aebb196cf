//! Families of species, reactions and rate constants.

use nnrc_crn::{Axis, Handle, RateConstant, ReactionFamily, SpeciesFamily, text};

use super::Atlas;
use super::answer::{MOST_REACTIONS, MOST_SPECIES, line};
use super::shown::{FamilyFact, Kind, Listed, Shown};

/// Families that an answer lists.
pub(super) const FAMILIES: usize = 64;

impl Atlas<'_> {
    pub(super) fn species_family(&self, handle: Handle<SpeciesFamily>) -> FamilyFact {
        let family = &self.pot.lowered.crn.species[handle];
        FamilyFact {
            name: text::name(family),
            scheme: self.axes(&family.axes),
            members: family.initial.len(),
            range: ends(family.initial.iter().copied()),
        }
    }

    pub(super) fn reaction_family(&self, handle: Handle<ReactionFamily>) -> FamilyFact {
        let crn = &self.pot.lowered.crn;
        let family = &crn.reactions[handle];
        let scheme = text::reaction(crn, family);
        let scheme = scheme.strip_prefix(&format!("family {}", family.name)).unwrap_or(&scheme);
        let own = self.reactions.iter().filter(|reaction| reaction.family == handle);
        FamilyFact {
            name: family.name.clone(),
            scheme: scheme.trim().to_owned(),
            members: self.pot.lowered.info.members(handle),
            range: ends(own.map(|reaction| reaction.k)),
        }
    }

    pub(super) fn constant_family(&self, handle: Handle<RateConstant>) -> FamilyFact {
        let constant = &self.pot.lowered.crn.rate_constants[handle];
        FamilyFact {
            name: constant.stem.clone(),
            scheme: self.axes(&constant.axes),
            members: constant.values.len(),
            range: ends(constant.values.iter().copied()),
        }
    }

    fn axes(&self, axes: &[Handle<Axis>]) -> String {
        let axes = axes.iter().map(|&axis| &self.pot.lowered.crn.axes[axis]);
        let axes = axes.map(|axis| {
            let shape: Vec<String> = axis.shape.iter().map(usize::to_string).collect();
            format!("{}: {}", axis.name, shape.join(" x "))
        });
        format!("[{}]", axes.collect::<Vec<_>>().join(", "))
    }

    pub(super) fn show_species_family(&self, handle: Handle<SpeciesFamily>) -> Shown {
        let fact = self.species_family(handle);
        let what = format!("family of species{}", line(self.pot.lowered.crn.species[handle].origin.line));
        let mut shown = self.blank(fact.name.clone(), Kind::Family, what);
        shown.families = Listed::first([fact], 1, |fact| fact);
        let members = self.pot.lowered.info.species_range(handle);
        shown.species = Listed::first(members, MOST_SPECIES, |species| self.species(species));
        shown
    }

    pub(super) fn show_reaction_family(&self, handle: Handle<ReactionFamily>) -> Shown {
        let fact = self.reaction_family(handle);
        let what = format!("family of reactions{}", line(self.pot.lowered.crn.reactions[handle].origin.line));
        let mut shown = self.blank(fact.name.clone(), Kind::Family, what);
        shown.families = Listed::first([fact], 1, |fact| fact);
        let members = (0..self.reactions.len()).filter(|&at| self.reactions[at].family == handle);
        shown.reactions = Listed::first(members, MOST_REACTIONS, |at| self.reaction(at));
        shown
    }

    pub(super) fn show_constant_family(&self, handle: Handle<RateConstant>) -> Shown {
        let fact = self.constant_family(handle);
        let members = fact.members;
        let constant = &self.pot.lowered.crn.rate_constants[handle];
        let what =
            format!("family of rate constants, {}{}", constant.origin.label, line(constant.origin.line));
        let mut shown = self.blank(fact.name.clone(), Kind::Family, what);
        shown.families = Listed::first([fact], 1, |fact| fact);
        shown.constants = Listed::first(0..members, MOST_SPECIES, |flat| self.constant((handle, flat)));
        shown
    }
}

/// Smallest and largest; none of nothing.
fn ends(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.fold(None, |ends, value| {
        let (low, high) = ends.unwrap_or((value, value));
        Some((low.min(value), high.max(value)))
    })
}
