//! Ops that make constants: of attributes, of shapes, of small lists.

use crate::element::Element;
use crate::graph::Attribute;
use crate::index::stretch;
use crate::limits;
use crate::node_error::NodeFault;
use crate::op::{Fact, Op, attribute};
use crate::tensor::Tensor;

/// Whether an op is one that makes constants.
pub(super) fn is_served(op: &str) -> bool {
    matches!(op, "Constant" | "Shape" | "Size" | "ConstantOfShape" | "Range") || REDUCTIONS.contains(&op)
}

/// Reductions that are no linear functions: of constants only. Norms of weights are written with them.
const REDUCTIONS: [&str; 6] =
    ["ReduceProd", "ReduceMax", "ReduceMin", "ReduceL1", "ReduceL2", "ReduceSumSquare"];

/// The constant that a node makes; none where it is another kind of node.
pub(super) fn fold(op: &Op<'_>) -> Result<Option<Tensor>, NodeFault> {
    match op.node.op.as_str() {
        "Constant" => constant(op).map(Some),
        "Shape" => Ok(op.input(0).and_then(Fact::shape).map(|shape| sliced(op, shape)).transpose()?),
        "Size" => {
            let shape = op.input(0).and_then(Fact::shape);
            let size = shape.map(|shape| shape.iter().product::<usize>() as f64);
            Ok(size.map(|size| Tensor::new(Vec::new(), Element::Int(8), vec![size])))
        }
        "ConstantOfShape" => match op.input(0).and_then(Fact::constant) {
            Some(shape) => filled(op, shape).map(Some),
            None => Ok(None),
        },
        "Range" => {
            let limits: Vec<&Tensor> = op.inputs.iter().flatten().filter_map(Fact::constant).collect();
            match limits.as_slice() {
                [start, end, step] => range(op, start, end, step).map(Some),
                _ => Ok(None),
            }
        }
        name if REDUCTIONS.contains(&name) => {
            Ok(op.input(0).and_then(Fact::constant).map(|tensor| reduce(op, tensor)).transpose()?)
        }
        _ => Ok(None),
    }
}

fn constant(op: &Op<'_>) -> Result<Tensor, NodeFault> {
    let Some((name, value)) = op.node.attributes.iter().find(|(name, _)| name.contains("value")) else {
        return Err(attribute("value", "a tensor, a number or a list of numbers"));
    };
    Ok(match value {
        Attribute::Tensor(tensor) => tensor.clone(),
        Attribute::Float(value) => Tensor::new(Vec::new(), Element::Float32, vec![*value]),
        Attribute::Int(value) => Tensor::new(Vec::new(), Element::Int(8), vec![*value as f64]),
        Attribute::Floats(values) => Tensor::new(vec![values.len()], Element::Float32, values.clone()),
        Attribute::Ints(values) => Tensor::whole(values.iter().map(|&value| value as f64).collect()),
        Attribute::Text(_) | Attribute::Texts(_) | Attribute::Subgraph | Attribute::Other => {
            return Err(attribute(name, "a dense tensor, a number or a list of numbers"));
        }
    })
}

/// The sizes of a shape, or of a part of its axes (op set 15).
fn sliced(op: &Op<'_>, shape: &[usize]) -> Result<Tensor, NodeFault> {
    let rank = shape.len() as i64;
    let place = |name: &str, default: i64| -> Result<usize, NodeFault> {
        let axis = op.int(name, default)?;
        let axis = if axis < 0 { axis.saturating_add(rank) } else { axis };
        Ok(axis.clamp(0, rank) as usize)
    };
    let (start, end) = (place("start", 0)?, place("end", rank)?);
    let part = shape.get(start..end).unwrap_or_default();
    Ok(Tensor::whole(part.iter().map(|&size| size as f64).collect()))
}

fn filled(op: &Op<'_>, shape: &Tensor) -> Result<Tensor, NodeFault> {
    let sizes: Option<Vec<usize>> = shape.to_ints().iter().map(|&size| usize::try_from(size).ok()).collect();
    let sizes = sizes.filter(|sizes| sizes.len() <= limits::RANK);
    let sizes = sizes.ok_or_else(|| op.mismatch("sizes from 0 on", &[0]))?;
    let count = op.budget.constants(&sizes)?;
    let (element, value) = match op.attribute("value") {
        Some(Attribute::Tensor(tensor)) => (tensor.element, tensor.values.first().copied().unwrap_or(0.0)),
        _ => (Element::Float32, 0.0),
    };
    Ok(Tensor::new(sizes, element, vec![value; count]))
}

fn range(op: &Op<'_>, start: &Tensor, end: &Tensor, step: &Tensor) -> Result<Tensor, NodeFault> {
    let single = |tensor: &Tensor| tensor.uniform().filter(|value| value.is_finite());
    let (Some(first), Some(end), Some(step)) = (single(start), single(end), single(step)) else {
        return Err(op.mismatch("three finite numbers", &[0, 1, 2]));
    };
    let count = ((end - first) / step).ceil().max(0.0);
    if !count.is_finite() || count > limits::CONSTANT_VALUES as f64 {
        return Err(NodeFault::TooManyElements);
    }
    let count = op.budget.constants(&[count as usize])?;
    let values = (0..count).map(|k| first + k as f64 * step).collect();
    Ok(Tensor::new(vec![count], start.element, values))
}

fn reduce(op: &Op<'_>, tensor: &Tensor) -> Result<Tensor, NodeFault> {
    let rank = tensor.shape.len();
    let given = match op.ints("axes")? {
        Some(axes) => axes.to_vec(),
        None => op.input(1).and_then(Fact::constant).map(Tensor::to_ints).unwrap_or_default(),
    };
    let axes = if given.is_empty() { (0..rank).collect() } else { op.axes(&given, rank)? };
    let kept: Vec<usize> = tensor
        .shape
        .iter()
        .enumerate()
        .map(|(axis, &size)| if axes.contains(&axis) { 1 } else { size })
        .collect();
    let count = op.budget.constants(&kept)?;
    let (name, mut values) = (op.node.op.as_str(), vec![start(&op.node.op); count]);
    for (place, &value) in stretch(&kept, &tensor.shape).into_iter().zip(tensor.values.iter()) {
        let sum = &mut values[place as usize];
        *sum = match name {
            "ReduceProd" => *sum * value,
            "ReduceMax" => sum.max(value),
            "ReduceMin" => sum.min(value),
            "ReduceL1" => *sum + value.abs(),
            _ => *sum + value * value,
        };
    }
    if name == "ReduceL2" {
        values.iter_mut().for_each(|value| *value = value.sqrt());
    }
    let shape = if op.int("keepdims", 1)? != 0 {
        kept
    } else {
        (0..rank).filter(|axis| !axes.contains(axis)).map(|axis| tensor.shape[axis]).collect()
    };
    Ok(Tensor::new(shape, tensor.element, values))
}

/// What a reduction of nothing is.
fn start(op: &str) -> f64 {
    match op {
        "ReduceProd" => 1.0,
        "ReduceMax" => f64::NEG_INFINITY,
        "ReduceMin" => f64::INFINITY,
        _ => 0.0,
    }
}
