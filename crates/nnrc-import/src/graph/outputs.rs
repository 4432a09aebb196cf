//! Which output of a graph is the network's: classifiers have one of labels beside that of numbers.

use std::collections::{BTreeMap, BTreeSet};

use crate::graph_error::GraphError;
use crate::proto;

/// The output that counts.
pub(super) struct Chosen {
    /// Its name.
    pub name: String,
    /// Whether there is something of labels in the graph.
    pub has_labels: bool,
}

/// Ops whose first output is a label.
const LABELS: [&str; 13] = [
    "ArgMax",
    "ArgMin",
    "ArrayFeatureExtractor",
    "LabelEncoder",
    "LinearClassifier",
    "SVMClassifier",
    "TreeEnsembleClassifier",
    "Greater",
    "GreaterOrEqual",
    "Less",
    "LessOrEqual",
    "Equal",
    "Not",
];

/// Ops that hand on what they get.
const HANDED_ON: [&str; 6] = ["Identity", "Reshape", "Cast", "Squeeze", "Unsqueeze", "Flatten"];

/// Chooses the last output of numbers. Others must be on the way to it.
pub(super) fn choose(graph: &proto::Graph, makers: &BTreeMap<&str, usize>) -> Result<Chosen, GraphError> {
    let (labels, numbers): (Vec<_>, Vec<_>) =
        graph.output.iter().partition(|output| is_label(output, &graph.node, makers));
    let Some((last, others)) = numbers.split_last() else {
        // What the label is chosen by.
        let scores = labels.iter().find_map(|output| scores(&output.name, &graph.node, makers));
        return scores
            .map(|name| Chosen { name: name.to_owned(), has_labels: true })
            .ok_or(GraphError::NoOutput);
    };
    let needed = needed(&last.name, &graph.node, makers);
    if others.iter().any(|other| !needed.contains(other.name.as_str())) {
        return Err(GraphError::SeveralOutputs(numbers.iter().map(|output| output.name.clone()).collect()));
    }
    Ok(Chosen { name: last.name.clone(), has_labels: !labels.is_empty() })
}

/// The names of all values that a value needs, with its own.
pub(super) fn needed<'g>(
    name: &'g str,
    nodes: &'g [proto::Node],
    makers: &BTreeMap<&str, usize>,
) -> BTreeSet<&'g str> {
    let mut needed = BTreeSet::from([name]);
    let mut open = vec![name];
    while let Some(name) = open.pop() {
        if let Some(&maker) = makers.get(name) {
            for input in &nodes[maker].input {
                if needed.insert(input) {
                    open.push(input);
                }
            }
        }
    }
    needed
}

/// Whether an output is a label, by its type or by what makes it.
fn is_label(output: &proto::ValueInfo, nodes: &[proto::Node], makers: &BTreeMap<&str, usize>) -> bool {
    let element = output.kind.as_ref().and_then(|kind| kind.tensor.as_ref()).map(|tensor| tensor.element);
    // 0 is a type that the file does not say; 1, 10, 11 and 16 have fractions.
    if element.is_some_and(|element| !matches!(element, 0 | 1 | 10 | 11 | 16)) {
        return true;
    }
    label_maker(&output.name, nodes, makers).is_some()
}

/// The node that makes a label, looked for behind ops that hand it on. The graph has no cycles here.
fn label_maker<'g>(
    name: &str,
    nodes: &'g [proto::Node],
    makers: &BTreeMap<&str, usize>,
) -> Option<&'g proto::Node> {
    let mut maker = *makers.get(name)?;
    let mut name = name;
    loop {
        let node = &nodes[maker];
        let is_first = node.output.first().is_some_and(|first| first == name);
        if is_first && LABELS.contains(&node.op_type.as_str()) {
            return Some(node);
        }
        if !HANDED_ON.contains(&node.op_type.as_str()) {
            return None;
        }
        name = node.input.first()?;
        maker = *makers.get(name)?;
    }
}

/// The value that an ArgMax chooses a label by.
fn scores<'g>(name: &str, nodes: &'g [proto::Node], makers: &BTreeMap<&str, usize>) -> Option<&'g str> {
    let node = label_maker(name, nodes, makers)?;
    match node.op_type.as_str() {
        "ArgMax" => node.input.first().map(String::as_str),
        "LinearClassifier" => node.output.get(1).map(String::as_str).filter(|name| !name.is_empty()),
        "ArrayFeatureExtractor" => {
            let chooser = label_maker(node.input.get(1)?, nodes, makers)?;
            if chooser.op_type == "ArgMax" { chooser.input.first().map(String::as_str) } else { None }
        }
        _ => None,
    }
}
