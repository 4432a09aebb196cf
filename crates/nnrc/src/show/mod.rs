//! What stands at a place of a network, in one answer: a unit, a layer, a weight, a species, a reaction, a rate constant.
//!
//! An [`Atlas`] knows every identifier of the SBML file and every name of the text; [`Atlas::show`] gives what belongs to
//! one of them: species, what feeds them with which weights, reactions in chemical notation, the differential equation,
//! the fixed point in closed form, and values and fluxes for an input. Everything counts from 1.

mod answer;
mod facts;
mod family;
mod find;
mod place;
mod shown;
mod text;
mod unit;
mod weight;

use std::collections::BTreeMap;

use nnrc_crn::expand::{Reaction, expand};
use nnrc_crn::namer;
use nnrc_lower::Course;
use nnrc_model::forward::forward;
use nnrc_sbml::EventParameter;

use crate::compiled::Compiled;

pub use find::NoPlace;
pub use shown::{
    ConstantFact, Equation, FamilyFact, Kind, Listed, ReactionFact, Shown, SourceFact, SpeciesFact, ValueFact,
};

use place::Place;

/// The index of a value of a node, size by size from 1: `2`, or `1,2`.
pub(crate) fn index_of(node: &nnrc_model::Node, at: usize) -> String {
    place::index(&node.shape, at)
}

/// Every place of a network, with the state for which values are given.
#[derive(Debug)]
pub struct Atlas<'a> {
    pot: &'a Compiled,
    /// All reactions, one by one.
    reactions: Vec<Reaction>,
    /// The reactions that have a species on a side, for each species.
    touching: Vec<Vec<usize>>,
    /// Places by their identifier in SBML.
    ids: BTreeMap<String, Place>,
    /// The parameters of the events of the SBML.
    events: Vec<EventParameter>,
    /// Concentrations of all species: at rest, or at the start.
    concentrations: Vec<f64>,
    /// Why they are those of the start, in words; none: they are at rest.
    moving: Option<String>,
    /// The values of the network in closed form, node by node.
    values: Vec<Vec<f64>>,
}

impl Compiled {
    /// Every place of this network. A pot that comes to rest is followed there for its input; of one that learns, or has
    /// a clock, concentrations and fluxes are those of the start.
    pub fn atlas(&self) -> Atlas<'_> {
        let (crn, info) = (&self.lowered.crn, &self.lowered.info);
        let reactions = expand(crn, info);
        let mut touching = vec![Vec::new(); info.species_count()];
        let mut ids = BTreeMap::new();
        let mut id = String::new();
        for (at, reaction) in reactions.iter().enumerate() {
            for &(species, _) in reaction.reactants.iter().chain(&reaction.products) {
                if touching[species].last() != Some(&at) {
                    touching[species].push(at);
                }
            }
            id.clear();
            namer::reaction_id(crn, &crn.reactions[reaction.family], &reaction.values, &mut id);
            ids.insert(id.clone(), Place::Reaction(at));
        }
        for (constant, family) in crn.rate_constants.iter() {
            for flat in 0..family.values.len() {
                id.clear();
                namer::rate_constant_id(crn, family, flat, &mut id);
                ids.insert(id.clone(), Place::Constant { constant, flat, order: None });
            }
        }
        ids.extend(
            (0..info.species_count()).map(|species| (self.species_id(species), Place::Species(species))),
        );
        let (concentrations, moving) = self.state_to_show();
        Atlas {
            pot: self,
            reactions,
            touching,
            ids,
            // Where there are too many events for SBML, no parameter of them has a name.
            events: nnrc_sbml::event_parameters(crn, info).unwrap_or_default(),
            concentrations,
            moving,
            values: forward(&self.model, &self.input),
        }
    }

    /// Concentrations at rest; where the pot does not rest those of the start, and why.
    fn state_to_show(&self) -> (Vec<f64>, Option<String>) {
        let start = || self.lowered.info.initial_state(&self.lowered.crn);
        match self.lowered.course {
            Course::Presents => (start(), Some("a pot that learns does not rest".to_owned())),
            Course::Clocked(_) => (start(), Some("a pot with a clock does not rest".to_owned())),
            Course::Rests => match self.settle() {
                Ok(rest) => (rest.concentrations, None),
                Err(failure) => {
                    let why = failure.findings.first().map(|finding| finding.message.clone());
                    (start(), Some(why.unwrap_or_else(|| "the pot does not settle".to_owned())))
                }
            },
        }
    }
}
