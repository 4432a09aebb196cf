//! Families become single reactions, here and nowhere else.

use crate::arena::Handle;
use crate::crn::Crn;
use crate::info::CrnInfo;
use crate::members;
use crate::network::{RateConstant, ReactionFamily, Term};

/// A single reaction: what [`for_each`] lends out. Species are numbered over the whole network
/// ([`CrnInfo::species_index`]); a species stands at most once on each side.
#[derive(Debug, Clone, PartialEq)]
pub struct Reaction {
    /// The family it belongs to.
    pub family: Handle<ReactionFamily>,
    /// The values of the family's index variables.
    pub values: Vec<usize>,
    /// Left side: species and stoichiometry.
    pub reactants: Vec<(usize, u32)>,
    /// Right side.
    pub products: Vec<(usize, u32)>,
    /// The rate constant and its position in it.
    pub constant: (Handle<RateConstant>, usize),
    /// Its value, positive.
    pub k: f64,
}

/// Calls `visit` for every reaction, family by family, index variables counting up, the last one fastest.
pub fn for_each(crn: &Crn, info: &CrnInfo, mut visit: impl FnMut(&Reaction)) {
    for (handle, family) in crn.reactions.iter() {
        for_each_of(crn, info, handle, family, &mut visit);
    }
}

/// All reactions in a list.
pub fn expand(crn: &Crn, info: &CrnInfo) -> Vec<Reaction> {
    let mut all = Vec::with_capacity(info.reaction_count());
    for_each(crn, info, |reaction| all.push(reaction.clone()));
    all
}

fn for_each_of(
    crn: &Crn,
    info: &CrnInfo,
    handle: Handle<ReactionFamily>,
    family: &ReactionFamily,
    visit: &mut impl FnMut(&Reaction),
) {
    let constant = &crn.rate_constants[family.rate.constant];
    let mut reaction = Reaction {
        family: handle,
        values: vec![0; family.over.len()],
        reactants: Vec::new(),
        products: Vec::new(),
        constant: (family.rate.constant, 0),
        k: 0.0,
    };
    members::for_each(crn, family, |values| {
        let position = crn.flat(&constant.axes, &family.rate.indices, values);
        let k = family.rate.part.of(constant.values[position]);
        if k == 0.0 {
            return;
        }
        reaction.values.copy_from_slice(values);
        reaction.constant.1 = position;
        reaction.k = k;
        place(crn, info, &family.reactants, values, &mut reaction.reactants);
        place(crn, info, &family.products, values, &mut reaction.products);
        visit(&reaction);
    });
}

/// Species of one side, each once.
fn place(crn: &Crn, info: &CrnInfo, terms: &[Term], values: &[usize], side: &mut Vec<(usize, u32)>) {
    side.clear();
    for term in terms {
        let family = &crn.species[term.species];
        let species = info.species_index(term.species, crn.flat(&family.axes, &term.indices, values));
        match side.iter_mut().find(|(other, _)| *other == species) {
            Some((_, count)) => *count += term.stoichiometry,
            None => side.push((species, term.stoichiometry)),
        }
    }
}
