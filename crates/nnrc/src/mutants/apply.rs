//! A network with one mutation.

use nnrc_crn::{
    Crn, CrnError, CrnInfo, Index, Origin, Part, Rate, RateConstant, ReactionFamily, Term, members, validate,
};

use super::mutation::{Change, Mutation, Single};

/// Identifiers of what a mutation adds; no name of the language makes them.
const STEM: &str = "k__mutant";
const NAME: &str = "_mutant_";

/// The network with a mutation, and its receipt.
///
/// # Errors
///
/// What is no network, such as a concentration beyond all numbers.
pub fn apply(crn: &Crn, info: &CrnInfo, mutation: &Mutation) -> Result<(Crn, CrnInfo), CrnError> {
    let mut mutant = crn.clone();
    match &mutation.change {
        &Change::Initial { species, value } => {
            let (family, flat) = info.locate(species);
            mutant.species[family].initial[flat] = value;
        }
        Change::Reaction { old, new } => {
            let family = &crn.reactions[old.family];
            let values = without(crn, family, &old.values);
            let axes = family.over.iter().map(|variable| variable.axis).collect();
            let stem = format!("{STEM}_rest");
            let constant =
                mutant.rate_constants.push(RateConstant { stem, axes, values, origin: Origin::default() });
            let indices = (0..family.over.len()).map(Index::of).collect();
            mutant.reactions[old.family].rate = Rate { constant, indices, part: Part::Whole };
            if let Some(single) = new {
                push(&mut mutant, info, single);
            }
        }
    }
    let info = validate(&mutant)?;
    Ok((mutant, info))
}

/// The rate constant of each member of a family, but 0 of one.
fn without(crn: &Crn, family: &ReactionFamily, member: &[usize]) -> Vec<f64> {
    let constant = &crn.rate_constants[family.rate.constant];
    let sizes: Vec<usize> = family.over.iter().map(|variable| crn.axes[variable.axis].size()).collect();
    let mut rates = vec![0.0; sizes.iter().product()];
    members::for_each(crn, family, |values| {
        let flat = values.iter().zip(&sizes).fold(0, |flat, (value, size)| flat * size + value);
        let position = crn.flat(&constant.axes, &family.rate.indices, values);
        let rate = family.rate.part.of(constant.values[position]);
        rates[flat] = if values == member { 0.0 } else { rate };
    });
    rates
}

/// Adds one reaction.
fn push(crn: &mut Crn, info: &CrnInfo, single: &Single) {
    let stem = STEM.to_owned();
    let values = vec![single.k];
    let constant =
        crn.rate_constants.push(RateConstant { stem, axes: Vec::new(), values, origin: Origin::default() });
    let side = |crn: &Crn, terms: &[(usize, u32)]| -> Vec<Term> {
        let term = |&(species, stoichiometry): &(usize, u32)| {
            let (family, mut flat) = info.locate(species);
            let mut indices = Vec::new();
            for &axis in crn.species[family].axes.iter().rev() {
                let size = crn.axes[axis].size();
                indices.insert(0, Index::At(flat % size));
                flat /= size;
            }
            Term { species: family, indices, stoichiometry }
        };
        terms.iter().map(term).collect()
    };
    let (reactants, products) = (side(crn, &single.reactants), side(crn, &single.products));
    crn.reactions.push(ReactionFamily {
        name: NAME.to_owned(),
        over: Vec::new(),
        distinct: None,
        reactants,
        products,
        rate: Rate { constant, indices: Vec::new(), part: Part::Whole },
        origin: Origin::default(),
    });
}
