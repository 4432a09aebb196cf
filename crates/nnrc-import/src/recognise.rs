//! The second pass: which values are activations, written as one op or as several, and what stands at the end.

mod curve;
mod head;
mod print;
mod regions;

pub use head::Head;

use crate::activation::Activation;
use crate::batch;
use crate::error::ImportError;
use crate::fold::Folded;
use crate::graph::ValueId;
use crate::graph_error::GraphError;
use crate::node_error::Unserved;
use crate::op::Fact;
use crate::served;

use regions::Regions;

/// A folded graph of which every needed value is a linear step or an activation.
#[derive(Debug)]
pub struct Planned {
    pub(crate) folded: Folded,
    /// What is done for each needed value; none for one that is not needed.
    pub(crate) plans: Vec<Option<Plan>>,
    /// How often each value is needed.
    pub(crate) uses: Vec<usize>,
    /// What stands behind the last linear part.
    pub(crate) head: Head,
    /// The value before the head.
    pub(crate) output: ValueId,
    /// Nodes of the head.
    pub(crate) head_nodes: Vec<usize>,
}

/// How a value is made.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Plan {
    /// By a linear step: that of an output of a node.
    Step {
        /// The node.
        node: usize,
        /// The output.
        output: usize,
    },
    /// By an activation.
    Activation {
        /// What it is applied to.
        of: ValueId,
        /// The function.
        activation: Activation,
        /// The nodes that it is written as.
        nodes: Vec<usize>,
    },
}

impl Planned {
    /// Recognises activations and the head.
    ///
    /// # Errors
    ///
    /// All nodes that are not served, in the order of the graph.
    pub fn new(folded: Folded) -> Result<Self, ImportError> {
        let regions = Regions::new(&folded);
        let mut findings: Vec<(usize, Unserved)> = Vec::new();
        let found = head::find(&folded, &regions);
        let mut refuse = |node: usize, reason: String| {
            let source = &folded.graph.nodes[node];
            let (name, op) = (source.name.clone(), source.op.clone());
            findings.push((node, Unserved { node: name, op, reason }));
        };
        if let Some((node, reason)) = &found.refused {
            refuse(*node, reason.clone());
        }
        let mut plans: Vec<Option<Plan>> = vec![None; folded.facts.len()];
        let mut uses = vec![0; folded.facts.len()];
        uses[found.output] = 1;
        for (k, node) in folded.graph.nodes.iter().enumerate().rev() {
            let mut is_refused = false;
            for (output, value) in node.outputs.iter().enumerate() {
                let Some(value) = *value else { continue };
                if uses[value] == 0 || !matches!(folded.facts[value], Some(Fact::Computed { .. })) {
                    continue;
                }
                let plan = plan(&folded, &regions, k, output, value);
                if let Plan::Activation { of, .. } = &plan {
                    uses[*of] += 1;
                } else {
                    if !is_refused && let Some(reason) = refusal(&folded, k, output, found.output == value) {
                        refuse(k, reason);
                        is_refused = true;
                    }
                    for input in folded.computed(k) {
                        uses[input] += 1;
                    }
                }
                plans[value] = Some(plan);
            }
        }
        if !findings.is_empty() {
            findings.sort_by_key(|(node, _)| *node);
            findings.dedup_by_key(|(node, _)| *node);
            return Err(ImportError::Unserved(findings.into_iter().map(|(_, finding)| finding).collect()));
        }
        let name = || folded.graph.name(folded.graph.output).to_owned();
        if !folded.graph.inputs.iter().any(|input| uses[input.value] > 0) {
            return Err(GraphError::ConstantOutput(name()).into());
        }
        if let Some(batch) = remaining_batch(&folded, found.output) {
            return Err(GraphError::Batch { name: name(), batch }.into());
        }
        batch::check(&folded)?;
        Ok(Self { plans, uses, head: found.head, output: found.output, head_nodes: found.nodes, folded })
    }
}

/// The batch of more than one sample that a file was exported for, where it is the first size of a value.
fn remaining_batch(folded: &Folded, value: ValueId) -> Option<usize> {
    let shape = folded.facts[value].as_ref().and_then(Fact::shape)?;
    let batch = folded.graph.inputs.iter().find_map(|input| input.batch.frozen())?;
    (shape.len() > 1 && shape[0] == batch).then_some(batch)
}

/// How a value is made: the nearest value of which it is an activation, else a step.
fn plan(folded: &Folded, regions: &Regions, node: usize, output: usize, value: ValueId) -> Plan {
    match regions.activation(folded, value) {
        Some((of, activation, nodes)) => Plan::Activation { of, activation, nodes },
        None => Plan::Step { node, output },
    }
}

/// Why an output of a node is not served; none where there is a step, or where what is before it is the reason.
fn refusal(folded: &Folded, node: usize, output: usize, is_last: bool) -> Option<String> {
    let role = &folded.roles[node];
    let source = &folded.graph.nodes[node];
    if role.steps.get(output).is_some_and(Option::is_some) {
        // Its scores are a linear function only without this.
        let transform = head::transform(source);
        let is_served = matches!(transform, "SOFTMAX" | "LOGISTIC") && is_last;
        let is_classifier = source.op == "ai.onnx.ml::LinearClassifier";
        return (is_classifier && transform != "NONE" && !is_served).then(|| {
            format!("its post_transform {transform}; served are NONE, and SOFTMAX and LOGISTIC at the end")
        });
    }
    if role.scalar.is_some() {
        return Some(role.reason.clone().unwrap_or_else(|| served::function(&source.op)));
    }
    if role.steps.is_empty() {
        return role.reason.clone();
    }
    Some(format!("its output {output}; served is the one of scores"))
}
