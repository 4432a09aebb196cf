//! Conv with constant weights.

use crate::op::{Op, Steps};
use crate::sparse::SparseMatrix;
use crate::step::{Map, Step};

use super::window::Windows;

/// A convolution of any number of axes, strides, dilations, padding and groups.
pub(crate) fn conv(op: &Op<'_>) -> Steps {
    let weights = op.constant(1)?;
    let bias = op.optional(2)?;
    let (image, kernel) = (op.shape(0)?, weights.shape.as_slice());
    let ([batch, channels, sizes @ ..], [filters, depth, windows @ ..]) = (image, kernel) else {
        return Err(op.mismatch("[batch, channels, sizes] and [filters, channels, sizes]", &[0, 1]).into());
    };
    let groups = usize::try_from(op.int("group", 1)?).unwrap_or(0);
    let fits = groups > 0
        && filters.is_multiple_of(groups)
        && depth.checked_mul(groups) == Some(*channels)
        && bias.is_none_or(|bias| bias.values.len() == *filters)
        && op
            .ints("kernel_shape")?
            .is_none_or(|shape| shape.iter().map(|&size| size as usize).eq(windows.iter().copied()));
    if !fits || windows.len() != sizes.len() || sizes.is_empty() {
        let expected = format!("{channels} channels = group {groups} times the second size of the weights");
        return Err(op.mismatch(expected, &[0, 1, 2]).into());
    }
    let area = Windows::new(op, sizes, windows)?;
    let shape: Vec<usize> = [*batch, *filters].into_iter().chain(area.count.iter().copied()).collect();
    let count = op.budget.elements(&shape)?;
    let (image_size, window_size) = (sizes.iter().product::<usize>(), windows.iter().product::<usize>());
    let mut matrix = SparseMatrix::new(channels * image_size);
    for filter in 0..*filters {
        let first = filter / (filters / groups) * depth;
        area.each(|window| {
            op.budget.work(depth.saturating_mul(window_size).saturating_add(window_size))?;
            let places = area.places(window);
            let before = matrix.entries();
            for channel in 0..*depth {
                let own = (filter * depth + channel) * window_size;
                for place in &places {
                    if let Some(at) = place.image {
                        matrix.push((first + channel) * image_size + at, weights.values[own + place.kernel]);
                    }
                }
            }
            matrix.end_row();
            op.budget.entries(matrix.entries() - before)
        })?;
    }
    let each = count / (batch * filters).max(1);
    let constant = bias.map_or_else(Vec::new, |bias| {
        let one = || bias.values.iter().flat_map(|&value| std::iter::repeat_n(value, each));
        std::iter::repeat_with(one).take(*batch).flatten().collect()
    });
    Ok(vec![Some(Step::single(shape, Map::Matrix(op.each_sample(matrix, *batch)?), constant))])
}
