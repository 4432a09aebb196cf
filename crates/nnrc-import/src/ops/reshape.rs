//! Ops that keep all numbers and change the shape or the order: Reshape, Flatten, Squeeze, Unsqueeze, Transpose,
//! Expand, and those that do nothing here.

use crate::element::Element;
use crate::graph::GraphInput;
use crate::index::{broadcast, gather, stretch, strides};
use crate::limits;
use crate::node_error::NodeFault;
use crate::op::{Fault, Op, Steps, attribute};
use crate::step::Step;

/// The same numbers in another shape.
fn reshaped(op: &Op<'_>, shape: Vec<usize>) -> Steps {
    let count = op.budget.elements(&shape)?;
    if count != op.shape(0)?.iter().product::<usize>() {
        return Err(op.mismatch(format!("{count} numbers for the shape {shape:?}"), &[0]).into());
    }
    Ok(vec![Some(Step::moving(shape, (0..count as u32).collect()))])
}

/// Identity, Dropout (which only training needs) and Cast (everything is f64 here).
pub(crate) fn keep(op: &Op<'_>) -> Steps {
    if op.node.op == "Cast" && op.is_computed(0) {
        let from = op.input(0).map(crate::op::Fact::element);
        let to = target(op).ok_or_else(|| attribute("to", "a type of numbers"))?;
        if from.is_some_and(Element::is_float) && !to.is_float() {
            return Err(Fault::Unserved(format!(
                "a cast of computed numbers to {to}, which rounds them; served are casts to types with fractions"
            )));
        }
    }
    let is_training =
        op.input(2).and_then(crate::op::Fact::constant).and_then(crate::tensor::Tensor::uniform);
    if op.node.op == "Dropout" && is_training.is_some_and(|value| value != 0.0) {
        return Err(Fault::Unserved(
            "it is exported in training mode, where it draws numbers; export the model for inference (model.eval())"
                .to_owned(),
        ));
    }
    reshaped(op, op.shape(0)?.to_vec())
}

/// The type that a Cast makes.
pub(crate) fn target(op: &Op<'_>) -> Option<Element> {
    Element::from_number(i32::try_from(op.int("to", 0).ok()?).ok()?)
}

/// Reshape: 0 keeps a size (unless `allowzero`), -1 is what remains.
pub(crate) fn reshape(op: &Op<'_>) -> Steps {
    let old = op.shape(0)?;
    let count: usize = old.iter().product();
    let target = op.ints_or_input("shape", 1)?.ok_or(NodeFault::MissingInput(1))?;
    let keeps_zero = op.int("allowzero", 0)? == 0;
    if target.len() > limits::RANK {
        return Err(op.mismatch("at most 16 axes", &[0]).into());
    }
    let attempt = |target: &[i64]| resolve(target, old, count, keeps_zero);
    let shape = unfrozen(op, &target).and_then(|target| attempt(&target)).or_else(|| attempt(&target));
    let shape =
        shape.ok_or_else(|| op.mismatch(format!("{count} numbers for the shape {target:?}"), &[0]))?;
    reshaped(op, shape)
}

/// A target whose first size is the batch that the file was exported for, with that which is computed.
fn unfrozen(op: &Op<'_>, target: &[i64]) -> Option<Vec<i64>> {
    let (&first, rest) = target.split_first()?;
    let is_frozen = |input: &&GraphInput| input.batch.frozen().is_some_and(|batch| batch as i64 == first);
    let batch = *op.graph.inputs.iter().find(is_frozen)?.shape.first()? as i64;
    Some([&[batch], rest].concat())
}

fn resolve(target: &[i64], old: &[usize], count: usize, keeps_zero: bool) -> Option<Vec<usize>> {
    let mut shape = Vec::with_capacity(target.len());
    let mut open = None;
    let mut known: usize = 1;
    for (k, &size) in target.iter().enumerate() {
        let size = match size {
            0 if keeps_zero => *old.get(k)?,
            -1 if open.is_none() => {
                open = Some(k);
                1
            }
            size => usize::try_from(size).ok()?,
        };
        known = known.checked_mul(size)?;
        shape.push(size);
    }
    if let Some(open) = open {
        if known == 0 || !count.is_multiple_of(known) {
            return None;
        }
        shape[open] = count / known;
        known = count;
    }
    (known == count).then_some(shape)
}

/// Flatten to two axes.
pub(crate) fn flatten(op: &Op<'_>) -> Steps {
    let old = op.shape(0)?;
    let axis = op.int("axis", 1)?;
    let axis = if axis < 0 { axis.saturating_add(old.len() as i64) } else { axis };
    let axis = usize::try_from(axis).ok().filter(|&axis| axis <= old.len());
    let axis = axis.ok_or_else(|| op.mismatch("an axis of the input", &[0]))?;
    let (outer, inner) = old.split_at(axis);
    reshaped(op, vec![outer.iter().product(), inner.iter().product()])
}

/// Squeeze: drops axes of size 1.
pub(crate) fn squeeze(op: &Op<'_>) -> Steps {
    let old = op.shape(0)?;
    let dropped = match op.ints_or_input("axes", 1)? {
        Some(axes) => op.axes(&axes, old.len())?,
        None => (0..old.len()).filter(|&axis| old[axis] == 1).collect(),
    };
    if dropped.iter().any(|&axis| old[axis] != 1) {
        return Err(op.mismatch(format!("sizes of 1 at the axes {dropped:?}"), &[0]).into());
    }
    let shape =
        old.iter().enumerate().filter(|(axis, _)| !dropped.contains(axis)).map(|(_, &size)| size).collect();
    reshaped(op, shape)
}

/// Unsqueeze: adds axes of size 1.
pub(crate) fn unsqueeze(op: &Op<'_>) -> Steps {
    let old = op.shape(0)?;
    let axes = op.ints_or_input("axes", 1)?.ok_or(NodeFault::MissingInput(1))?;
    let rank = old.len().saturating_add(axes.len());
    if rank > limits::RANK {
        return Err(op.mismatch("at most 16 axes", &[0]).into());
    }
    let added = op.axes(&axes, rank)?;
    if added.len() != axes.len() {
        return Err(attribute("axes", "different axes").into());
    }
    let mut sizes = old.iter();
    let shape = (0..rank)
        .map(|axis| if added.contains(&axis) { 1 } else { sizes.next().copied().unwrap_or(1) })
        .collect();
    reshaped(op, shape)
}

/// Transpose: by default the axes are reversed.
pub(crate) fn transpose(op: &Op<'_>) -> Steps {
    let old = op.shape(0)?;
    let order = match op.ints("perm")? {
        Some(perm) => perm.iter().map(|&axis| op.axis(axis, old.len())).collect::<Result<Vec<_>, _>>()?,
        None => (0..old.len()).rev().collect(),
    };
    let mut sorted = order.clone();
    sorted.sort_unstable();
    if sorted.iter().copied().ne(0..old.len()) {
        return Err(attribute("perm", "each axis of the input once").into());
    }
    let shape: Vec<usize> = order.iter().map(|&axis| old[axis]).collect();
    op.budget.elements(&shape)?;
    let strides = strides(old);
    let tables: Vec<Vec<Option<usize>>> =
        order.iter().map(|&axis| (0..old[axis]).map(|k| Some(k * strides[axis])).collect()).collect();
    Ok(vec![Some(Step::moving(shape, gather(&tables)))])
}

/// Expand: stretches axes of size 1.
pub(crate) fn expand(op: &Op<'_>) -> Steps {
    let old = op.shape(0)?;
    let target = op.constant(1)?.to_ints();
    let sizes: Option<Vec<usize>> = target.iter().map(|&size| usize::try_from(size).ok()).collect();
    let shape = sizes.and_then(|sizes| broadcast([old, &sizes]));
    let shape = shape.ok_or_else(|| -> Fault {
        op.mismatch(format!("a shape that can be stretched to {target:?}"), &[0]).into()
    })?;
    op.budget.elements(&shape)?;
    let from = stretch(old, &shape);
    Ok(vec![Some(Step::moving(shape, from))])
}
