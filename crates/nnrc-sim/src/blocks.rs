//! Blocks on the diagonal of a Jacobian: filled by the model, shifted, factorised and solved with here.

use crate::lu;

/// Families that depend on each other at equal index only: at each index one block of `SIZE` × `SIZE`.
#[derive(Debug, Clone)]
pub struct LocalBlocks<const SIZE: usize> {
    /// The elements of the Jacobian: row = derivative of which family, column = by which.
    pub elements: Vec<[[f64; SIZE]; SIZE]>,
    /// Factors of shift · I − J.
    factors: Vec<[[f64; SIZE]; SIZE]>,
    pivots: Vec<[usize; SIZE]>,
}

impl<const SIZE: usize> LocalBlocks<SIZE> {
    /// Zero blocks for `count` indices.
    pub fn new(count: usize) -> Self {
        let zero = vec![[[0.0; SIZE]; SIZE]; count];
        Self { elements: zero.clone(), factors: zero, pivots: vec![[0; SIZE]; count] }
    }

    /// Factorises shift · I − J.
    pub fn shift(&mut self, shift: f64) {
        for ((factors, elements), pivots) in self.factors.iter_mut().zip(&self.elements).zip(&mut self.pivots)
        {
            for (at, (row, elements)) in factors.iter_mut().zip(elements).enumerate() {
                *row = elements.map(|element| -element);
                row[at] += shift;
            }
            if SIZE > 1 {
                lu::factor(factors.as_flattened_mut(), SIZE, pivots, shift == 0.0);
            }
        }
    }

    /// Solves with the factors in place; one array for each family.
    pub fn solve<const N: usize>(&self, mut families: [&mut [f64; N]; SIZE]) {
        // One unknown at each index: a division, without the detour over rows and pivots.
        if let [family] = families.as_mut_slice() {
            let divisors = self.factors.as_flattened().as_flattened();
            family.iter_mut().zip(divisors).for_each(|(value, divisor)| *value /= divisor);
            return;
        }
        for (place, (factors, pivots)) in self.factors.iter().zip(&self.pivots).enumerate() {
            let mut unknowns = [0.0; SIZE];
            for (unknown, family) in unknowns.iter_mut().zip(&families) {
                *unknown = family[place];
            }
            lu::solve(factors.as_flattened(), pivots, &mut unknowns);
            for (unknown, family) in unknowns.iter().zip(&mut families) {
                family[place] = *unknown;
            }
        }
    }

    /// Adds the blocks times `vector` to `product`; one array for each family.
    pub fn add_times<const N: usize>(&self, vector: [&[f64; N]; SIZE], product: [&mut [f64; N]; SIZE]) {
        for (row, product) in product.into_iter().enumerate() {
            for (column, vector) in vector.iter().enumerate() {
                for ((product, value), elements) in product.iter_mut().zip(*vector).zip(&self.elements) {
                    *product += elements[row][column] * value;
                }
            }
        }
    }
}

/// A family of `SIZE` members that all depend on each other.
#[derive(Debug, Clone)]
pub struct DenseBlock<const SIZE: usize> {
    /// The elements of the Jacobian, by rows.
    pub elements: Vec<[f64; SIZE]>,
    /// Factors of shift · I − J.
    factors: Vec<f64>,
    pivots: Vec<usize>,
}

impl<const SIZE: usize> DenseBlock<SIZE> {
    /// A block of zeros.
    pub fn new() -> Self {
        Self { elements: vec![[0.0; SIZE]; SIZE], factors: vec![0.0; SIZE * SIZE], pivots: vec![0; SIZE] }
    }

    /// Factorises shift · I − J: 2/3 `SIZE`³ operations.
    pub fn shift(&mut self, shift: f64) {
        for (factor, element) in self.factors.iter_mut().zip(self.elements.as_flattened()) {
            *factor = -element;
        }
        self.factors.iter_mut().step_by(SIZE + 1).for_each(|factor| *factor += shift);
        lu::factor(&mut self.factors, SIZE, &mut self.pivots, shift == 0.0);
    }

    /// Solves with the factors in place.
    pub fn solve(&self, family: &mut [f64; SIZE]) {
        lu::solve(&self.factors, &self.pivots, family);
    }

    /// Adds the block times `vector` to `product`.
    pub fn add_times(&self, vector: &[f64; SIZE], product: &mut [f64; SIZE]) {
        for (product, row) in product.iter_mut().zip(&self.elements) {
            *product += crate::loops::dot(row, vector);
        }
    }
}

impl<const SIZE: usize> Default for DenseBlock<SIZE> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_blocks_solve_index_by_index() {
        let mut blocks = LocalBlocks::<2>::new(2);
        blocks.elements = vec![[[-1.0, 2.0], [0.5, -3.0]], [[0.0, 1.0], [1.0, 0.0]]];
        blocks.shift(3.0);
        let (x, y) = ([1.0, 2.0], [3.0, 4.0]);
        let (mut a, mut b) = ([0.0; 2], [0.0; 2]);
        blocks.add_times([&x, &y], [&mut a, &mut b]);
        // (3 I − J) x, which the solve takes back to x.
        let mut right = [[0.0; 2]; 2];
        for i in 0..2 {
            right[0][i] = 3.0 * x[i] - a[i];
            right[1][i] = 3.0 * y[i] - b[i];
        }
        let [p, q] = &mut right;
        blocks.solve([p, q]);
        for i in 0..2 {
            assert!((right[0][i] - x[i]).abs() < 1e-14 && (right[1][i] - y[i]).abs() < 1e-14);
        }
    }

    #[test]
    fn dense_blocks_solve() {
        let mut block = DenseBlock::<2>::new();
        block.elements = vec![[-1.0, 2.0], [0.5, -3.0]];
        block.shift(1.0);
        let mut right = [2.0 * 1.0 - 2.0 * 2.0, -0.5 * 1.0 + 4.0 * 2.0];
        block.solve(&mut right);
        assert!((right[0] - 1.0).abs() < 1e-14 && (right[1] - 2.0).abs() < 1e-14);
    }
}
