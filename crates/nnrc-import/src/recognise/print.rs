//! The text form of a graph with its activations.

use std::fmt;

use super::{Plan, Planned};

impl fmt::Display for Planned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let graph = &self.folded.graph;
        let title = |node: &usize| format!("{} {:?}", graph.nodes[*node].op, graph.nodes[*node].name);
        for value in graph.nodes.iter().flat_map(|node| node.outputs.iter().flatten()) {
            let name = graph.name(*value);
            match &self.plans[*value] {
                None => {}
                Some(Plan::Step { node, .. }) => writeln!(f, "{name:?}: linear, {}", title(node))?,
                Some(Plan::Activation { of, activation, nodes }) => {
                    let nodes: Vec<String> = nodes.iter().map(title).collect();
                    writeln!(f, "{name:?}: {activation} of {:?}, {}", graph.name(*of), nodes.join(", "))?;
                }
            }
        }
        writeln!(f, "head {} of {:?}", self.head, graph.name(self.output))
    }
}
