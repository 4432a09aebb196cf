//! The network as a graph of Graphviz: layers as columns, edges by weight and sign.

use std::io::{self, Write};

use nnrc_model::{Node, NodeKind, Operation};

use crate::compiled::Compiled;

/// Units of a layer that are all drawn; of a wider one the first and the last [`ENDS`].
const MOST_UNITS: usize = 24;
/// Units drawn at either end of a wide layer.
const ENDS: usize = 8;
/// Width of the edge of the largest weight of a layer, in points.
const WIDEST: f64 = 3.0;

/// Writes a directed graph in the DOT language.
///
/// # Errors
///
/// What `out` says.
pub fn write(pot: &Compiled, out: &mut dyn Write) -> io::Result<()> {
    let model = &pot.model;
    writeln!(out, "digraph {} {{", quoted(&model.name))?;
    writeln!(out, "  rankdir = LR; ranksep = 2; splines = line;")?;
    writeln!(out, "  node [shape = circle, fontname = \"sans-serif\", fontsize = 10];")?;
    writeln!(out, "  edge [arrowsize = 0.4];")?;
    for (at, node) in model.nodes.iter().enumerate() {
        writeln!(out, "  subgraph cluster_{at} {{")?;
        writeln!(out, "    label = {}; color = none;", quoted(&caption(node)))?;
        for unit in shown(node) {
            let (id, label, shape) = match unit {
                Some(unit) => (
                    id(at, unit),
                    unit_label(node, unit),
                    if at == model.output { "doublecircle" } else { "circle" },
                ),
                None => (format!("n{at}_more"), format!("… {} more", node.width() - 2 * ENDS), "plaintext"),
            };
            writeln!(out, "    {id} [label = {}, shape = {shape}];", quoted(&label))?;
        }
        writeln!(out, "  }}")?;
    }
    for (at, node) in model.nodes.iter().enumerate() {
        let NodeKind::Layer { operation, sources, .. } = &node.kind else { continue };
        let mut first = 0;
        for &source in sources {
            edges(pot, (source, at), operation, first, out)?;
            first += model.nodes[source].width();
        }
    }
    writeln!(out, "}}")
}

/// Edges from a source, whose units follow `first` others in what the layer takes.
fn edges(
    pot: &Compiled,
    (source, at): (usize, usize),
    operation: &Operation,
    first: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    let nodes = &pot.model.nodes;
    let columns: Vec<usize> = shown(&nodes[source]).into_iter().flatten().collect();
    for row in shown(&nodes[at]).into_iter().flatten() {
        for &column in &columns {
            let weight = match operation {
                Operation::Dense { weights, .. } => {
                    let width = weights.values.len() / nodes[at].width().max(1);
                    let largest = weights.values.iter().fold(0.0_f64, |most, weight| most.max(weight.abs()));
                    let weight = weights.values[row * width + first + column];
                    (weight != 0.0).then(|| (weight, weight.abs() / largest))
                }
                Operation::Add => (row == column).then_some((1.0, 0.5)),
                Operation::Concat => (row == first + column).then_some((1.0, 0.5)),
            };
            if let Some((weight, share)) = weight {
                let colour = if weight < 0.0 { "#c03030" } else { "#2060a0" };
                let (from, to) = (id(source, column), id(at, row));
                writeln!(
                    out,
                    "  {from} -> {to} [color = \"{colour}\", penwidth = {:.2}, tooltip = \"{weight}\"];",
                    (WIDEST * share).max(0.2)
                )?;
            }
        }
    }
    Ok(())
}

/// Units that are drawn; none stands for those in between.
fn shown(node: &Node) -> Vec<Option<usize>> {
    let width = node.width();
    if width <= MOST_UNITS {
        return (0..width).map(Some).collect();
    }
    (0..ENDS).map(Some).chain([None]).chain((width - ENDS..width).map(Some)).collect()
}

fn id(node: usize, unit: usize) -> String {
    format!("n{node}_{}", unit + 1)
}

fn caption(node: &Node) -> String {
    match &node.kind {
        NodeKind::Input => format!("{}: {}", node.name, node.width()),
        NodeKind::Layer { activations, .. } => {
            let names: Vec<&str> = activations.iter().map(|one| one.name()).collect();
            let names = if names.is_empty() { String::new() } else { format!(", {}", names.join(", ")) };
            format!("{}: {}{names}", node.name, node.width())
        }
    }
}

fn unit_label(node: &Node, unit: usize) -> String {
    match node.features.get(unit) {
        Some(feature) if !feature.is_empty() => feature.clone(),
        _ => format!("{}[{}]", node.name, unit + 1),
    }
}

/// A string of DOT.
fn quoted(text: &str) -> String {
    let text = text.replace(|c: char| c.is_control(), " ");
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
