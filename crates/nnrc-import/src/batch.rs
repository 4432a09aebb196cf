//! Whether a batch of samples is that many networks: each sample computed alone, by the same function, in its rows.
//!
//! Everything else takes a batch as one sample, which says nothing of graphs that mix samples. So the graph is folded
//! once more for a few, whatever its ops are, and run beside that for one: every number of a value is marked with the
//! samples that it depends on, and those of a sample must be the numbers that the sample has alone.

mod run;

use crate::budget::Budget;
use crate::error::ImportError;
use crate::fold::Folded;
use crate::graph::{Attribute, Batch, Graph, ValueId};
use crate::limits;
use crate::node_error::Unserved;
use crate::op::Fact;
use crate::tensor::Tensor;

use run::{Run, Value, are_equal, is_mixed};

/// Numbers of samples, of which one is chosen that is no size of the graph: a literal size would look like the batch.
/// The fewest have one that is neither the first nor the last.
const CHOICES: [usize; 3] = [3, 5, 7];

/// Checks a graph that is served for one sample. One that was exported for a batch of one is what it is for one.
///
/// # Errors
///
/// The first node that does not keep samples apart.
pub(crate) fn check(one: &Folded) -> Result<(), ImportError> {
    let is_open = |batch: Batch| batch == Batch::Free || batch.frozen().is_some();
    if !one.graph.inputs.iter().any(|input| is_open(input.batch)) || is_row_by_row(one) {
        return Ok(());
    }
    let count = samples(one);
    let (all, wrong) = Folded::begun(of_several(&one.graph, count), Budget::of_batch(count));
    let mut batch = Run::new(&all, 0..count);
    let mut runs: Vec<Run<'_>> = (0..count).map(|sample| Run::new(one, sample..sample + 1)).collect();
    let mut is_joined = vec![false; all.graph.values.len()];
    for k in 0..all.roles.len() {
        batch.step(k);
        runs.iter_mut().for_each(|run| run.step(k));
        for &value in all.graph.nodes[k].outputs.iter().flatten() {
            let alone: Vec<&Value> = runs.iter().filter_map(|run| run.value(value)).collect();
            if alone.len() < count {
                continue;
            }
            let Some(own) = batch.value(value) else {
                return Err(refused(&all, k, "it is served for one sample, and not for a batch"));
            };
            if let Some(reason) = fault(own, &alone) {
                return Err(refused(&all, k, reason));
            }
            is_joined[value] = !own.is_apart(&alone);
        }
        batch.forget(k);
        runs.iter_mut().for_each(|run| run.forget(k));
    }
    if wrong.is_some() {
        let node = first_joining(&all, &is_joined, all.roles.len());
        return Err(refused(&all, node, "it fits a batch of one sample only"));
    }
    let output = all.graph.output;
    match all.graph.nodes.iter().rposition(|node| node.outputs.contains(&Some(output))) {
        Some(last) if is_joined[output] => {
            let node = first_joining(&all, &is_joined, last);
            Err(refused(&all, node, "it joins or moves the samples of a batch, and no node undoes it"))
        }
        _ => Ok(()),
    }
}

/// Whether nodes are such that samples are rows of matrices from the input on, and stay apart by what the nodes are:
/// most networks without convolutions, for which folding them once more would take longer than all the rest.
fn is_row_by_row(one: &Folded) -> bool {
    let [input] = one.graph.inputs.as_slice() else { return false };
    let is_row = |value: &ValueId| {
        let shape = one.facts[*value].as_ref().and_then(Fact::shape);
        shape.is_some_and(|shape| shape.len() < 2 || (shape.len() == 2 && shape[0] == 1))
    };
    let keeps_rows = |k: usize| {
        let node = &one.graph.nodes[k];
        match (node.inputs.as_slice(), one.computed(k).collect::<Vec<_>>().as_slice()) {
            (_, []) => true,
            ([Some(only)], [computed]) => only == computed && one.roles[k].scalar.is_some(),
            ([Some(a), Some(_), bias @ ..], [computed]) => {
                let is_plain = matches!(node.attributes.get("transA"), None | Some(Attribute::Int(0)));
                node.op == "Gemm" && a == computed && is_plain && bias.iter().flatten().all(is_row)
            }
            _ => false,
        }
    };
    input.batch != Batch::None && input.shape.len() == 2 && (0..one.roles.len()).all(keeps_rows)
}

/// How many samples are looked at.
fn samples(one: &Folded) -> usize {
    let is_size = |count: usize| {
        one.facts.iter().flatten().any(|fact| {
            let is_literal = |tensor: &Tensor| {
                tensor.values.len() <= limits::RANK && tensor.values.contains(&(count as f64))
            };
            fact.shape().is_some_and(|shape| shape.contains(&count))
                || fact.constant().is_some_and(is_literal)
        })
    };
    let [.., last] = CHOICES;
    CHOICES.into_iter().find(|&count| !is_size(count)).unwrap_or(last)
}

/// The graph for a batch of several samples.
fn of_several(graph: &Graph, samples: usize) -> Graph {
    let mut graph = graph.clone();
    for input in &mut graph.inputs {
        if let (true, Some(batch)) = (input.batch != Batch::None, input.shape.first_mut()) {
            *batch = samples;
        }
    }
    graph
}

/// What is wrong with a value of a batch, beside those of its samples alone.
fn fault(own: &Value, alone: &[&Value]) -> Option<&'static str> {
    if own.marks.iter().any(|&mark| is_mixed(mark)) {
        return Some("it mixes the samples of a batch");
    }
    for (sample, single) in alone.iter().enumerate() {
        let (here, there): (Vec<f64>, Vec<f64>) = (own.of(sample).collect(), single.of(sample).collect());
        if here.len() != there.len() {
            return Some("it does not do the same to each sample of a batch");
        }
        if !here.iter().zip(&there).all(|(here, there)| are_equal(*here, *there)) {
            return Some(
                "what it makes of a sample depends on its place in the batch, or on the batch's size",
            );
        }
    }
    None
}

/// The first of the nodes that `last` needs, itself included, of which samples are apart before and not behind; `last`
/// where there is none.
fn first_joining(folded: &Folded, is_joined: &[bool], last: usize) -> usize {
    let nodes = &folded.graph.nodes;
    let mut needed: Vec<bool> = vec![false; folded.graph.values.len()];
    let mut first = last;
    for k in (0..=last).rev() {
        let is_needed = k == last || nodes[k].outputs.iter().flatten().any(|&value: &ValueId| needed[value]);
        if !is_needed {
            continue;
        }
        folded.computed(k).for_each(|value| needed[value] = true);
        let joins = nodes[k].outputs.iter().flatten().any(|&value| is_joined[value]);
        if joins && !folded.computed(k).any(|value| is_joined[value]) {
            first = k;
        }
    }
    first
}

fn refused(folded: &Folded, node: usize, reason: &str) -> ImportError {
    let node = &folded.graph.nodes[node];
    let reason = format!(
        "{reason}; served is what computes each sample alone: leave the axis of the batch, the first of the input, \
         as it is, or export the model for a batch of 1 if it always gets one sample"
    );
    ImportError::Unserved(vec![Unserved { node: node.name.clone(), op: node.op.clone(), reason }])
}
