//! What stands behind the last linear part: a softmax, a sigmoid, two probabilities, or nothing.

use std::fmt;

use crate::activation::Activation;
use crate::fold::Folded;
use crate::graph::{Attribute, Node, ValueId};
use crate::op::Fact;
use crate::served;

use super::curve;
use super::regions::Regions;

/// What the file does to the last layer's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Head {
    /// Nothing; the file has a branch that makes labels of them, so that they say something of classes.
    Logits,
    /// A softmax over all of them.
    Softmax,
    /// The logarithm of a softmax over all of them.
    LogSoftmax,
    /// A sigmoid of each.
    Sigmoid,
    /// Of one number z: 1 − sigmoid(z) and sigmoid(z), the probabilities of two classes.
    BinaryProbability,
    /// Nothing, and nothing in the file says whether they are values or logits.
    Values,
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Logits => "logits",
            Self::Softmax => "softmax",
            Self::LogSoftmax => "log_softmax",
            Self::Sigmoid => "sigmoid",
            Self::BinaryProbability => "binary_probability",
            Self::Values => "values",
        })
    }
}

/// A head, and the value before it.
pub(super) struct Found {
    pub head: Head,
    pub output: ValueId,
    /// The nodes of the head.
    pub nodes: Vec<usize>,
    /// A node at the end that is not served.
    pub refused: Option<(usize, String)>,
}

/// What a LinearClassifier does to its scores.
pub(super) fn transform(node: &Node) -> &str {
    match node.attributes.get("post_transform") {
        Some(Attribute::Text(text)) => text,
        _ => "NONE",
    }
}

/// Looks from the output backwards.
pub(super) fn find(folded: &Folded, regions: &Regions) -> Found {
    let output = folded.graph.output;
    let plain = if folded.graph.has_labels { Head::Logits } else { Head::Values };
    let mut nodes = Vec::new();
    let mut normalizer = None;
    let mut has_logarithm = false;
    let mut value = output;
    while let Some(node) = regions.maker(value) {
        let source = &folded.graph.nodes[node];
        let first = source.inputs.first().copied().flatten();
        match source.op.as_str() {
            "ai.onnx.ml::Normalizer" if is_sum(source) => normalizer = Some(node),
            "Log" if !has_logarithm => has_logarithm = true,
            "ai.onnx.ml::ZipMap" => {}
            _ if is_kept(folded, node) => {}
            _ => break,
        }
        nodes.push(node);
        match first {
            Some(first) => value = first,
            None => break,
        }
    }
    let found = |head, output, more: Vec<usize>| {
        let mut nodes = nodes.clone();
        nodes.extend(more);
        nodes.sort_unstable();
        Found { head, output, nodes, refused: None }
    };
    let head = known(folded, regions, value);
    match head {
        Some((Head::Softmax, of, more)) if has_logarithm => found(Head::LogSoftmax, of, more),
        Some((head, of, more)) if !has_logarithm => {
            let mut found = found(head, of, more);
            // Only what sums to 1 already is left as it is.
            let sums = matches!(head, Head::Softmax | Head::BinaryProbability);
            found.refused =
                normalizer.filter(|_| !sums).map(|node| (node, served::reason("ai.onnx.ml::Normalizer")));
            found
        }
        _ => match nodes.last() {
            // Behind a linear part only what serves within the network: it is judged there.
            Some(_) if normalizer.is_none() && !has_logarithm => {
                let is_map = |&node: &usize| folded.graph.nodes[node].op.ends_with("::ZipMap");
                let maps: Vec<usize> = nodes.iter().copied().filter(is_map).collect();
                // Maps stand last: what they take is the output.
                let last =
                    maps.last().and_then(|&node| folded.graph.nodes[node].inputs.first().copied().flatten());
                Found { head: plain, output: last.unwrap_or(output), nodes: maps, refused: None }
            }
            _ => Found { head: plain, output, nodes: Vec::new(), refused: None },
        },
    }
}

/// The head that makes a value, what it is applied to, and its nodes.
fn known(folded: &Folded, regions: &Regions, value: ValueId) -> Option<(Head, ValueId, Vec<usize>)> {
    let node = regions.maker(value)?;
    let source = &folded.graph.nodes[node];
    let first = source.inputs.first().copied().flatten();
    match source.op.as_str() {
        "Softmax" if is_over_all(folded, node) => Some((Head::Softmax, first?, vec![node])),
        "LogSoftmax" if is_over_all(folded, node) => Some((Head::LogSoftmax, first?, vec![node])),
        "ai.onnx.ml::LinearClassifier" => {
            let head = match transform(source) {
                "SOFTMAX" => Head::Softmax,
                "LOGISTIC" if are_opposite(source) => Head::BinaryProbability,
                "LOGISTIC" => Head::Sigmoid,
                "NONE" => Head::Logits,
                _ => return None,
            };
            Some((head, value, Vec::new()))
        }
        "Concat" => probabilities(folded, regions, node),
        _ => {
            let (of, activation, nodes) = regions.activation(folded, value)?;
            (activation == Activation::Sigmoid).then_some((Head::Sigmoid, of, nodes))
        }
    }
}

/// 1 − p and p, joined.
fn probabilities(folded: &Folded, regions: &Regions, node: usize) -> Option<(Head, ValueId, Vec<usize>)> {
    let [Some(first), Some(second)] = folded.graph.nodes[node].inputs.as_slice() else { return None };
    let mut nodes = vec![node];
    let first = behind(folded, regions, *first, &mut nodes);
    let second = behind(folded, regions, *second, &mut nodes);
    let is_single = |value: ValueId| {
        let shape = folded.facts[value].as_ref().and_then(Fact::shape);
        shape.is_some_and(|shape| shape.iter().all(|&size| size == 1))
    };
    if !is_single(first) || !is_single(second) {
        return None;
    }
    let of = regions.sources(second).find(|&of| {
        curve::are_complements(|points| {
            let first = regions.sources(first).any(|source| source == of).then_some(first)?;
            Some((regions.curve(folded, of, first, points)?, regions.curve(folded, of, second, points)?))
        })
    })?;
    Some((Head::BinaryProbability, of, nodes))
}

/// What stands behind nodes that keep all numbers in their order.
fn behind(folded: &Folded, regions: &Regions, mut value: ValueId, nodes: &mut Vec<usize>) -> ValueId {
    while let Some(node) = regions.maker(value).filter(|&node| is_kept(folded, node)) {
        let Some(first) = folded.graph.nodes[node].inputs.first().copied().flatten() else { break };
        nodes.push(node);
        value = first;
    }
    value
}

/// Whether a node keeps all numbers in their order.
fn is_kept(folded: &Folded, node: usize) -> bool {
    let Some(Some(step)) = folded.roles[node].steps.first() else { return false };
    let [part] = step.parts.as_slice() else { return false };
    let input = folded.graph.nodes[node].inputs.get(part.slot).copied().flatten();
    let shape = input.and_then(|value| folded.facts[value].as_ref()).and_then(Fact::shape);
    part.slot == 0
        && step.constant.is_empty()
        && folded.roles[node].steps.len() == 1
        && shape.is_some_and(|shape| part.map.is_identity(shape.iter().product()))
}

/// Whether a softmax is over all numbers of a sample: before op set 13 the axes from `axis` on count as one.
fn is_over_all(folded: &Folded, node: usize) -> bool {
    let source = &folded.graph.nodes[node];
    let fact = source.inputs.first().copied().flatten().and_then(|value| folded.facts[value].as_ref());
    let Some(shape) = fact.and_then(Fact::shape) else { return false };
    let Some((axis, is_new)) = folded.graph.softmax_axis(source, shape.len()) else { return false };
    let all: usize = shape.iter().product();
    let own: usize = if is_new { shape[axis] } else { shape[axis..].iter().product() };
    own == all
}

/// Whether a Normalizer divides by the sum.
fn is_sum(node: &Node) -> bool {
    matches!(node.attributes.get("norm"), Some(Attribute::Text(norm)) if norm == "L1")
}

/// Whether a LinearClassifier has two rows of which one is the negative of the other.
fn are_opposite(node: &Node) -> bool {
    let halves = |name: &str| match node.attributes.get(name) {
        Some(Attribute::Floats(values)) if values.len() % 2 == 0 => {
            let (first, second) = values.split_at(values.len() / 2);
            first.iter().zip(second).all(|(first, second)| *first == -*second)
        }
        _ => false,
    };
    let rows = match node.attributes.get("intercepts") {
        Some(Attribute::Floats(values)) => values.len() == 2,
        _ => false,
    };
    rows && halves("coefficients") && halves("intercepts")
}
