//! Gemm: alpha · A' · B' + beta · C, one of A and B computed.

use crate::index::{broadcast, stretch};
use crate::op::{Fact, Fault, Op, Steps};
use crate::sparse::SparseMatrix;
use crate::step::{Factor, Map, Part, Step};

/// A product with a constant matrix, and a bias, which may be computed, too.
pub(crate) fn gemm(op: &Op<'_>) -> Steps {
    let (alpha, beta) = (op.float("alpha", 1.0)?, op.float("beta", 1.0)?);
    let (a, b) = (view(op, 0, "transA")?, view(op, 1, "transB")?);
    if a.columns != b.rows {
        let (a, b) = (a.columns, b.rows);
        return Err(op
            .mismatch(format!("as many columns of A as rows of B, not {a} and {b}"), &[0, 1])
            .into());
    }
    let shape = vec![a.rows, b.columns];
    op.budget.elements(&shape)?;
    let both = || {
        Fault::Unserved(
            "a product of two computed values (attention); served is one with a constant matrix".to_owned(),
        )
    };
    let (slot, weights) = match (op.input(0), op.input(1)) {
        (Some(Fact::Computed { .. }), Some(Fact::Constant(weights))) => (0, weights),
        (Some(Fact::Constant(weights)), Some(Fact::Computed { .. })) => (1, weights),
        _ => return Err(both()),
    };
    let inner = a.columns;
    let computed = if slot == 0 { &a } else { &b };
    let mut matrix = SparseMatrix::new(computed.count());
    for i in 0..a.rows {
        for j in 0..b.columns {
            op.budget.work(inner)?;
            let before = matrix.entries();
            for k in 0..inner {
                let (place, weight) = if slot == 0 {
                    (a.place(i, k), weights.values[b.place(k, j)])
                } else {
                    (b.place(k, j), weights.values[a.place(i, k)])
                };
                matrix.push(place, alpha * weight);
            }
            matrix.end_row();
            op.budget.entries(matrix.entries() - before)?;
        }
    }
    let mut parts = vec![Part { slot, map: Map::Matrix(matrix) }];
    let mut constant = Vec::new();
    if let Some(bias) = op.input(2) {
        let own = op.shape(2)?;
        if broadcast([own, &shape]).as_deref() != Some(shape.as_slice()) {
            return Err(op.mismatch(format!("a bias that can be stretched to {shape:?}"), &[0, 1, 2]).into());
        }
        let from = stretch(own, &shape);
        match bias {
            Fact::Computed { .. } => {
                parts.push(Part { slot: 2, map: Map::Pick { from, factor: Factor::All(beta) } });
            }
            Fact::Constant(bias) => {
                constant = from.into_iter().map(|place| beta * bias.values[place as usize]).collect();
            }
        }
    }
    Ok(vec![Some(Step { shape, parts, constant, owners: None })])
}

/// A matrix, or its transpose.
struct View {
    rows: usize,
    columns: usize,
    is_transposed: bool,
}

impl View {
    fn count(&self) -> usize {
        self.rows * self.columns
    }

    fn place(&self, row: usize, column: usize) -> usize {
        if self.is_transposed { column * self.rows + row } else { row * self.columns + column }
    }
}

fn view(op: &Op<'_>, slot: usize, transposed: &str) -> Result<View, Fault> {
    let &[rows, columns] = op.shape(slot)? else {
        return Err(op.mismatch("matrices", &[0, 1]).into());
    };
    let is_transposed = op.int(transposed, 0)? != 0;
    let (rows, columns) = if is_transposed { (columns, rows) } else { (rows, columns) };
    Ok(View { rows, columns, is_transposed })
}
