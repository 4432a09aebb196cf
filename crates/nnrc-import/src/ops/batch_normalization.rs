//! BatchNormalization in its inference form.

use crate::index::stretch;
use crate::op::{Fault, Op, Steps};
use crate::step::{Factor, Map, Step};

/// (x − mean) / sqrt(variance + epsilon) · scale + shift, for each channel.
pub(crate) fn normalize(op: &Op<'_>) -> Steps {
    let shape = op.shape(0)?.to_vec();
    if op.int("training_mode", 0)? != 0 {
        return Err(Fault::Unserved(
            "it is exported in training mode, where it depends on the batch; export the model for inference \
             (model.eval())"
                .to_owned(),
        ));
    }
    let epsilon = op.float("epsilon", 1e-5)?;
    let (scale, shift) = (op.constant(1)?, op.constant(2)?);
    let (mean, variance) = (op.constant(3)?, op.constant(4)?);
    let channels = shape.get(1).copied();
    if [scale, shift, mean, variance].iter().any(|tensor| Some(tensor.values.len()) != channels) {
        return Err(op.mismatch("a number for each channel (axis 1)", &[0, 1, 2, 3, 4]).into());
    }
    let count = op.budget.elements(&shape)?;
    let each: usize = shape[2..].iter().product();
    let factors: Vec<f64> = scale
        .values
        .iter()
        .zip(variance.values.iter())
        .map(|(scale, variance)| scale / (variance + epsilon).sqrt())
        .collect();
    let channel = |element: usize| element / each % factors.len();
    let constant = (0..count)
        .map(|element| {
            shift.values[channel(element)] - factors[channel(element)] * mean.values[channel(element)]
        })
        .collect();
    let factor = Factor::Each((0..count).map(|element| factors[channel(element)]).collect());
    let from = stretch(&shape, &shape);
    Ok(vec![Some(Step::single(shape, Map::Pick { from, factor }, constant))])
}
