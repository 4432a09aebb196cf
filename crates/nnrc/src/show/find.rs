//! From a text to a place, or to what was meant instead.

use std::fmt;

use nnrc_crn::{Axis, Handle, namer, text};
use nnrc_model::NodeKind;
use nnrc_model::Operation;
use nnrc_syntax::suggest;

use super::Atlas;
use super::place::{Place, indexed, position, range};

/// Identifiers that a message names at most.
const NEAR: usize = 3;

/// A text that names no place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoPlace {
    /// The text.
    pub place: String,
    /// What is wrong with it, and what there is.
    pub reason: String,
}

impl fmt::Display for NoPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: {}", self.place, self.reason)
    }
}

impl std::error::Error for NoPlace {}

impl Atlas<'_> {
    /// The place that a text names.
    pub(super) fn find(&self, text: &str) -> Result<Place, NoPlace> {
        let text = text.trim();
        let nodes = &self.pot.model.nodes;
        let found = nodes.iter().position(|node| node.name == text).map(Place::Node);
        let found = found.or_else(|| self.ids.get(text).copied());
        let found = found.or_else(|| self.family(text)).or_else(|| self.event(text));
        if let Some(place) = found.or_else(|| self.of_order(text)) {
            return Ok(place);
        }
        let reason = match indexed(text) {
            Some((name, indices, part)) => match self.member(name, &indices, part) {
                Member::Found(place) => return Ok(place),
                Member::Outside(name, shape) => format!("`{name}` has {}", range(&shape)),
                Member::Missing(reason) => reason,
                Member::Unknown => self.unknown(name, &text[name.len()..]),
            },
            None => self.unknown(text, ""),
        };
        Err(NoPlace { place: text.to_owned(), reason })
    }

    /// A family by its name or by what identifiers begin with.
    fn family(&self, name: &str) -> Option<Place> {
        let crn = &self.pot.lowered.crn;
        let species = crn.species.iter().find(|(_, one)| text::name(one) == name);
        let species = species.map(|(handle, _)| Place::SpeciesFamily(handle));
        let labelled = || crn.species.iter().find(|(_, one)| one.origin.label == name);
        let constant =
            || crn.rate_constants.iter().find(|(_, one)| one.stem == name || one.origin.label == name);
        let plain = name.strip_prefix("r_").unwrap_or(name);
        let reaction = || {
            let same = |other: &str| other == name || other.replace('.', "_") == plain;
            crn.reactions.iter().find(|(_, one)| same(&one.name))
        };
        species
            .or_else(|| constant().map(|(handle, _)| Place::ConstantFamily(handle)))
            .or_else(|| reaction().map(|(handle, _)| Place::ReactionFamily(handle)))
            .or_else(|| labelled().map(|(handle, _)| Place::SpeciesFamily(handle)))
    }

    fn event(&self, id: &str) -> Option<Place> {
        self.events.iter().position(|parameter| parameter.id == id).map(Place::Event)
    }

    /// `k_x_1_order2`: in molar units SBML has a parameter for each order of reactions.
    fn of_order(&self, id: &str) -> Option<Place> {
        let (constant, order) = id.rsplit_once("_order")?;
        let order = order.trim_start_matches('_').parse().ok()?;
        match self.ids.get(constant).copied()? {
            Place::Constant { constant, flat, .. } => {
                Some(Place::Constant { constant, flat, order: Some(order) })
            }
            _ => None,
        }
    }

    fn shape(&self, axes: &[Handle<Axis>]) -> Vec<usize> {
        axes.iter().flat_map(|&axis| self.pot.lowered.crn.axes[axis].shape.iter().copied()).collect()
    }

    /// A member by the name of what it is a member of.
    fn member(&self, name: &str, indices: &[usize], part: &str) -> Member {
        let crn = &self.pot.lowered.crn;
        let model = &self.pot.model;
        if let Some(node) = model.nodes.iter().position(|node| node.name == name && part.is_empty()) {
            let shape = &model.nodes[node].shape;
            return within(name, shape, indices, |at| Place::Unit { node, at });
        }
        let tensor = self.pot.lowered.weights.iter().position(|weight| weight.key == name);
        if let Some(tensor) = tensor.filter(|_| part.is_empty()) {
            let Some(shape) = self.tensor(tensor).map(|tensor| tensor.shape.clone()) else {
                return Member::Unknown;
            };
            return within(name, &shape, indices, |flat| Place::Weight { tensor, flat });
        }
        let species = crn.species.iter().find(|(_, one)| {
            (part.is_empty() && text::name(one) == name)
                || (one.origin.label == name && one.origin.part.trim() == part.trim())
        });
        if let Some((handle, one)) = species {
            let shape = self.shape(&one.axes);
            let first = self.pot.lowered.info.species_index(handle, 0);
            return within(name, &shape, indices, |flat| Place::Species(first + flat));
        }
        let constant =
            crn.rate_constants.iter().find(|(_, one)| one.stem == name || one.origin.label == name);
        if let Some((constant, one)) = constant.filter(|_| part.is_empty()) {
            let shape = self.shape(&one.axes);
            return within(name, &shape, indices, |flat| Place::Constant { constant, flat, order: None });
        }
        match self.family(name) {
            Some(Place::ReactionFamily(family)) if part.is_empty() => {
                let axes: Vec<_> = crn.reactions[family].over.iter().map(|variable| variable.axis).collect();
                let shape = self.shape(&axes);
                if indices.len() != shape.len() || position(&shape, indices).is_none() {
                    return Member::Outside(name.to_owned(), shape);
                }
                let mut id = String::new();
                namer::reaction_id(crn, &crn.reactions[family], &[], &mut id);
                indices.iter().for_each(|index| id.push_str(&format!("_{index}")));
                self.ids.get(&id).copied().map_or_else(
                    || Member::Missing("there is no such reaction: its rate constant is 0".to_owned()),
                    Member::Found,
                )
            }
            _ => Member::Unknown,
        }
    }

    /// The weights of a tensor of the chemistry, as the model has them.
    pub(super) fn tensor(&self, tensor: usize) -> Option<&nnrc_model::Tensor> {
        let (layer, what) = self.pot.lowered.weights[tensor].key.rsplit_once('.')?;
        let node = self.pot.model.nodes.iter().find(|node| node.name == layer)?;
        let NodeKind::Layer { operation: Operation::Dense { weights, bias }, .. } = &node.kind else {
            return None;
        };
        if what == "W" { Some(weights) } else { bias.as_ref() }
    }

    /// What may have been meant by a name, behind which `rest` was written.
    fn unknown(&self, name: &str, rest: &str) -> String {
        let crn = &self.pot.lowered.crn;
        // An identifier whose number is too large is one of a family.
        let base = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_');
        let is_numbered = base.len() < name.len();
        let mut near: Vec<&str> = Vec::new();
        if is_numbered && !base.is_empty() {
            let begins = |id: &&String| {
                id.strip_prefix(base).is_some_and(|rest| {
                    rest.starts_with('_') && rest[1..].starts_with(|c: char| c.is_ascii_digit())
                })
            };
            let mut of_family = self
                .ids
                .range(base.to_owned()..)
                .map(|(id, _)| id)
                .take_while(|id| id.starts_with(base))
                .filter(begins);
            if let Some(first) = of_family.next() {
                let more = of_family.count();
                let more = if more == 0 { String::new() } else { format!(", and {more} more like it") };
                return format!("there is no such identifier; there is `{first}`{more}");
            }
        }
        let nodes = self.pot.model.nodes.iter().map(|node| node.name.clone());
        let tensors = self.pot.lowered.weights.iter().map(|weight| weight.key.clone());
        let species = crn.species.iter().map(|(_, family)| text::name(family));
        let constants = crn.rate_constants.iter().map(|(_, constant)| constant.stem.clone());
        let reactions = crn.reactions.iter().map(|(_, family)| family.name.clone());
        let all: Vec<String> =
            nodes.chain(tensors).chain(species).chain(constants).chain(reactions).collect();
        let mut open: Vec<&str> =
            all.iter().map(String::as_str).chain(self.ids.keys().map(String::as_str)).collect();
        while near.len() < NEAR {
            let Some(found) = suggest(name, open.iter().copied()) else { break };
            let Some(at) = open.iter().position(|candidate| **candidate == *found) else { break };
            let found = open.remove(at);
            open.retain(|candidate| *candidate != found);
            near.push(found);
        }
        if near.is_empty() {
            let layers: Vec<String> =
                self.pot.model.nodes.iter().map(|node| format!("`{}`", node.name)).collect();
            return format!(
                "no unit, weight, species, reaction or rate constant has this name; inputs and layers are {}",
                layers.join(", ")
            );
        }
        let near: Vec<String> = near.iter().map(|name| format!("`{name}{rest}`")).collect();
        format!("there is nothing of this name; did you mean {}?", near.join(" or "))
    }
}

/// What indices lead to.
enum Member {
    Found(Place),
    /// The name, and the shape that the indices leave.
    Outside(String, Vec<usize>),
    Missing(String),
    Unknown,
}

fn within(name: &str, shape: &[usize], indices: &[usize], place: impl FnOnce(usize) -> Place) -> Member {
    match position(shape, indices) {
        Some(at) => Member::Found(place(at)),
        None => Member::Outside(name.to_owned(), shape.to_vec()),
    }
}
