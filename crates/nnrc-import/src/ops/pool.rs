//! Pools that average.

use crate::op::{Op, Steps, attribute};
use crate::sparse::SparseMatrix;
use crate::step::{Map, Step};

use super::reduce::reduced;
use super::window::Windows;

/// AveragePool, with or without the padding in the mean.
pub(crate) fn average(op: &Op<'_>) -> Steps {
    let image = op.shape(0)?;
    let [batch, channels, sizes @ ..] = image else {
        return Err(op.mismatch("[batch, channels, sizes]", &[0]).into());
    };
    let kernel = op.ints("kernel_shape")?.unwrap_or_default();
    let kernel: Option<Vec<usize>> = kernel.iter().map(|&size| usize::try_from(size).ok()).collect();
    let kernel = kernel.ok_or_else(|| attribute("kernel_shape", "sizes from 1 on"))?;
    let area = Windows::new(op, sizes, &kernel)?;
    let counts_padding = op.int("count_include_pad", 0)? != 0;
    let shape: Vec<usize> = [*batch, *channels].into_iter().chain(area.count.iter().copied()).collect();
    op.budget.elements(&shape)?;
    let image_size: usize = sizes.iter().product();
    let window_size = kernel.iter().fold(1usize, |product, &size| product.saturating_mul(size));
    let mut matrix = SparseMatrix::new(channels * image_size);
    for channel in 0..*channels {
        area.each(|window| {
            op.budget.work(window_size)?;
            let places = area.places(window);
            let inside = places.iter().filter_map(|place| place.image);
            let number = if counts_padding { places.len() } else { inside.clone().count() };
            let before = matrix.entries();
            for at in inside {
                matrix.push(channel * image_size + at, 1.0 / number as f64);
            }
            matrix.end_row();
            op.budget.entries(matrix.entries() - before)
        })?;
    }
    Ok(vec![Some(Step::single(shape, Map::Matrix(op.each_sample(matrix, *batch)?), Vec::new()))])
}

/// GlobalAveragePool: the mean over all axes of the image.
pub(crate) fn global_average(op: &Op<'_>) -> Steps {
    let rank = op.shape(0)?.len();
    if rank < 3 {
        return Err(op.mismatch("[batch, channels, sizes]", &[0]).into());
    }
    reduced(op, &(2..rank).collect::<Vec<_>>(), true, true)
}
