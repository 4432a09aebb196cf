//! Matrix times vector, the kernel of dense layers.

use crate::arrays::{Line, Scratch, Sources};
use nnrc_dispatch::dispatched;
use nnrc_sim::loops::dot;

use crate::loops::{add_product, axpy, axpy_four, fill_product};
use crate::simple::with_lines;
use crate::sum::Source;

/// target\[i\] += Π outer\[i\] · Σ_j M\[i,j\] v\[j\] for each output, where v\[j\] = Σ scale · Π inner\[j\].
///
/// The matrix is passed over once, whatever the number of outputs and of terms in v.
#[derive(Debug)]
pub(crate) struct MatVec {
    rows: usize,
    columns: usize,
    matrix: Source,
    base: usize,
    /// Steps from row to row and from column to column.
    strides: (usize, usize),
    vector: Vec<(f64, Vec<Line>)>,
    outputs: Vec<Output>,
}

#[derive(Debug, PartialEq)]
struct Output {
    scale: f64,
    target: Line,
    outer: Vec<Line>,
}

impl MatVec {
    /// One output and one term in the vector.
    pub fn new(
        (rows, columns): (usize, usize),
        matrix: Source,
        base: usize,
        strides: (usize, usize),
        (scale, inner): (f64, Vec<Line>),
        (target, outer): (Line, Vec<Line>),
    ) -> Self {
        let outputs = vec![Output { scale, target, outer }];
        Self { rows, columns, matrix, base, strides, vector: vec![(1.0, inner)], outputs }
    }

    /// Takes in another product with the same matrix if it has the same output or the same vector.
    pub fn merge(&mut self, other: &Self) -> bool {
        let same_matrix = (self.rows, self.columns, self.matrix, self.base, self.strides)
            == (other.rows, other.columns, other.matrix, other.base, other.strides);
        if !same_matrix {
            return false;
        }
        if self.vector == other.vector {
            self.outputs.extend(other.outputs.iter().map(|output| Output {
                scale: output.scale,
                target: output.target.clone(),
                outer: output.outer.clone(),
            }));
            return true;
        }
        let ([mine], [its]) = (self.outputs.as_slice(), other.outputs.as_slice()) else { return false };
        if mine.target != its.target || mine.outer != its.outer || mine.scale.abs() != its.scale.abs() {
            return false;
        }
        let sign = its.scale / mine.scale;
        self.vector.extend(other.vector.iter().map(|(scale, lines)| (sign * scale, lines.clone())));
        true
    }

    /// Adds the products.
    pub fn run(&self, sources: &Sources<'_>, target: &mut [f64], scratch: &mut Scratch) {
        let Scratch { inner, rows, .. } = scratch;
        let vector = self.vector(sources, inner);
        rows.clear();
        rows.resize(self.rows, 0.0);
        multiply(&sources.array(self.matrix)[self.base..], self.strides, vector, rows);
        for output in &self.outputs {
            let target = &mut target[output.target.base..];
            with_lines(sources, output.scale, &output.outer, Some(rows), |scale, lines| {
                add_product(target, output.target.stride, self.rows, scale, lines);
            });
        }
    }

    /// The vector: a part of the state as it lies there, or put together in `space`.
    fn vector<'a>(&self, sources: &Sources<'a>, space: &'a mut Vec<f64>) -> &'a [f64] {
        if let [(1.0, lines)] = self.vector.as_slice()
            && let [line @ Line { stride: 1, .. }] = lines.as_slice()
        {
            return &line.slice(sources)[..self.columns];
        }
        space.clear();
        space.resize(self.columns, 0.0);
        for (place, (scale, lines)) in self.vector.iter().enumerate() {
            with_lines(sources, *scale, lines, None, |scale, lines| match place {
                0 => fill_product(space, scale, lines),
                _ => add_product(space, 1, self.columns, scale, lines),
            });
        }
        space
    }
}

dispatched! {
    /// Matrix times vector; `strides` are those from row to row and from column to column.
    fn multiply(matrix: &[f64], strides: (usize, usize), vector: &[f64], product: &mut [f64]) =
        multiply_plain(matrix, strides, vector, product);
}

#[inline(always)]
fn multiply_plain(
    matrix: &[f64],
    (row_stride, column_stride): (usize, usize),
    vector: &[f64],
    product: &mut [f64],
) {
    if column_stride == 1 {
        for (i, value) in product.iter_mut().enumerate() {
            *value = dot(&matrix[i * row_stride..], vector);
        }
    } else if row_stride == 1 {
        // Four columns at a time: the product is read and written a quarter as often.
        let (fours, rest) = vector.as_chunks::<4>();
        for (j, values) in fours.iter().enumerate() {
            let columns = [0, 1, 2, 3].map(|k| &matrix[(4 * j + k) * column_stride..]);
            axpy_four(*values, columns, product);
        }
        let first = vector.len() - rest.len();
        for (j, &value) in rest.iter().enumerate() {
            axpy(value, &matrix[(first + j) * column_stride..], product);
        }
    } else {
        for (i, value) in product.iter_mut().enumerate() {
            let row = matrix[i * row_stride..].iter().step_by(column_stride);
            *value = row.zip(vector).map(|(a, b)| a * b).sum();
        }
    }
}
