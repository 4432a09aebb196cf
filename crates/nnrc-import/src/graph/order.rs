//! An order in which nodes can be computed. The standard asks for one; not every file has it.

use std::collections::{BTreeMap, BTreeSet};

use crate::graph_error::GraphError;
use crate::proto;

/// How a node is called in messages: its name, or that of its first output.
pub(super) fn title(node: &proto::Node) -> String {
    if !node.name.is_empty() {
        return node.name.clone();
    }
    node.output.iter().find(|output| !output.is_empty()).unwrap_or(&node.op_type).clone()
}

/// Numbers of the nodes, each after those that it needs, and otherwise as in the file.
///
/// `makers` says which node makes a value, by name.
pub(super) fn order(nodes: &[proto::Node], makers: &BTreeMap<&str, usize>) -> Result<Vec<usize>, GraphError> {
    let mut takers: Vec<Vec<usize>> = vec![Vec::new(); nodes.len()];
    let mut missing: Vec<usize> = vec![0; nodes.len()];
    for (k, node) in nodes.iter().enumerate() {
        for input in &node.input {
            if let Some(&maker) = makers.get(input.as_str()) {
                takers[maker].push(k);
                missing[k] += 1;
            }
        }
    }
    let mut ready: BTreeSet<usize> = (0..nodes.len()).filter(|&k| missing[k] == 0).collect();
    let mut order = Vec::with_capacity(nodes.len());
    while let Some(k) = ready.pop_first() {
        order.push(k);
        for &taker in &takers[k] {
            missing[taker] -= 1;
            if missing[taker] == 0 {
                ready.insert(taker);
            }
        }
    }
    if order.len() < nodes.len() {
        let rest = nodes.iter().zip(&missing).filter(|(_, missing)| **missing > 0);
        return Err(GraphError::Cycle(rest.map(|(node, _)| title(node)).collect()));
    }
    Ok(order)
}
