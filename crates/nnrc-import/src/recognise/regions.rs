//! Values that are functions of one other value, number by number.
//!
//! Every value that an element-wise node makes has a *source*: the nearest value that all ways to it lead through. An
//! activation that is written as several nodes begins at such a source, whatever these nodes are.

use std::collections::BTreeSet;

use crate::activation::Activation;
use crate::element::Element;
use crate::fold::Folded;
use crate::graph::ValueId;
use crate::op::Fact;
use crate::scalar::Scalar;

use super::curve;

/// Sources of values.
pub(super) struct Regions {
    /// The source of each value; none where it begins a region.
    sources: Vec<Option<ValueId>>,
    /// Which node makes each value.
    makers: Vec<Option<usize>>,
}

/// How many sources of sources are tried.
const MOST_SOURCES: usize = 12;

/// How many nodes an activation is written as at most.
const MOST_NODES: usize = 32;

impl Regions {
    pub fn new(folded: &Folded) -> Self {
        let mut regions =
            Self { sources: vec![None; folded.facts.len()], makers: vec![None; folded.facts.len()] };
        let mut depths = vec![0usize; folded.facts.len()];
        for (k, node) in folded.graph.nodes.iter().enumerate() {
            for output in node.outputs.iter().flatten() {
                regions.makers[*output] = Some(k);
            }
            let Some(output) = elementwise(folded, k) else { continue };
            let mut inputs = folded.computed(k);
            let Some(first) = inputs.next() else { continue };
            let source = inputs.try_fold(first, |a, b| regions.common(&depths, a, b));
            if let Some(source) = source {
                regions.sources[output] = Some(source);
                depths[output] = depths[source] + 1;
            }
        }
        regions
    }

    /// The nearest value that all ways to two values lead through.
    fn common(&self, depths: &[usize], mut a: ValueId, mut b: ValueId) -> Option<ValueId> {
        while a != b {
            if depths[a] < depths[b] {
                std::mem::swap(&mut a, &mut b);
            }
            a = self.sources[a]?;
        }
        Some(a)
    }

    /// Which node makes a value.
    pub fn maker(&self, value: ValueId) -> Option<usize> {
        self.makers[value]
    }

    /// The sources of a value, nearest first.
    pub fn sources(&self, value: ValueId) -> impl Iterator<Item = ValueId> {
        std::iter::successors(self.sources[value], |&value| self.sources[value]).take(MOST_SOURCES)
    }

    /// The nearest value of which a value is an activation, with the nodes between.
    pub fn activation(&self, folded: &Folded, value: ValueId) -> Option<(ValueId, Activation, Vec<usize>)> {
        for of in self.sources(value) {
            let nodes = self.between(folded, of, value)?;
            if nodes.iter().all(|&node| is_linear(folded, node)) {
                continue;
            }
            let curve = |points: &[f64]| evaluate(folded, &nodes, of, value, points);
            if let Some(activation) = curve::recognise(curve, &constants(folded, &nodes)) {
                return Some((of, activation, nodes));
            }
        }
        None
    }

    /// The values that a value has for values of one of its sources.
    pub fn curve(&self, folded: &Folded, of: ValueId, value: ValueId, points: &[f64]) -> Option<Vec<f64>> {
        evaluate(folded, &self.between(folded, of, value)?, of, value, points)
    }

    /// The nodes between a source of a value and the value, in the order of the graph; none if there are too many.
    fn between(&self, folded: &Folded, of: ValueId, value: ValueId) -> Option<Vec<usize>> {
        let mut nodes = BTreeSet::new();
        let mut open = vec![value];
        while let Some(value) = open.pop() {
            if value == of {
                continue;
            }
            let node = self.makers[value]?;
            if nodes.insert(node) {
                if nodes.len() > MOST_NODES {
                    return None;
                }
                open.extend(folded.computed(node));
            }
        }
        Some(nodes.into_iter().collect())
    }
}

/// The output of a node that does the same to each number of its inputs.
fn elementwise(folded: &Folded, node: usize) -> Option<ValueId> {
    folded.roles[node].scalar?;
    let output = (*folded.graph.nodes[node].outputs.first()?)?;
    let shape = folded.facts[output].as_ref()?.shape()?;
    let is_alike =
        folded.graph.nodes[node].inputs.iter().flatten().all(|&input| match &folded.facts[input] {
            Some(Fact::Constant(tensor)) => tensor.uniform().is_some(),
            Some(fact @ Fact::Computed { .. }) => fact.shape() == Some(shape),
            None => false,
        });
    is_alike.then_some(output)
}

fn is_linear(folded: &Folded, node: usize) -> bool {
    folded.roles[node].steps.iter().any(Option::is_some)
}

/// Numbers that a function may have its kinks at.
fn constants(folded: &Folded, nodes: &[usize]) -> Vec<f64> {
    let inputs = nodes.iter().flat_map(|&node| folded.graph.nodes[node].inputs.iter().flatten());
    inputs
        .filter_map(|&input| folded.facts[input].as_ref()?.constant()?.uniform())
        .chain(nodes.iter().flat_map(|&node| match folded.roles[node].scalar {
            Some(Scalar::Clip(low, high)) => vec![low, high],
            Some(Scalar::ThresholdedRelu(alpha)) => vec![alpha],
            _ => Vec::new(),
        }))
        .collect()
}

/// What nodes make of the values of a source. A cast between types with fractions rounds nothing here.
fn evaluate(
    folded: &Folded,
    nodes: &[usize],
    of: ValueId,
    value: ValueId,
    points: &[f64],
) -> Option<Vec<f64>> {
    let mut columns: Vec<(ValueId, Vec<f64>)> = vec![(of, points.to_vec())];
    for &node in nodes {
        let scalar = match folded.roles[node].scalar? {
            Scalar::Cast(element) if element.is_float() && element != Element::Text => Scalar::Keep,
            scalar => scalar,
        };
        let source = &folded.graph.nodes[node];
        let mut arguments: Vec<Vec<f64>> = Vec::with_capacity(source.inputs.len());
        for input in &source.inputs {
            arguments.push(match input {
                None => vec![f64::NAN; points.len()],
                Some(input) => match columns.iter().find(|(known, _)| known == input) {
                    Some((_, column)) => column.clone(),
                    None => vec![folded.facts[*input].as_ref()?.constant()?.uniform()?; points.len()],
                },
            });
        }
        let mut row = vec![0.0; arguments.len()];
        let column = (0..points.len())
            .map(|k| {
                row.iter_mut().zip(&arguments).for_each(|(number, column)| *number = column[k]);
                scalar.apply(&row)
            })
            .collect();
        columns.push(((*source.outputs.first()?)?, column));
    }
    columns.into_iter().find(|(known, _)| *known == value).map(|(_, column)| column)
}
