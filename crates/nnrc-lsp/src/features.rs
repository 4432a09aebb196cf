//! What is known of a text after its analysis.

use std::collections::BTreeMap;

use nnrc::Compiled;
use nnrc::review::Review;
use nnrc_model::encoding::encodings;
use nnrc_model::{Model, NodeKind};
use nnrc_syntax::{Diagnostic, ast};

/// What is known of a text after its analysis.
#[derive(Debug)]
pub struct Features {
    /// Its syntax, without the statements that have errors.
    pub syntax: ast::File,
    /// What is said about it.
    pub findings: Vec<Diagnostic>,
    /// The network, if it has no error.
    pub model: Option<Model>,
    /// Its inputs and layers in chemistry, in the order of the model.
    pub layers: Vec<Layer>,
}

/// An input or a layer in chemistry.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Layer {
    /// Number of values that it takes; 0 for an input.
    pub takes: usize,
    /// Whether its values have two rails.
    pub has_rails: bool,
    /// Species over which its values and what helps them are spread.
    pub species: usize,
    /// Its families of reactions with the number of reactions in each, in their order.
    pub families: Vec<(String, usize)>,
    /// Smallest and largest rate constant of its reactions.
    pub rates: Option<(f64, f64)>,
}

impl Layer {
    /// Number of its reactions.
    pub fn reactions(&self) -> usize {
        self.families.iter().map(|(_, reactions)| reactions).sum()
    }
}

impl Features {
    /// Reads what editors ask out of a review.
    pub fn new(review: Review) -> Self {
        let Review { syntax, findings, checked, compiled } = review;
        let layers = compiled.as_ref().map(layers).unwrap_or_default();
        Self { syntax, findings, model: checked.map(|checked| checked.model), layers }
    }

    /// The input or layer with this name, and its chemistry.
    pub fn node(&self, name: &str) -> Option<(&Model, usize, &Layer)> {
        let model = self.model.as_ref()?;
        let at = model.nodes.iter().position(|node| node.name == name)?;
        Some((model, at, self.layers.get(at)?))
    }
}

fn layers(compiled: &Compiled) -> Vec<Layer> {
    let (model, lowered) = (&compiled.model, &compiled.lowered);
    let places: BTreeMap<&str, usize> =
        model.nodes.iter().enumerate().map(|(at, node)| (node.name.as_str(), at)).collect();
    let mut layers: Vec<Layer> = Vec::new();
    for (node, encoding) in model.nodes.iter().zip(encodings(model)) {
        let takes = match &node.kind {
            NodeKind::Input => 0,
            NodeKind::Layer { sources, .. } => {
                sources.iter().map(|source| model.nodes[*source].width()).sum()
            }
        };
        layers.push(Layer { takes, has_rails: encoding.dual, ..Layer::default() });
    }
    for (handle, family) in lowered.crn.reactions.iter() {
        // A family is called after its layer: `hidden.excite`.
        let Some((owner, name)) = family.name.split_once('.') else { continue };
        let Some(layer) = places.get(owner).map(|at| &mut layers[*at]) else { continue };
        layer.families.push((name.to_owned(), lowered.info.members(handle)));
        let constant = &lowered.crn.rate_constants[family.rate.constant];
        for rate in constant.values.iter().map(|value| family.rate.part.of(*value)).filter(|rate| *rate > 0.0)
        {
            let (low, high) = layer.rates.unwrap_or((rate, rate));
            layer.rates = Some((low.min(rate), high.max(rate)));
        }
    }
    for (_, species) in lowered.crn.species.iter() {
        if let Some(at) = places.get(species.stem.as_str()) {
            layers[*at].species += species.initial.len();
        }
    }
    layers
}
