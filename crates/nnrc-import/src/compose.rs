//! The third pass: linear steps between two activations become one affine map.
//!
//! Every value is kept as an affine map of the input or of one layer. A step composes maps of one source; where values
//! of several sources meet, they become layers, and a layer that adds or joins them.

mod builder;

use crate::budget::Budget;
use crate::error::ImportError;
use crate::graph::{Graph, ValueId};
use crate::index::NOWHERE;
use crate::network::{Input, LayerKind, Network, Source};
use crate::node_error::NodeFault;
use crate::op::Fact;
use crate::recognise::{Head, Plan, Planned};
use crate::sparse::{AffineMap, SparseMatrix};
use crate::step::{Factor, Map, Step, join, sum};

use builder::{Builder, Linear};

/// Composes the linear parts of a graph.
///
/// # Errors
///
/// A node behind which a matrix is too large, or not finite.
pub fn compose(planned: Planned) -> Result<Network, ImportError> {
    let folded = &planned.folded;
    let graph = &folded.graph;
    let mut builder = Builder::new(folded);
    let mut values = Values { linear: vec![None; graph.values.len()], uses: planned.uses.clone() };
    set_inputs(graph, &mut values);
    for (k, node) in graph.nodes.iter().enumerate() {
        for &value in node.outputs.iter().flatten() {
            let Some(plan) = &planned.plans[value] else { continue };
            let linear = match plan {
                Plan::Activation { of, activation, nodes } => {
                    let is_only = planned.uses[*of] == 1;
                    let shape = shape(&planned, *of);
                    let input = values.take(*of);
                    builder.activate(input, *activation, shape, nodes, is_only.then_some(*of))
                }
                Plan::Step { output, .. } => {
                    let Some(step) = folded.roles[k].steps.get(*output).and_then(Option::as_ref) else {
                        continue;
                    };
                    apply(step, k, value, &mut values, &mut builder, &folded.budget)
                }
            };
            values.linear[value] = Some(linear.map_err(|fault| folded.error(node, fault))?);
        }
    }
    let mut output = values.take(planned.output);
    // Both scores of a logistic classifier are one number and its negative.
    if planned.head == Head::BinaryProbability && output.map.matrix.rows() == 2 {
        let second = Map::Pick { from: vec![1], factor: Factor::All(1.0) };
        let map = second.after(&output.map, &folded.budget);
        output.map = map.map_err(|fault| last_error(&planned, fault))?;
    }
    builder.finish(output, shape(&planned, planned.output)).map_err(|fault| last_error(&planned, fault))?;
    let head_nodes = planned.head_nodes.iter().map(|&node| graph.nodes[node].name.clone()).collect();
    Ok(Network {
        inputs: inputs(graph),
        layers: builder.layers,
        head: planned.head,
        head_nodes,
        class_names: graph.class_names.clone(),
        feature_names: graph.feature_names.clone(),
        origin: graph.origin.clone(),
    })
}

/// Maps of values, as long as somebody needs them.
struct Values {
    linear: Vec<Option<Linear>>,
    /// How often each is still needed.
    uses: Vec<usize>,
}

impl Values {
    /// The map of a value; the last one who needs it takes it away.
    fn take(&mut self, value: ValueId) -> Linear {
        self.uses[value] = self.uses[value].saturating_sub(1);
        let linear =
            if self.uses[value] == 0 { self.linear[value].take() } else { self.linear[value].clone() };
        // Plans are made so that whatever is taken was made before.
        linear.unwrap_or_else(|| Linear::new(Source::Input, AffineMap::identity(0)))
    }
}

/// The shape of a value without the batch.
fn shape(planned: &Planned, value: ValueId) -> Vec<usize> {
    let fact = planned.folded.facts[value].as_ref();
    let shape = fact.and_then(Fact::shape).unwrap_or_default();
    match shape {
        [1, rest @ ..] if !rest.is_empty() => rest.to_vec(),
        _ => shape.to_vec(),
    }
}

/// An input without a batch keeps its only size.
fn inputs(graph: &Graph) -> Vec<Input> {
    graph
        .inputs
        .iter()
        .map(|input| {
            let shape = if input.shape.len() > 1 { input.shape[1..].to_vec() } else { input.shape.clone() };
            Input { name: input.name.clone(), width: input.shape.iter().product(), shape }
        })
        .collect()
}

/// Each input is a part of the network's input.
fn set_inputs(graph: &Graph, values: &mut Values) {
    let width = graph.inputs.iter().map(|input| input.shape.iter().product::<usize>()).sum();
    let mut start = 0;
    for input in &graph.inputs {
        let own: usize = input.shape.iter().product();
        let mut matrix = SparseMatrix::new(width);
        for column in start..start + own {
            matrix.push(column, 1.0);
            matrix.end_row();
        }
        start += own;
        let map = AffineMap { matrix, bias: vec![0.0; own] };
        values.linear[input.value] = Some(Linear::new(Source::Input, map));
    }
}

fn last_error(planned: &Planned, fault: NodeFault) -> ImportError {
    let graph = &planned.folded.graph;
    match graph.nodes.last() {
        Some(node) => planned.folded.error(node, fault),
        None => crate::graph_error::GraphError::NoOutput.into(),
    }
}

/// What a step makes of the maps of its inputs.
fn apply(
    step: &Step,
    node: usize,
    value: ValueId,
    values: &mut Values,
    builder: &mut Builder<'_>,
    budget: &Budget,
) -> Result<Linear, NodeFault> {
    let inputs = &builder.folded.graph.nodes[node].inputs;
    let mut parts: Vec<Linear> = Vec::with_capacity(step.parts.len());
    for part in &step.parts {
        let Some(input) = inputs.get(part.slot).copied().flatten() else {
            return Err(NodeFault::MissingInput(part.slot));
        };
        let mut linear = values.take(input);
        if !part.map.is_identity(linear.map.matrix.rows()) {
            linear.map = part.map.after(&linear.map, budget)?;
        }
        parts.push(linear);
    }
    let mut linear = match &step.owners {
        Some(owners) => joined(step, parts, owners, node, value, builder, budget)?,
        None => added(step, parts, node, value, builder, budget)?,
    };
    linear.add_node(node);
    if !step.constant.is_empty() {
        linear.map.bias.iter_mut().zip(&step.constant).for_each(|(bias, more)| *bias += more);
    }
    if !linear.map.is_finite() {
        return Err(NodeFault::NotFinite);
    }
    Ok(linear)
}

/// The sum of parts: those of one source become one map, and a layer adds what is left.
fn added(
    step: &Step,
    parts: Vec<Linear>,
    node: usize,
    value: ValueId,
    builder: &mut Builder<'_>,
    budget: &Budget,
) -> Result<Linear, NodeFault> {
    let mut groups: Vec<Vec<Linear>> = Vec::new();
    for part in parts {
        match groups.iter_mut().find(|group| group[0].source == part.source) {
            Some(group) => group.push(part),
            None => groups.push(vec![part]),
        }
    }
    let mut sums = Vec::with_capacity(groups.len());
    for group in groups {
        let mut group = group.into_iter();
        let Some(mut first) = group.next() else { continue };
        let rest: Vec<Linear> = group.collect();
        if !rest.is_empty() {
            rest.iter().for_each(|part| first.add_nodes(&part.nodes));
            let maps: Vec<AffineMap> =
                std::iter::once(first.map).chain(rest.into_iter().map(|part| part.map)).collect();
            first.map = sum(&maps, budget)?;
        }
        sums.push(first);
    }
    if sums.len() == 1
        && let Some(only) = sums.pop()
    {
        return Ok(only);
    }
    builder.meet(LayerKind::Add, sums, &step.shape, node, value)
}

/// Parts one after another, and then in their places.
fn joined(
    step: &Step,
    parts: Vec<Linear>,
    owners: &[(u32, u32)],
    node: usize,
    value: ValueId,
    builder: &mut Builder<'_>,
    budget: &Budget,
) -> Result<Linear, NodeFault> {
    if parts.windows(2).all(|pair| pair[0].source == pair[1].source) {
        let maps: Vec<&AffineMap> = parts.iter().map(|part| &part.map).collect();
        let map = join(&maps, owners, budget)?;
        let mut linear = Linear::new(parts.first().map_or(Source::Input, |part| part.source), map);
        parts.iter().for_each(|part| linear.add_nodes(&part.nodes));
        return Ok(linear);
    }
    let mut starts = Vec::with_capacity(parts.len());
    let mut width = 0;
    for part in &parts {
        starts.push(width as u32);
        width += part.map.matrix.rows();
    }
    let from: Vec<u32> = owners
        .iter()
        .map(|&(part, element)| if part == NOWHERE { NOWHERE } else { starts[part as usize] + element })
        .collect();
    let mut linear = builder.meet(LayerKind::Concat, parts, &step.shape, node, value)?;
    let order = Map::Pick { from, factor: Factor::All(1.0) };
    if !order.is_identity(width) {
        linear.map = order.after(&linear.map, budget)?;
    }
    Ok(linear)
}
