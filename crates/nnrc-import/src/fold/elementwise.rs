//! Element-wise ops on constants, and their shapes on computed values.

use crate::index::{broadcast, stretch};
use crate::node_error::NodeFault;
use crate::op::{Fact, Op};
use crate::scalar::Scalar;
use crate::tensor::Tensor;

/// The shape of the result.
pub(super) fn shape(op: &Op<'_>, scalar: Scalar) -> Result<Vec<usize>, NodeFault> {
    let shape = common(op, scalar)?;
    op.budget.elements(&shape)?;
    Ok(shape)
}

fn common(op: &Op<'_>, scalar: Scalar) -> Result<Vec<usize>, NodeFault> {
    for slot in 0..scalar.arity() {
        op.input(slot).ok_or(NodeFault::MissingInput(slot))?;
    }
    let shapes = op.inputs.iter().flatten().filter_map(Fact::shape);
    let slots: Vec<usize> = (0..op.inputs.len()).collect();
    broadcast(shapes).ok_or_else(|| op.mismatch("shapes that can be stretched to one", &slots))
}

/// The result of constants.
pub(super) fn fold(op: &Op<'_>, scalar: Scalar) -> Result<Tensor, NodeFault> {
    let shape = common(op, scalar)?;
    let count = op.budget.constants(&shape)?;
    op.budget.work(count.saturating_mul(op.inputs.len()))?;
    let columns: Vec<Option<(&Tensor, Vec<u32>)>> = op
        .inputs
        .iter()
        .map(|fact| {
            let tensor = fact.as_ref().and_then(Fact::constant)?;
            Some((tensor, stretch(&tensor.shape, &shape)))
        })
        .collect();
    let elements: Vec<_> = op.inputs.iter().flatten().map(Fact::element).collect();
    let element = scalar.element(&elements);
    let mut arguments = vec![f64::NAN; columns.len()];
    let values = (0..count)
        .map(|k| {
            for (argument, column) in arguments.iter_mut().zip(&columns) {
                if let Some((tensor, from)) = column {
                    *argument = tensor.values[from[k] as usize];
                }
            }
            scalar.apply(&arguments)
        })
        .collect();
    Ok(Tensor::new(shape, element, values))
}
