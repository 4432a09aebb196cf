//! Add, Sub, Sum, Mean, Mul, Div and Neg, where they are linear.

use crate::index::{broadcast, stretch};
use crate::op::{Fact, Fault, Op, Steps};
use crate::step::{Factor, Map, Part, Step};

/// Sums and differences of any values.
pub(crate) fn add(op: &Op<'_>) -> Steps {
    let shape = common(op)?;
    let count = op.budget.elements(&shape)?;
    let share = if op.node.op == "Mean" { 1.0 / op.inputs.len() as f64 } else { 1.0 };
    let mut step = Step { shape, parts: Vec::new(), constant: Vec::new(), owners: None };
    for (slot, fact) in op.inputs.iter().enumerate() {
        let Some(fact) = fact else { continue };
        let factor = if op.node.op == "Sub" && slot == 1 { -1.0 } else { share };
        let from = stretch(op.shape(slot)?, &step.shape);
        match fact {
            Fact::Computed { .. } => {
                step.parts.push(Part { slot, map: Map::Pick { from, factor: Factor::All(factor) } });
            }
            Fact::Constant(tensor) => {
                step.constant.resize(count, 0.0);
                for (sum, place) in step.constant.iter_mut().zip(from) {
                    *sum += factor * tensor.values[place as usize];
                }
            }
        }
    }
    Ok(vec![Some(step)])
}

/// A product with a constant.
pub(crate) fn multiply(op: &Op<'_>) -> Steps {
    scaled(op, |constant| constant)
}

/// A quotient by a constant.
pub(crate) fn divide(op: &Op<'_>) -> Steps {
    if op.is_computed(1) {
        return Err(Fault::Unserved(
            "division by a computed value; served are a constant divisor, and z / (1 + |z|)".to_owned(),
        ));
    }
    if !op.input(0).is_none_or(|fact| fact.element().is_float()) {
        return Err(Fault::Unserved("division of computed whole numbers; cast to float before".to_owned()));
    }
    scaled(op, |constant| 1.0 / constant)
}

/// The negative.
pub(crate) fn negate(op: &Op<'_>) -> Steps {
    let shape = op.shape(0)?.to_vec();
    op.budget.elements(&shape)?;
    let from = stretch(&shape, &shape);
    Ok(vec![Some(Step::single(shape, Map::Pick { from, factor: Factor::All(-1.0) }, Vec::new()))])
}

/// One computed value times a function of a constant one.
fn scaled(op: &Op<'_>, function: fn(f64) -> f64) -> Steps {
    let shape = common(op)?;
    op.budget.elements(&shape)?;
    let (slot, other) = if op.is_computed(0) { (0, 1) } else { (1, 0) };
    let Some(constant) = op.input(other).and_then(Fact::constant) else {
        return Err(Fault::Unserved(
            "a product of two computed values; served are constant factors, z · sigmoid(z) and GELU"
                .to_owned(),
        ));
    };
    let factor = match constant.uniform() {
        Some(value) => Factor::All(function(value)),
        None => Factor::Each(
            stretch(op.shape(other)?, &shape)
                .into_iter()
                .map(|place| function(constant.values[place as usize]))
                .collect(),
        ),
    };
    let from = stretch(op.shape(slot)?, &shape);
    let parts = vec![Part { slot, map: Map::Pick { from, factor } }];
    Ok(vec![Some(Step { shape, parts, constant: Vec::new(), owners: None })])
}

/// The shape that all inputs have together.
fn common(op: &Op<'_>) -> Result<Vec<usize>, Fault> {
    if op.attribute("axis").is_some() || op.attribute("broadcast").is_some() {
        return Err(Fault::Unserved(
            "broadcasting of op sets before 7; export with a newer op set".to_owned(),
        ));
    }
    let slots: Vec<usize> = (0..op.inputs.len()).collect();
    let shapes = op.inputs.iter().flatten().filter_map(Fact::shape);
    let least = if matches!(op.node.op.as_str(), "Sum" | "Mean") { 1 } else { 2 };
    if op.inputs.iter().flatten().count() < least {
        return Err(crate::node_error::NodeFault::MissingInput(op.inputs.len()).into());
    }
    Ok(broadcast(shapes).ok_or_else(|| op.mismatch("shapes that can be stretched to one", &slots))?)
}
