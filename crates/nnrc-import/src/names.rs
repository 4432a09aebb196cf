//! Names of layers, from those of weights and nodes.

use std::collections::{BTreeMap, BTreeSet};

use crate::fold::Folded;
use crate::graph::Node;
use crate::op::Fact;

/// Ops that give a layer its weights, and then its name.
const WEIGHTED: [&str; 5] =
    ["Gemm", "MatMul", "Conv", "ai.onnx.ml::LinearRegressor", "ai.onnx.ml::LinearClassifier"];

/// Ends of the names of weights, behind the name of the layer.
const ENDS: [&str; 6] = [".bias", ".weight", "/bias", "/kernel", ".b", ".W"];

/// Names of layers, each once.
#[derive(Default)]
pub(crate) struct Names {
    taken: BTreeSet<String>,
    /// The next number behind a name that is taken.
    numbers: BTreeMap<String, usize>,
}

impl Names {
    /// The name of a layer of these nodes: the part of `fc1.bias` before the last point, else the node's name, else
    /// `l1`, `l2` and so on; a number behind it makes it unlike the others.
    pub fn of_layer(&mut self, folded: &Folded, nodes: &[usize]) -> String {
        let nodes: Vec<&Node> = nodes.iter().map(|&node| &folded.graph.nodes[node]).collect();
        let weighted = nodes.iter().filter(|node| is_weighted(node));
        // The bias may stand in a node of its own.
        let mut with_bias = nodes.iter().filter(|node| is_weighted(node) || node.op == "Add");
        let name = with_bias
            .find_map(|node| by_weights(folded, node))
            .or_else(|| weighted.clone().find_map(|node| by_node(node)))
            .or_else(|| {
                // Nodes that only move or scale numbers name a layer that has no others.
                let has_weights = weighted.clone().next().is_some();
                nodes.iter().find_map(|node| by_node(node)).filter(|_| !has_weights)
            })
            .unwrap_or_else(|| format!("l{}", self.taken.len() + 1));
        self.unique(name)
    }

    /// A name that is not taken yet, and is from now on.
    fn unique(&mut self, name: String) -> String {
        let mut own = name.clone();
        while !self.taken.insert(own.clone()) {
            let number = self.numbers.entry(name.clone()).or_insert(1);
            *number += 1;
            own = format!("{name}_{number}");
        }
        own
    }
}

/// Whether a node gives a layer its weights.
pub(crate) fn is_weighted(node: &Node) -> bool {
    WEIGHTED.contains(&node.op.as_str())
}

/// The name of a layer by those of its weights: biases first, since exporters rename transposed weights.
fn by_weights(folded: &Folded, node: &Node) -> Option<String> {
    let constants = node
        .inputs
        .iter()
        .rev()
        .flatten()
        .filter(|&&input| matches!(folded.facts.get(input), Some(Some(Fact::Constant(_)))));
    constants
        .map(|&input| folded.graph.name(input))
        .find_map(|name| ENDS.iter().find_map(|end| name.strip_suffix(end)))
        .and_then(clean)
}

/// The name of a layer by that of a node: of `/fc1/Gemm` the part before the op.
fn by_node(node: &Node) -> Option<String> {
    let op = node.op.rsplit("::").next().unwrap_or(&node.op);
    let mut parts: Vec<&str> = node.name.split(['/', ';', ':']).filter(|part| !part.is_empty()).collect();
    if parts.last().is_some_and(|part| is_generic(part, op)) {
        parts.pop();
    }
    let last = parts.last()?;
    // PyTorch's exporter puts this before the names of its own ops.
    clean(last.strip_prefix("node_").unwrap_or(last))
}

/// Whether a part of a name says no more than its op.
fn is_generic(part: &str, op: &str) -> bool {
    const GENERIC: [&str; 9] =
        ["BiasAdd", "MatMul", "Gemm", "Conv", "Conv2D", "Conv1D", "Add", "Relu", "ReadVariableOp"];
    let part = part.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_');
    part.is_empty()
        || part.eq_ignore_ascii_case(op)
        || GENERIC.iter().any(|word| part.eq_ignore_ascii_case(word))
}

/// A name of letters, digits and `_`, beginning with a letter; at most 40 of them.
fn clean(name: &str) -> Option<String> {
    let mut clean = String::new();
    for c in name.chars() {
        if c.is_ascii_alphanumeric() {
            clean.push(c);
        } else if !clean.ends_with('_') && !clean.is_empty() {
            clean.push('_');
        }
    }
    let clean = clean.trim_matches('_');
    let end = clean.char_indices().nth(40).map_or(clean.len(), |(end, _)| end);
    let clean = clean[..end].trim_end_matches('_');
    match clean.chars().next() {
        None => None,
        Some(first) if first.is_ascii_alphabetic() => Some(clean.to_owned()),
        Some(_) => Some(format!("l{clean}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        assert_eq!(clean("net.0").as_deref(), Some("net_0"));
        assert_eq!(clean("0").as_deref(), Some("l0"));
        assert_eq!(clean("::").as_deref(), None);
        let mut names = Names::default();
        let own: Vec<String> = ["a", "a_2", "a", "a"].map(|name| names.unique(name.to_owned())).to_vec();
        assert_eq!(own, ["a", "a_2", "a_3", "a_4"]);
        assert!(is_generic("MatMul_1", "MatMul"));
        assert!(!is_generic("dense_1", "MatMul"));
    }
}
