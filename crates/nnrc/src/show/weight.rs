//! Weights and biases.

use nnrc_crn::Handle;
use nnrc_lower::Held;
use nnrc_model::{Model, NodeKind};

use super::Atlas;
use super::answer::{MOST_REACTIONS, line};
use super::place::index;
use super::shown::{Kind, Listed, Shown};
use crate::numbers::short;

impl Atlas<'_> {
    pub(super) fn show_weight(&self, tensor: usize, flat: usize) -> Shown {
        let weight = &self.pot.lowered.weights[tensor];
        let (shape, value) = self
            .tensor(tensor)
            .map_or((Vec::new(), 0.0), |tensor| (tensor.shape.clone(), tensor.values[flat]));
        let (layer, what) = weight.key.rsplit_once('.').unwrap_or((&weight.key, ""));
        let model = &self.pot.model;
        let node = model.nodes.iter().position(|node| node.name == layer).unwrap_or_default();
        let columns = shape.get(1).copied().unwrap_or(1).max(1);
        let unit = unit_name(model, node, flat / columns);
        let words = match what {
            "W" => {
                let source = source_of(model, node, flat % columns).unwrap_or_default();
                format!("weight from {source} to {unit}")
            }
            _ => format!("bias of {unit}"),
        };
        let place = format!("{}[{}]", weight.key, index(&shape, flat));
        let what = format!("{words}: {}{}", short(value), line(model.nodes[node].line));
        let mut shown = self.blank(place, Kind::Weight, what);
        match weight.held {
            Held::Rates { constant, scale } => {
                if scale != 1.0 {
                    shown.remarks.push(format!("the rate constant of a weight of 1 is {}", short(scale)));
                }
                if value == 0.0 {
                    shown.remarks.push("a weight of 0 makes no reaction".to_owned());
                }
                shown.constants = Listed::first([(constant, flat)], 1, |constant| self.constant(constant));
                let using = self.using((constant, flat));
                shown.reactions = Listed::first(using, MOST_REACTIONS, |at| self.reaction(at));
            }
            Held::Species { .. } | Held::Rails(_) => {
                let species = self.held(tensor, flat);
                if let Held::Rails(_) = weight.held {
                    shown.remarks.push("it learns: its value is the difference of its rails".to_owned());
                }
                self.add_species(&mut shown, &species);
            }
        }
        shown
    }

    /// The species that hold a weight; none where rate constants do.
    pub(super) fn held(&self, tensor: usize, flat: usize) -> Vec<usize> {
        let rails: Vec<Handle<_>> = match self.pot.lowered.weights[tensor].held {
            Held::Rates { .. } => Vec::new(),
            Held::Species { positive, negative } => std::iter::once(positive).chain(negative).collect(),
            Held::Rails(rails) => rails.to_vec(),
        };
        rails.into_iter().map(|rail| self.pot.lowered.info.species_index(rail, flat)).collect()
    }

    /// Identifiers of what holds a weight.
    pub(super) fn held_by(&self, tensor: usize, flat: usize) -> Vec<String> {
        match self.pot.lowered.weights[tensor].held {
            Held::Rates { constant, .. } => vec![self.constant_id((constant, flat))],
            Held::Species { .. } | Held::Rails(_) => {
                self.held(tensor, flat).into_iter().map(|species| self.pot.species_id(species)).collect()
            }
        }
    }
}

/// `hidden[2]`
pub(super) fn unit_name(model: &Model, node: usize, at: usize) -> String {
    let node = &model.nodes[node];
    format!("{}[{}]", node.name, index(&node.shape, at))
}

/// The unit whose value a layer takes in this column of its weights, by node and position.
pub(super) fn source_at(model: &Model, node: usize, column: usize) -> Option<(usize, usize)> {
    let NodeKind::Layer { sources, .. } = &model.nodes[node].kind else { return None };
    let mut rest = column;
    for &source in sources {
        let width = model.nodes[source].width();
        if rest < width {
            return Some((source, rest));
        }
        rest -= width;
    }
    None
}

fn source_of(model: &Model, node: usize, column: usize) -> Option<String> {
    source_at(model, node, column).map(|(source, at)| unit_name(model, source, at))
}
