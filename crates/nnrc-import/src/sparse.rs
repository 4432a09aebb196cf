//! Sparse matrices and affine maps.

/// A matrix that stores only entries that are not 0, row by row.
#[derive(Debug, Clone, PartialEq)]
pub struct SparseMatrix {
    columns: usize,
    /// Where each row begins in `indices`, and where the last one ends.
    starts: Vec<usize>,
    indices: Vec<u32>,
    values: Vec<f64>,
}

impl SparseMatrix {
    /// A matrix without rows.
    pub(crate) fn new(columns: usize) -> Self {
        Self { columns, starts: vec![0], indices: Vec::new(), values: Vec::new() }
    }

    /// The identity.
    pub(crate) fn identity(size: usize) -> Self {
        Self {
            columns: size,
            starts: (0..=size).collect(),
            indices: (0..size as u32).collect(),
            values: vec![1.0; size],
        }
    }

    /// Adds an entry to the row that is being made; one that is exactly 0 is none.
    pub(crate) fn push(&mut self, column: usize, value: f64) {
        if value != 0.0 {
            self.indices.push(column as u32);
            self.values.push(value);
        }
    }

    /// Ends the row that is being made.
    pub(crate) fn end_row(&mut self) {
        self.starts.push(self.indices.len());
    }

    /// The matrix that does the same to each of `count` vectors behind one another.
    pub(crate) fn repeated(&self, count: usize) -> Self {
        let mut all = Self::new(self.columns * count);
        for copy in 0..count {
            for row in 0..self.rows() {
                let (indices, values) = self.row(row);
                for (&column, &value) in indices.iter().zip(values) {
                    all.push(copy * self.columns + column as usize, value);
                }
                all.end_row();
            }
        }
        all
    }

    /// Number of rows: the width of what the matrix makes.
    pub fn rows(&self) -> usize {
        self.starts.len() - 1
    }

    /// Number of columns: the width of what the matrix takes.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Number of stored entries. None of them is 0.
    pub fn entries(&self) -> usize {
        self.values.len()
    }

    /// The columns and the values of a row's entries, by rising columns.
    ///
    /// # Panics
    ///
    /// If there is no such row.
    pub fn row(&self, row: usize) -> (&[u32], &[f64]) {
        let range = self.starts[row]..self.starts[row + 1];
        (&self.indices[range.clone()], &self.values[range])
    }

    /// All values, row-major, zeros included: `rows * columns` numbers.
    pub fn to_dense(&self) -> Vec<f64> {
        let mut dense = vec![0.0; self.rows() * self.columns];
        for row in 0..self.rows() {
            let (indices, values) = self.row(row);
            for (&column, &value) in indices.iter().zip(values) {
                dense[row * self.columns + column as usize] += value;
            }
        }
        dense
    }

    /// The product with a vector of `columns` numbers.
    pub fn multiply(&self, vector: &[f64]) -> Vec<f64> {
        (0..self.rows())
            .map(|row| {
                let (indices, values) = self.row(row);
                indices.iter().zip(values).map(|(&column, &value)| value * vector[column as usize]).sum()
            })
            .collect()
    }

    /// Whether it is exactly the identity.
    pub(crate) fn is_identity(&self) -> bool {
        self.rows() == self.columns
            && self.entries() == self.columns
            && self.indices.iter().enumerate().all(|(k, &column)| column as usize == k)
            && self.starts.iter().enumerate().all(|(k, &start)| start == k)
            && self.values.iter().all(|&value| value == 1.0)
    }

    /// All values.
    pub(crate) fn values(&self) -> &[f64] {
        &self.values
    }
}

/// A matrix and a vector: `x` becomes `matrix · x + bias`.
#[derive(Debug, Clone, PartialEq)]
pub struct AffineMap {
    /// One row for each output, one column for each input.
    pub matrix: SparseMatrix,
    /// One number for each output.
    pub bias: Vec<f64>,
}

impl AffineMap {
    /// The map that changes nothing.
    pub(crate) fn identity(size: usize) -> Self {
        Self { matrix: SparseMatrix::identity(size), bias: vec![0.0; size] }
    }

    /// Whether it changes nothing.
    pub(crate) fn is_identity(&self) -> bool {
        self.bias.iter().all(|&bias| bias == 0.0) && self.matrix.is_identity()
    }

    /// Whether all its numbers are finite.
    pub(crate) fn is_finite(&self) -> bool {
        self.bias.iter().chain(self.matrix.values()).all(|value| value.is_finite())
    }

    /// What the map makes of `x`, which has one number for each column.
    pub fn apply(&self, x: &[f64]) -> Vec<f64> {
        let mut y = self.matrix.multiply(x);
        y.iter_mut().zip(&self.bias).for_each(|(y, bias)| *y += bias);
        y
    }
}
