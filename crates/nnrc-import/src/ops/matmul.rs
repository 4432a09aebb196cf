//! MatMul: a product of stacks of matrices, one of them constant.

use crate::index::{advance, broadcast, stretch};
use crate::op::{Fact, Fault, Op, Steps};
use crate::sparse::SparseMatrix;
use crate::step::{Map, Part, Step};

/// A product with constant matrices, on the left or on the right.
pub(crate) fn matmul(op: &Op<'_>) -> Steps {
    let (left, right) = (op.shape(0)?, op.shape(1)?);
    if left.is_empty() || right.is_empty() {
        return Err(op.mismatch("at least one axis", &[0, 1]).into());
    }
    // A single axis is a row on the left and a column on the right.
    let a = if left.len() == 1 { vec![1, left[0]] } else { left.to_vec() };
    let b = if right.len() == 1 { vec![right[0], 1] } else { right.to_vec() };
    let (stack_a, &[rows, inner]) = ends(&a) else { return Err(op.mismatch("matrices", &[0, 1]).into()) };
    let (stack_b, &[other, columns]) = ends(&b) else {
        return Err(op.mismatch("matrices", &[0, 1]).into());
    };
    let stack = broadcast([stack_a, stack_b]).filter(|_| inner == other);
    let stack = stack.ok_or_else(|| {
        op.mismatch(
            format!("as many columns on the left as rows on the right, not {inner} and {other}"),
            &[0, 1],
        )
    })?;
    let (slot, weights) = match (op.input(0), op.input(1)) {
        (Some(Fact::Computed { .. }), Some(Fact::Constant(weights))) => (0, weights),
        (Some(Fact::Constant(weights)), Some(Fact::Computed { .. })) => (1, weights),
        _ => return Err(Fault::Unserved(BOTH.to_owned())),
    };
    let full: Vec<usize> = stack.iter().copied().chain([rows, columns]).collect();
    op.budget.elements(&full)?;
    let (from_a, from_b) = (stretch(stack_a, &stack), stretch(stack_b, &stack));
    let computed = if slot == 0 { left } else { right };
    let mut matrix = SparseMatrix::new(computed.iter().product());
    let mut index = vec![0; 3];
    let sizes = [from_a.len(), rows, columns];
    let mut is_left = sizes.iter().all(|&size| size > 0);
    while is_left {
        let (s, i, j) = (index[0], index[1], index[2]);
        let (base_a, base_b) = (from_a[s] as usize * rows * inner, from_b[s] as usize * inner * columns);
        op.budget.work(inner)?;
        let before = matrix.entries();
        for k in 0..inner {
            let (place_a, place_b) = (base_a + i * inner + k, base_b + k * columns + j);
            let (place, weight) = if slot == 0 { (place_a, place_b) } else { (place_b, place_a) };
            matrix.push(place, weights.values[weight]);
        }
        matrix.end_row();
        op.budget.entries(matrix.entries() - before)?;
        is_left = advance(&mut index, |axis| sizes[axis]);
    }
    let mut shape = full;
    if right.len() == 1 {
        shape.pop();
    }
    if left.len() == 1 {
        shape.remove(stack.len());
    }
    let parts = vec![Part { slot, map: Map::Matrix(matrix) }];
    Ok(vec![Some(Step { shape, parts, constant: Vec::new(), owners: None })])
}

/// What is said of a product of two computed values.
pub(crate) const BOTH: &str =
    "a product of two computed values (attention); served is one with a constant matrix on either side";

/// The stack and the last two axes.
fn ends(shape: &[usize]) -> (&[usize], &[usize]) {
    shape.split_at(shape.len() - 2)
}
