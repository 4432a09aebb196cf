//! ReduceMean and ReduceSum.

use crate::index::{gather, strides};
use crate::op::{Fault, Op, Steps};
use crate::sparse::SparseMatrix;
use crate::step::{Map, Step};

/// A mean or a sum over constant axes.
pub(crate) fn reduce(op: &Op<'_>) -> Steps {
    let rank = op.shape(0)?.len();
    let axes = op.ints_or_input("axes", 1)?.filter(|axes| !axes.is_empty());
    let keeps = op.int("keepdims", 1)? != 0;
    let axes = match axes {
        Some(axes) => op.axes(&axes, rank)?,
        None if op.int("noop_with_empty_axes", 0)? != 0 => Vec::new(),
        None => (0..rank).collect(),
    };
    reduced(op, &axes, keeps, op.node.op == "ReduceMean")
}

/// The mean or the sum over axes.
pub(super) fn reduced(op: &Op<'_>, axes: &[usize], keeps: bool, is_mean: bool) -> Steps {
    let old = op.shape(0)?;
    let strides = strides(old);
    let table = |axis: usize| (0..old[axis]).map(|k| Some(k * strides[axis])).collect::<Vec<_>>();
    let kept: Vec<usize> = (0..old.len()).filter(|axis| !axes.contains(axis)).collect();
    let shape: Vec<usize> = if keeps {
        (0..old.len()).map(|axis| if axes.contains(&axis) { 1 } else { old[axis] }).collect()
    } else {
        kept.iter().map(|&axis| old[axis]).collect()
    };
    let total = op.budget.elements(old)?;
    op.budget.entries(total)?;
    let starts = gather(&kept.iter().map(|&axis| table(axis)).collect::<Vec<_>>());
    let offsets = gather(&axes.iter().map(|&axis| table(axis)).collect::<Vec<_>>());
    if offsets.is_empty() {
        return Err(Fault::Wrong(op.mismatch("at least one element to reduce", &[0])));
    }
    let factor = if is_mean { 1.0 / offsets.len() as f64 } else { 1.0 };
    let mut matrix = SparseMatrix::new(total);
    for start in starts {
        for &offset in &offsets {
            matrix.push((start + offset) as usize, factor);
        }
        matrix.end_row();
    }
    Ok(vec![Some(Step::single(shape, Map::Matrix(matrix), Vec::new()))])
}
