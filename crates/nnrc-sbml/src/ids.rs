//! Identifiers of the file: those of the namer, and the few that exist only here.

use nnrc_crn::{Crn, CrnInfo, RateConstant, SpeciesFamily, namer};

use crate::error::Error;

/// Identifier of the compartment; the namer keeps it free.
pub(crate) const COMPARTMENT: &str = "pot";

/// The identifiers of all species, rendered once: each stands in many reactions.
pub(crate) struct SpeciesIds {
    text: String,
    /// End of each identifier in `text`.
    ends: Vec<usize>,
}

impl SpeciesIds {
    /// Renders the identifiers.
    pub(crate) fn new(crn: &Crn, info: &CrnInfo) -> Self {
        let mut ids = Self { text: String::new(), ends: Vec::with_capacity(info.species_count()) };
        for (_, family) in crn.species.iter() {
            for flat in 0..family.initial.len() {
                namer::species_id(crn, family, flat, &mut ids.text);
                ids.ends.push(ids.text.len());
            }
        }
        ids
    }

    /// The identifier of a species by its place in the state.
    pub(crate) fn get(&self, species: usize) -> &str {
        let start = if species == 0 { 0 } else { self.ends[species - 1] };
        &self.text[start..self.ends[species]]
    }
}

/// Checks that the names in the network make SBML identifiers. The members of a family differ in numbers only,
/// so one of each family stands for all.
pub(crate) fn check(crn: &Crn) -> Result<(), Error> {
    let check = |id: String| if is_sid(&id) { Ok(()) } else { Err(Error::BadName(id)) };
    check(namer::bare(&crn.name))?;
    for (_, family) in crn.species.iter() {
        check(species_id(crn, family, 0))?;
    }
    for (_, constant) in crn.rate_constants.iter() {
        check(constant_id(crn, constant, 0))?;
    }
    for (_, family) in crn.reactions.iter() {
        let mut id = String::new();
        namer::reaction_id(crn, family, &vec![0; family.over.len()], &mut id);
        check(id)?;
    }
    Ok(())
}

/// Whether a species, a rate constant or a reaction has this identifier.
pub(crate) fn is_taken(crn: &Crn, id: &str) -> bool {
    crn.species.iter().any(|(_, family)| {
        id.starts_with(&family.stem)
            && (0..family.initial.len()).any(|flat| species_id(crn, family, flat) == id)
    }) || crn.rate_constants.iter().any(|(_, constant)| {
        id.starts_with(&constant.stem)
            && (0..constant.values.len()).any(|flat| constant_id(crn, constant, flat) == id)
    }) || crn.reactions.iter().any(|(_, family)| {
        let mut name = String::new();
        namer::reaction_id(crn, family, &[], &mut name);
        // Indices follow the name; no identifier of a reaction ends in `_` beyond its name.
        let is_number = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit());
        id.strip_prefix(&name).is_some_and(|rest| {
            rest.is_empty() || (rest.starts_with('_') && rest[1..].split('_').all(is_number))
        })
    })
}

/// What to put between the identifier of a rate constant and an order, such that no other identifier is met.
pub(crate) fn order_suffix(crn: &Crn) -> String {
    let mut suffix = "_order".to_owned();
    let in_species = |suffix: &str| {
        crn.species.iter().any(|(_, family)| family.stem.contains(suffix) || family.suffix.contains(suffix))
    };
    let in_constants =
        |suffix: &str| crn.rate_constants.iter().any(|(_, constant)| constant.stem.contains(suffix));
    let in_reactions = |suffix: &str| crn.reactions.iter().any(|(_, family)| family.name.contains(suffix));
    while in_species(&suffix) || in_constants(&suffix) || in_reactions(&suffix) {
        suffix.push('_');
    }
    suffix
}

fn species_id(crn: &Crn, family: &SpeciesFamily, flat: usize) -> String {
    let mut id = String::new();
    namer::species_id(crn, family, flat, &mut id);
    id
}

fn constant_id(crn: &Crn, constant: &RateConstant, flat: usize) -> String {
    let mut id = String::new();
    namer::rate_constant_id(crn, constant, flat, &mut id);
    id
}

fn is_sid(id: &str) -> bool {
    id.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sbml_identifiers() {
        assert!(is_sid("hidden_3_p"));
        assert!(is_sid("_x"));
        assert!(!is_sid("3x"));
        assert!(!is_sid("x-y"));
        assert!(!is_sid("größe"));
        assert!(!is_sid(""));
    }
}
