//! The first pass: what does not depend on the input is computed, and everything else gets its shape.

mod constants;
mod elementwise;
mod print;

use crate::budget::Budget;
use crate::error::ImportError;
use crate::graph::{Graph, Node, ValueId};
use crate::limits;
use crate::node_error::{NodeError, NodeFault};
use crate::op::{Fact, Fault, Op};
use crate::ops;
use crate::scalar::Scalar;
use crate::served;
use crate::step::{Map, Step};
use crate::tensor::Tensor;

/// A graph of which the constants are computed and the shapes are known.
#[derive(Debug)]
pub struct Folded {
    pub(crate) graph: Graph,
    /// What is known of each value.
    pub(crate) facts: Vec<Option<Fact>>,
    /// What each node is, in the order of the graph.
    pub(crate) roles: Vec<Role>,
    pub(crate) budget: Budget,
}

/// What a node is.
#[derive(Debug, Default)]
pub(crate) struct Role {
    /// What it does where it is linear: a step for each output.
    pub steps: Vec<Option<Step>>,
    /// What it does to each number where it is element-wise.
    pub scalar: Option<Scalar>,
    /// Why it is not served where neither of them serves.
    pub reason: Option<String>,
}

impl Folded {
    /// Computes constants and shapes.
    ///
    /// # Errors
    ///
    /// A node whose inputs do not fit, or a weight that is not finite.
    pub fn new(graph: Graph) -> Result<Self, ImportError> {
        match Self::begun(graph, Budget::default()) {
            (folded, None) => Ok(folded),
            (_, Some(error)) => Err(error),
        }
    }

    /// Goes on until a node is wrong: the roles of those before it, and what is wrong.
    pub(crate) fn begun(graph: Graph, budget: Budget) -> (Self, Option<ImportError>) {
        let mut facts: Vec<Option<Fact>> = vec![None; graph.values.len()];
        for (&value, tensor) in &graph.constants {
            facts[value] = Some(Fact::Constant(tensor.clone()));
        }
        for input in &graph.inputs {
            let shape = Some(input.shape.clone());
            facts[input.value] = Some(Fact::Computed { shape, element: input.element });
        }
        let mut roles = Vec::with_capacity(graph.nodes.len());
        let mut wrong = None;
        for node in &graph.nodes {
            let inputs =
                node.inputs.iter().map(|input| input.and_then(|value| facts[value].clone())).collect();
            let op = Op { graph: &graph, node, inputs, budget: &budget };
            let judged = judge(&op).map_err(|fault| {
                let (node, op) = (node.name.clone(), node.op.clone());
                ImportError::from(NodeError { node, op, fault })
            });
            let (role, results) =
                match judged.and_then(|judged| check_finite(&op, &judged.0).map(|()| judged)) {
                    Ok(judged) => judged,
                    Err(error) => {
                        wrong = Some(error);
                        break;
                    }
                };
            for (output, fact) in node.outputs.iter().zip(results) {
                if let Some(value) = output {
                    facts[*value] = Some(fact);
                }
            }
            roles.push(role);
        }
        (Self { graph, facts, roles, budget }, wrong)
    }

    /// The computed inputs of a node, each as often as it is taken.
    pub(crate) fn computed(&self, node: usize) -> impl Iterator<Item = ValueId> {
        let inputs = self.graph.nodes[node].inputs.iter().flatten().copied();
        inputs.filter(|&value| matches!(self.facts[value], Some(Fact::Computed { .. })))
    }

    /// The text of a node for an error.
    pub(crate) fn error(&self, node: &Node, fault: NodeFault) -> ImportError {
        NodeError { node: node.name.clone(), op: node.op.clone(), fault }.into()
    }
}

/// What a node is, and what is known of its outputs.
fn judge(op: &Op<'_>) -> Result<(Role, Vec<Fact>), NodeFault> {
    if let Some(constant) = constants::fold(op)? {
        return Ok((Role::default(), vec![Fact::Constant(constant)]));
    }
    if op.inputs.iter().flatten().any(|fact| fact.shape().is_none()) {
        return Ok((unknown(op), unshaped(op)));
    }
    let scalar = Scalar::of(op)?;
    let all_constant = op.inputs.iter().flatten().all(|fact| fact.constant().is_some());
    if all_constant && !op.inputs.is_empty() {
        return constant(op, scalar);
    }
    let mut role = Role { scalar, ..Role::default() };
    let linear = ops::linear(&op.node.op).map(|function| function(op));
    match linear {
        Some(Ok(steps)) => {
            let element = result_element(op, scalar);
            let facts = steps
                .iter()
                .map(|step| Fact::Computed { shape: step.as_ref().map(|step| step.shape.clone()), element })
                .collect();
            role.steps = steps;
            return Ok((role, facts));
        }
        Some(Err(Fault::Wrong(fault))) => return Err(fault),
        Some(Err(Fault::Unserved(reason))) => role.reason = Some(reason),
        None => {}
    }
    if let Some(scalar) = scalar {
        let shape = Some(elementwise::shape(op, scalar)?);
        role.reason.get_or_insert_with(|| served::function(&op.node.op));
        return Ok((role, vec![Fact::Computed { shape, element: result_element(op, Some(scalar)) }]));
    }
    let reason = role.reason.take().unwrap_or_else(|| served::reason(&op.node.op));
    role.reason = Some(reason);
    // What keeps the shape may stand at the end.
    let keeps_shape = matches!(
        op.node.op.as_str(),
        "Softmax" | "LogSoftmax" | "ai.onnx.ml::Normalizer" | "ai.onnx.ml::ZipMap"
    );
    match (keeps_shape, op.input(0)) {
        (true, Some(fact)) => {
            let shape = fact.shape().map(<[usize]>::to_vec);
            Ok((role, vec![Fact::Computed { shape, element: fact.element() }]))
        }
        _ => Ok((role, unshaped(op))),
    }
}

/// A node behind one that is not served: only the op itself can be judged.
fn unknown(op: &Op<'_>) -> Role {
    let name = op.node.op.as_str();
    let is_product = matches!(name, "MatMul" | "Gemm") && op.is_computed(0) && op.is_computed(1);
    let is_known =
        constants::is_served(name) || ops::linear(name).is_some() || matches!(Scalar::of(op), Ok(Some(_)));
    let reason =
        if is_product { Some(ops::BOTH.to_owned()) } else { (!is_known).then(|| served::reason(name)) };
    Role { reason, ..Role::default() }
}

fn unshaped(op: &Op<'_>) -> Vec<Fact> {
    let element = result_element(op, None);
    op.node.outputs.iter().map(|_| Fact::Computed { shape: None, element }).collect()
}

fn result_element(op: &Op<'_>, scalar: Option<Scalar>) -> crate::element::Element {
    let inputs: Vec<_> = op.inputs.iter().flatten().map(Fact::element).collect();
    let is_classical = op.node.op.starts_with("ai.onnx.ml::");
    match scalar {
        Some(scalar) => scalar.element(&inputs),
        // They take whole numbers, too, and make numbers with fractions.
        None if is_classical => crate::element::Element::Float32,
        None => inputs.first().copied().unwrap_or(crate::element::Element::Float32),
    }
}

/// A node that takes constants only: its outputs are constants.
fn constant(op: &Op<'_>, scalar: Option<Scalar>) -> Result<(Role, Vec<Fact>), NodeFault> {
    if let Some(scalar) = scalar {
        return Ok((Role::default(), vec![Fact::Constant(elementwise::fold(op, scalar)?)]));
    }
    let refused = |reason: String| (Role { reason: Some(reason), ..Role::default() }, unshaped(op));
    let Some(function) = ops::linear(&op.node.op) else {
        return Ok(refused(served::reason(&op.node.op)));
    };
    let Some(first) = op.input(0).and_then(Fact::constant) else {
        return Err(NodeFault::MissingInput(0));
    };
    // A linear op does to a constant what it does to a computed value of its shape.
    let mut inputs = op.inputs.clone();
    inputs[0] = Some(Fact::Computed { shape: Some(first.shape.clone()), element: first.element });
    let steps = match op.budget.of_constants(|budget| function(&Op { inputs, budget, ..*op })) {
        Ok(steps) => steps,
        Err(Fault::Wrong(fault)) => return Err(fault),
        Err(Fault::Unserved(reason)) => return Ok(refused(reason)),
    };
    let mut facts = Vec::with_capacity(steps.len());
    for step in steps {
        let Some(step) = step else {
            facts.push(Fact::Computed { shape: None, element: first.element });
            continue;
        };
        op.budget.constants(&step.shape)?;
        let values = step.apply(&[&first.values]);
        facts.push(Fact::Constant(Tensor::new(step.shape, first.element, values)));
    }
    Ok((Role::default(), facts))
}

/// An error where a weight is NaN or infinite: it names the tensor, or the node that made it so.
fn check_finite(op: &Op<'_>, role: &Role) -> Result<(), ImportError> {
    let is_finite = |step: &Step| {
        let parts = step.parts.iter().all(|part| match &part.map {
            Map::Pick { factor, .. } => match factor {
                crate::step::Factor::All(factor) => factor.is_finite(),
                crate::step::Factor::Each(factors) => factors.iter().all(|factor| factor.is_finite()),
            },
            Map::Matrix(matrix) => matrix.values().iter().all(|value| value.is_finite()),
        });
        parts && step.constant.iter().all(|value| value.is_finite())
    };
    if role.steps.iter().flatten().all(is_finite) {
        return Ok(());
    }
    for (input, fact) in op.node.inputs.iter().zip(&op.inputs) {
        if let (Some(value), Some(Fact::Constant(tensor))) = (input, fact) {
            tensor.check_finite(op.graph.name(*value))?;
        }
    }
    let (node, name) = (op.node.name.clone(), op.node.op.clone());
    Err(NodeError { node, op: name, fault: NodeFault::NotFinite }.into())
}

/// A limit that constants share with the file.
const _: () = assert!(limits::CONSTANT_VALUES < u32::MAX as usize);
