//! Units of layers and values of inputs, and layers as a whole.

use nnrc_model::activation::Activation;
use nnrc_model::encoding::or_identity;
use nnrc_model::{NodeKind, Operation};

use super::Atlas;
use super::answer::line;
use super::family::FAMILIES;
use super::shown::{Kind, Listed, Shown, SourceFact, ValueFact};
use super::weight::{source_at, unit_name};
use crate::numbers::{plural, short};

/// Sources that an answer lists; of more the largest weights.
const MOST_SOURCES: usize = 16;
/// Units of a layer whose values an answer lists.
const MOST_UNITS: usize = 16;
/// Terms of a pre-activation that are written out.
const MOST_TERMS: usize = 8;

impl Atlas<'_> {
    pub(super) fn show_unit(&self, node: usize, at: usize) -> Shown {
        let model = &self.pot.model;
        let one = &model.nodes[node];
        let name = unit_name(model, node, at);
        let width = one.width();
        let what = match &one.kind {
            NodeKind::Input => format!("value {} of {width} of the input `{}`", at + 1, one.name),
            NodeKind::Layer { .. } => {
                format!("unit {} of {width} of the layer `{}`, {}", at + 1, one.name, self.definition(node))
            }
        };
        let mut shown = self.blank(name.clone(), Kind::Unit, what + &line(one.line));
        shown.remarks.extend(one.features.get(at).filter(|name| !name.is_empty()).cloned());
        if let Some(range) = one.ranges.get(at) {
            shown.remarks.push(format!(
                "between {} and {} for every input",
                short(range.low),
                short(range.high)
            ));
        }
        let species = self.species_of(node, at);
        if let (NodeKind::Input, Some(&first)) = (&one.kind, species.first()) {
            shown.remarks.extend(self.settings(first));
        }
        self.add_species(&mut shown, &species);
        shown.values = Listed::first([at], 1, |at| self.value(node, at));
        if let NodeKind::Layer { activations, .. } = &one.kind {
            let mut sources = self.sources(node, at);
            shown.computes.push(pre_activation(&sources));
            shown.computes.extend(formulas(&or_identity(activations), &name));
            if sources.len() > MOST_SOURCES {
                sources.sort_by(|a, b| b.weight.abs().total_cmp(&a.weight.abs()));
                shown.remarks.push("of what feeds it, the largest weights are listed".to_owned());
            }
            shown.sources = Listed::first(sources, MOST_SOURCES, |source| source);
        }
        shown
    }

    pub(super) fn show_node(&self, node: usize) -> Shown {
        let model = &self.pot.model;
        let one = &model.nodes[node];
        let units = plural(one.width(), if one.kind == NodeKind::Input { "value" } else { "unit" });
        let what = match &one.kind {
            NodeKind::Input => format!("input of {units}"),
            NodeKind::Layer { .. } => format!("layer of {units}, {}", self.definition(node)),
        };
        let mut shown = self.blank(one.name.clone(), Kind::Layer, what + &line(one.line));
        if let NodeKind::Layer { operation, sources, activations } = &one.kind {
            let names: Vec<&str> = sources.iter().map(|&source| model.nodes[source].name.as_str()).collect();
            let name = &one.name;
            shown.computes.push(match operation {
                Operation::Dense { bias, .. } => {
                    let bias = bias.as_ref().map_or(String::new(), |_| format!(" + {name}.b[i]"));
                    let from = if let [only] = names[..] {
                        only.to_owned()
                    } else {
                        format!("({})", names.join(", "))
                    };
                    format!("z[i] = Σ_j {name}.W[i,j] {from}[j]{bias}")
                }
                Operation::Add => {
                    let terms: Vec<String> = names.iter().map(|name| format!("{name}[i]")).collect();
                    format!("z[i] = {}", terms.join(" + "))
                }
                Operation::Concat => format!("z = ({})", names.join(", ")),
            });
            shown.computes.extend(formulas(&or_identity(activations), &format!("{name}[i]")));
        }
        let readers = model.nodes.iter().filter(
            |other| matches!(&other.kind, NodeKind::Layer { sources, .. } if sources.contains(&node)),
        );
        let readers: Vec<String> = readers.map(|other| format!("`{}`", other.name)).collect();
        if !readers.is_empty() {
            shown.remarks.push(format!("read by {}", readers.join(", ")));
        }
        let crn = &self.pot.lowered.crn;
        let is_own = |label: &str| {
            label == one.name || label.strip_prefix(&one.name).is_some_and(|rest| rest.starts_with('.'))
        };
        let species = crn.species.iter().filter(|(_, family)| is_own(&family.origin.label));
        let constants = crn.rate_constants.iter().filter(|(_, constant)| is_own(&constant.origin.label));
        let reactions = crn.reactions.iter().filter(|(_, family)| is_own(&family.name));
        let facts = species
            .map(|(handle, _)| self.species_family(handle))
            .chain(constants.map(|(handle, _)| self.constant_family(handle)))
            .chain(reactions.map(|(handle, _)| self.reaction_family(handle)));
        shown.families = Listed::first(facts, FAMILIES, |fact| fact);
        shown.values = Listed::first(0..one.width(), MOST_UNITS, |at| self.value(node, at));
        shown
    }

    /// `dense(8) | smooth_relu(h = 0.1)`
    fn definition(&self, node: usize) -> String {
        let node = &self.pot.model.nodes[node];
        let NodeKind::Layer { operation, activations, .. } = &node.kind else { return String::new() };
        let operation = match operation {
            Operation::Dense { .. } => format!("dense({})", node.width()),
            Operation::Add => "add()".to_owned(),
            Operation::Concat => "concat()".to_owned(),
        };
        let all = std::iter::once(operation).chain(activations.iter().map(ToString::to_string));
        all.collect::<Vec<_>>().join(" | ")
    }

    /// All species of a unit: rails of its value, and what stands beside them.
    fn species_of(&self, node: usize, at: usize) -> Vec<usize> {
        let (crn, info) = (&self.pot.lowered.crn, &self.pot.lowered.info);
        let node = &self.pot.model.nodes[node];
        let own = crn.species.iter();
        let own = own.filter(|(_, family)| family.stem == node.name && family.initial.len() == node.width());
        own.map(|(handle, _)| info.species_index(handle, at)).collect()
    }

    fn value(&self, node: usize, at: usize) -> ValueFact {
        let observable = self.pot.lowered.value(node);
        let sum = |families: &[nnrc_crn::Handle<nnrc_crn::SpeciesFamily>]| -> f64 {
            let species = families.iter().map(|&family| self.pot.lowered.info.species_index(family, at));
            species.map(|species| self.concentrations[species]).sum()
        };
        ValueFact {
            name: unit_name(&self.pot.model, node, at),
            closed_form: self.values[node][at],
            chemistry: self.moving.is_none().then(|| sum(&observable.positive) - sum(&observable.negative)),
        }
    }

    /// What makes the pre-activation of a unit; weights of 0 make nothing.
    fn sources(&self, node: usize, at: usize) -> Vec<SourceFact> {
        let model = &self.pot.model;
        let NodeKind::Layer { operation, sources, .. } = &model.nodes[node].kind else { return Vec::new() };
        let plain = |(source, at): (usize, usize)| SourceFact {
            source: Some(unit_name(model, source, at)),
            weight: 1.0,
            held_by: Vec::new(),
            value: self.values[source][at],
        };
        let (weights, bias) = match operation {
            Operation::Add => return sources.iter().map(|&source| plain((source, at))).collect(),
            Operation::Concat => return source_at(model, node, at).map(plain).into_iter().collect(),
            Operation::Dense { weights, bias } => (weights, bias),
        };
        let held = |what: &str, flat: usize| {
            let key = format!("{}.{what}", model.nodes[node].name);
            let tensor = self.pot.lowered.weights.iter().position(|weight| weight.key == key);
            tensor.map_or_else(Vec::new, |tensor| self.held_by(tensor, flat))
        };
        let columns = weights.shape.get(1).copied().unwrap_or(0);
        let mut facts: Vec<SourceFact> = (0..columns)
            .filter_map(|column| {
                let flat = at * columns + column;
                let weight = weights.values[flat];
                let source = source_at(model, node, column).filter(|_| weight != 0.0)?;
                Some(SourceFact { weight, held_by: held("W", flat), ..plain(source) })
            })
            .collect();
        if let Some(&bias) = bias.as_ref().and_then(|bias| bias.values.get(at)).filter(|bias| **bias != 0.0) {
            facts.push(SourceFact { source: None, weight: bias, held_by: held("b", at), value: 1.0 });
        }
        facts
    }
}

/// `z = 0.5 x[1] - 1.2 x[2] + 0.3 = 0.8`
fn pre_activation(sources: &[SourceFact]) -> String {
    let mut text = "z =".to_owned();
    for (at, source) in sources.iter().take(MOST_TERMS).enumerate() {
        let sign = match (source.weight < 0.0, at) {
            (true, 0) => " -",
            (true, _) => " - ",
            (false, 0) => " ",
            (false, _) => " + ",
        };
        text.push_str(sign);
        let size = source.weight.abs();
        match &source.source {
            None => text.push_str(&short(size)),
            Some(source) if size == 1.0 => text.push_str(source),
            Some(source) => text.push_str(&format!("{} {source}", short(size))),
        }
    }
    if sources.len() > MOST_TERMS {
        text.push_str(&format!(" + … ({})", plural(sources.len() - MOST_TERMS, "more term")));
    }
    let z: f64 = sources.iter().map(|source| source.weight * source.value).sum();
    if sources.is_empty() { "z = 0".to_owned() } else { format!("{text} = {}", short(z)) }
}

/// A line for each activation; all but the last give a name of their own.
fn formulas(activations: &[Activation], name: &str) -> Vec<String> {
    let last = activations.len().saturating_sub(1);
    let lines = activations.iter().enumerate().map(|(at, activation)| {
        let facts = activation.facts();
        let result = if at == last { name.to_owned() } else { format!("a{}", at + 1) };
        let mut text = format!("{result} = {}", facts.formula);
        let has = |symbol: char| {
            let mut words = facts.formula.split(|c: char| !c.is_alphabetic());
            words.any(|word| word.starts_with(symbol) && word.chars().count() <= 2)
        };
        let mut conditions = Vec::new();
        if has('u') {
            conditions.push("u = (z + sqrt(z² + 4h)) / 2".to_owned());
        }
        if has('v') {
            conditions.push("v = (−z + sqrt(z² + 4h)) / 2".to_owned());
        }
        if at > 0 {
            conditions.push(format!("z = a{at}"));
        }
        let parameters = facts.parameters.iter().zip(activation.parameters());
        conditions
            .extend(parameters.map(|(parameter, value)| format!("{} = {}", parameter.name, short(value))));
        if !conditions.is_empty() {
            text.push_str(&format!(", with {}", conditions.join(", ")));
        }
        text
    });
    lines.collect()
}
