//! Layers as they are made.

use std::collections::BTreeMap;

use crate::activation::Activation;
use crate::fold::Folded;
use crate::graph::ValueId;
use crate::limits;
use crate::names::{Names, is_weighted};
use crate::network::{Layer, LayerKind, Source};
use crate::node_error::NodeFault;
use crate::sparse::AffineMap;

/// A value as an affine map of the input or of a layer.
#[derive(Debug, Clone)]
pub(super) struct Linear {
    pub source: Source,
    pub map: AffineMap,
    /// The nodes that the map was made of, sorted.
    pub nodes: Vec<usize>,
}

impl Linear {
    pub fn new(source: Source, map: AffineMap) -> Self {
        Self { source, map, nodes: Vec::new() }
    }

    pub fn add_node(&mut self, node: usize) {
        if let Err(place) = self.nodes.binary_search(&node) {
            self.nodes.insert(place, node);
        }
    }

    pub fn add_nodes(&mut self, nodes: &[usize]) {
        if self.nodes != nodes {
            self.nodes.extend(nodes);
            // Two sorted lists: the stable sort merges them.
            self.nodes.sort();
            self.nodes.dedup();
        }
    }
}

/// A layer without names.
struct Made {
    kind: LayerKind,
    activation: Activation,
    sources: Vec<Source>,
    shape: Vec<usize>,
    width: usize,
}

/// Makes layers.
pub(super) struct Builder<'a> {
    pub folded: &'a Folded,
    pub layers: Vec<Layer>,
    names: Names,
    /// Layers that add or join, by the value that they were made for.
    made_for: BTreeMap<ValueId, usize>,
    /// Stored entries of all layers.
    entries: usize,
}

impl<'a> Builder<'a> {
    pub fn new(folded: &'a Folded) -> Self {
        Self { folded, layers: Vec::new(), names: Names::default(), made_for: BTreeMap::new(), entries: 0 }
    }

    /// A layer that applies an activation. `only` is the value that it is applied to, where nothing else needs that.
    pub fn activate(
        &mut self,
        input: Linear,
        activation: Activation,
        shape: Vec<usize>,
        nodes: &[usize],
        only: Option<ValueId>,
    ) -> Result<Linear, NodeFault> {
        let made = only.and_then(|value| self.made_for.get(&value)).copied();
        if let Some(layer) = made
            && input.source == Source::Layer(layer)
            && self.layers[layer].activation == Activation::Identity
            && input.map.is_identity()
        {
            let names = self.node_names(nodes);
            self.layers[layer].activation = activation;
            self.layers[layer].source_nodes.extend(names);
            return Ok(self.whole(layer));
        }
        let layer = self.affine(input, activation, shape, nodes)?;
        Ok(self.whole(layer))
    }

    /// A layer in which values of several sources meet.
    pub fn meet(
        &mut self,
        kind: LayerKind,
        parts: Vec<Linear>,
        shape: &[usize],
        node: usize,
        value: ValueId,
    ) -> Result<Linear, NodeFault> {
        let mut sources = Vec::with_capacity(parts.len());
        let mut width = 0;
        let mut nodes = vec![node];
        for mut part in parts {
            let rows = part.map.matrix.rows();
            width = if kind == LayerKind::Add { rows } else { width + rows };
            if part.map.is_identity() {
                sources.push(part.source);
                nodes.extend(part.nodes);
            } else {
                let shape = vec![rows];
                // A change of sign may be all that it does.
                if part.nodes.is_empty() {
                    part.add_node(node);
                }
                sources.push(Source::Layer(self.affine(part, Activation::Identity, shape, &[])?));
            }
        }
        nodes.sort_unstable();
        nodes.dedup();
        let shape = if shape.len() > 1 && shape[0] == 1 { &shape[1..] } else { shape };
        let made = Made { kind, activation: Activation::Identity, sources, shape: shape.to_vec(), width };
        let layer = self.push(made, &nodes, &[node])?;
        self.made_for.insert(value, layer);
        Ok(self.whole(layer))
    }

    /// Ends with a layer that is the output.
    pub fn finish(&mut self, output: Linear, shape: Vec<usize>) -> Result<(), NodeFault> {
        let last = self.layers.len().checked_sub(1).map(Source::Layer);
        if last == Some(output.source) && output.map.is_identity() {
            return Ok(());
        }
        self.affine(output, Activation::Identity, shape, &[]).map(|_| ())
    }

    fn affine(
        &mut self,
        input: Linear,
        activation: Activation,
        shape: Vec<usize>,
        more: &[usize],
    ) -> Result<usize, NodeFault> {
        let mut nodes = input.nodes.clone();
        nodes.extend(more);
        nodes.sort_unstable();
        nodes.dedup();
        let width = input.map.matrix.rows();
        let named = if input.nodes.is_empty() { more.to_vec() } else { input.nodes };
        // The head may have taken a part of what the shape says.
        let shape = if shape.iter().product::<usize>() == width { shape } else { vec![width] };
        let kind = LayerKind::Affine(input.map);
        self.push(Made { kind, activation, sources: vec![input.source], shape, width }, &nodes, &named)
    }

    /// Adds a layer of these nodes, of which it gets its name from `named`.
    fn push(&mut self, made: Made, nodes: &[usize], named: &[usize]) -> Result<usize, NodeFault> {
        let Made { kind, activation, sources, shape, width } = made;
        if let LayerKind::Affine(map) = &kind {
            self.entries = self.entries.saturating_add(map.matrix.entries());
        }
        if self.entries > limits::ENTRIES {
            return Err(NodeFault::TooManyEntries);
        }
        if width == 0 {
            let expected = "at least one number in each layer".to_owned();
            return Err(NodeFault::Shape { expected, found: vec![shape] });
        }
        let name = self.names.of_layer(self.folded, named);
        let source_nodes = self.node_names(nodes);
        let source_op = self.op(named);
        self.layers.push(Layer { name, kind, activation, sources, source_nodes, source_op, shape, width });
        Ok(self.layers.len() - 1)
    }

    /// All numbers of a layer.
    fn whole(&self, layer: usize) -> Linear {
        Linear::new(Source::Layer(layer), AffineMap::identity(self.layers[layer].width))
    }

    fn node_names(&self, nodes: &[usize]) -> Vec<String> {
        nodes.iter().map(|&node| self.folded.graph.nodes[node].name.clone()).collect()
    }

    /// The op of the first node with weights, else of the first node.
    fn op(&self, nodes: &[usize]) -> String {
        let nodes = nodes.iter().map(|&node| &self.folded.graph.nodes[node]);
        let weighted = nodes.clone().find(|node| is_weighted(node));
        weighted.or(nodes.clone().next()).map_or_else(String::new, |node| node.op.clone())
    }
}
