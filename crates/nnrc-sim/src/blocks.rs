//! Blocks on the diagonal of a Jacobian: filled by the model, shifted, factorised and solved with here.

use crate::lu;
use crate::steady_state::{NewtonSystem, steady_state};

/// Families that depend on each other at equal index only: at each index one block of `SIZE` × `SIZE`.
#[derive(Debug, Clone)]
pub struct LocalBlocks<const SIZE: usize> {
    /// The elements of the Jacobian: row = derivative of which family, column = by which.
    pub elements: Vec<[[f64; SIZE]; SIZE]>,
    /// Factors of shift · I − J.
    factors: Vec<[[f64; SIZE]; SIZE]>,
    pivots: Vec<[usize; SIZE]>,
    /// Conserved totals, the same ones at each index: families with their coefficients.
    laws: Vec<Vec<(usize, f64)>>,
    /// The equations that they have taken, index by index.
    taken: Vec<usize>,
}

impl<const SIZE: usize> LocalBlocks<SIZE> {
    /// Zero blocks for `count` indices.
    pub fn new(count: usize) -> Self {
        let zero = vec![[[0.0; SIZE]; SIZE]; count];
        let pivots = vec![[0; SIZE]; count];
        Self { elements: zero.clone(), factors: zero, pivots, laws: Vec::new(), taken: Vec::new() }
    }

    /// The same with a conserved total at each index: the sum of coefficients times families.
    #[must_use]
    pub fn conserving(mut self, terms: impl IntoIterator<Item = (usize, f64)>) -> Self {
        self.laws.push(terms.into_iter().collect());
        self
    }

    /// Factorises shift · I − J, with the conserved totals in the place of some equations.
    pub fn shift(&mut self, shift: f64) {
        self.taken.clear();
        for ((factors, elements), pivots) in self.factors.iter_mut().zip(&self.elements).zip(&mut self.pivots)
        {
            for (at, (row, elements)) in factors.iter_mut().zip(elements).enumerate() {
                *row = elements.map(|element| -element);
                row[at] += shift;
            }
            if SIZE > 1 {
                lu::conserve(factors.as_flattened_mut(), SIZE, &self.laws, &mut self.taken);
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
            let laws = self.laws.len();
            self.taken[place * laws..(place + 1) * laws].iter().for_each(|&row| unknowns[row] = 0.0);
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

/// Families whose members all may depend on each other, as one matrix: 2/3 n³ operations for n members.
#[derive(Debug, Clone)]
pub struct DenseBlock {
    size: usize,
    /// The elements of the Jacobian, by rows; members are numbered family after family.
    elements: Vec<f64>,
    /// Factors of shift · I − J.
    factors: Vec<f64>,
    pivots: Vec<usize>,
    /// Members, one after another.
    vector: Vec<f64>,
    /// Conserved totals: members with their coefficients, and the member whose equation each one takes where it is
    /// brought to rest.
    laws: Vec<Vec<(usize, f64)>>,
    rows: Vec<usize>,
    totals: Vec<f64>,
    /// The equations that the totals have taken in the factors.
    taken: Vec<usize>,
}

impl DenseBlock {
    /// A block of zeros for this many members.
    pub fn new(size: usize) -> Self {
        Self {
            size,
            elements: vec![0.0; size * size],
            factors: vec![0.0; size * size],
            pivots: vec![0; size],
            vector: vec![0.0; size],
            laws: Vec::new(),
            rows: Vec::new(),
            totals: Vec::new(),
            taken: Vec::new(),
        }
    }

    /// The same with a conserved total: the sum of coefficients times members.
    #[must_use]
    pub fn conserving(mut self, terms: impl IntoIterator<Item = (usize, f64)>) -> Self {
        let terms: Vec<(usize, f64)> = terms.into_iter().collect();
        if let Some(row) = terms.iter().map(|(member, _)| *member).find(|row| !self.rows.contains(row)) {
            self.laws.push(terms);
            self.rows.push(row);
            self.totals.push(0.0);
        }
        self
    }

    /// The same with a conserved total at each index.
    #[must_use]
    pub fn conserving_each(self, count: usize, terms: impl Fn(usize) -> Vec<(usize, f64)>) -> Self {
        (0..count).fold(self, |block, at| block.conserving(terms(at)))
    }

    /// Makes all elements 0.
    pub fn clear(&mut self) {
        self.elements.fill(0.0);
    }

    /// The derivative of the member `row` by the member `column`.
    #[inline]
    pub fn entry(&mut self, row: usize, column: usize) -> &mut f64 {
        &mut self.elements[row * self.size + column]
    }

    /// Factorises shift · I − J, with the conserved totals in the place of some equations.
    pub fn shift(&mut self, shift: f64) {
        self.fill(shift);
        self.taken.clear();
        lu::conserve(&mut self.factors, self.size, &self.laws, &mut self.taken);
        lu::factor(&mut self.factors, self.size, &mut self.pivots, shift == 0.0);
    }

    fn fill(&mut self, shift: f64) {
        for (factor, element) in self.factors.iter_mut().zip(&self.elements) {
            *factor = -element;
        }
        self.factors.iter_mut().step_by(self.size + 1).for_each(|factor| *factor += shift);
    }

    /// Solves with the factors in place.
    pub fn solve(&mut self, families: &mut [&mut [f64]]) {
        gather(families, &mut self.vector);
        self.taken.iter().for_each(|&row| self.vector[row] = 0.0);
        lu::solve(&self.factors, &self.pivots, &mut self.vector);
        scatter(&self.vector, families);
    }

    /// Adds the block times `vector` to `product`.
    pub fn add_times(&self, vector: &[&[f64]], product: &mut [&mut [f64]]) {
        let mut rows = self.elements.chunks_exact(self.size);
        for (value, row) in product.iter_mut().flat_map(|family| family.iter_mut()).zip(&mut rows) {
            let mut rest = row;
            for family in vector {
                let (own, others) = rest.split_at(family.len());
                rest = others;
                *value += crate::loops::dot(own, family);
            }
        }
    }

    /// Takes the conserved totals from the members of the families.
    pub fn set_totals(&mut self, families: &mut [&mut [f64]]) {
        gather(families, &mut self.vector);
        for (total, terms) in self.totals.iter_mut().zip(&self.laws) {
            *total = terms.iter().map(|(member, coefficient)| coefficient * self.vector[*member]).sum();
        }
    }

    /// Solves (shift · I − J) d = f in place, with the conserved totals in the place of some equations.
    pub fn step(&mut self, x: &[f64], shift: f64, f: &mut [f64]) {
        self.fill(shift);
        for ((row, terms), total) in self.rows.iter().zip(&self.laws).zip(&self.totals) {
            let line = &mut self.factors[row * self.size..(row + 1) * self.size];
            line.fill(0.0);
            terms.iter().for_each(|(member, coefficient)| line[*member] = *coefficient);
            f[*row] = total - terms.iter().map(|(member, c)| c * x[*member]).sum::<f64>();
        }
        lu::factor(&mut self.factors, self.size, &mut self.pivots, false);
        lu::solve(&self.factors, &self.pivots, f);
    }

    /// Turns dL/dx into dL/df, f the flow of one molecule into each member. False if the block does not come back
    /// when it is disturbed.
    pub fn adjoint(&mut self, families: &mut [&mut [f64]]) -> bool {
        gather(families, &mut self.vector);
        let size = self.size;
        for row in 0..size {
            for column in 0..size {
                self.factors[column * size + row] = -self.elements[row * size + column];
            }
        }
        for (row, terms) in self.rows.iter().zip(&self.laws) {
            self.factors.iter_mut().skip(*row).step_by(size).for_each(|element| *element = 0.0);
            terms.iter().for_each(|(member, c)| self.factors[member * size + row] = -c);
        }
        lu::factor(&mut self.factors, size, &mut self.pivots, true);
        lu::solve(&self.factors, &self.pivots, &mut self.vector);
        self.rows.iter().for_each(|row| self.vector[*row] = 0.0);
        scatter(&self.vector, families);
        self.vector.iter().all(|value| value.is_finite())
    }
}

/// Families too large for one matrix: what their members do to each other is left out of the solve.
#[derive(Debug, Clone)]
pub struct DiagonalBlock {
    /// The derivative of each member by itself.
    pub elements: Vec<f64>,
    shift: f64,
}

impl DiagonalBlock {
    /// A block of zeros for this many members.
    pub fn new(size: usize) -> Self {
        Self { elements: vec![0.0; size], shift: 1.0 }
    }

    /// Takes shift · I − J for its diagonal.
    pub fn shift(&mut self, shift: f64) {
        self.shift = shift;
    }

    /// Divides by the diagonal.
    pub fn solve(&self, families: &mut [&mut [f64]]) {
        let members = families.iter_mut().flat_map(|family| family.iter_mut());
        for (value, element) in members.zip(&self.elements) {
            *value /= self.shift - element;
        }
    }
}

/// How the members of a dense block come to rest while all else stands still.
pub struct Members<N> {
    /// Writes the derivative, that of the members at least.
    pub derivative: fn(&N, &[f64], &mut [f64]),
    /// Fills the block at a state.
    pub linearise: fn(&mut N, &[f64]),
    /// The block.
    pub block: fn(&mut N) -> &mut DenseBlock,
    /// The families of the block in a vector.
    pub own: fn(&mut [f64]) -> Vec<&mut [f64]>,
}

impl<N> Members<N> {
    /// Brings the members in `state` to rest; false if they do not come there.
    pub fn steady_state(&self, network: &mut N, state: &mut [f64]) -> bool {
        let block = (self.block)(network);
        block.set_totals(&mut (self.own)(state));
        let mut x = block.vector.clone();
        let mut f = vec![0.0; x.len()];
        let mut system = InNetwork { members: self, network, derivative: vec![0.0; state.len()], state };
        let found = steady_state(&mut system, &mut x, &mut f);
        scatter(&x, &mut (self.own)(state));
        found
    }
}

/// The members of a dense block on their way to rest.
struct InNetwork<'a, N> {
    members: &'a Members<N>,
    network: &'a mut N,
    state: &'a mut [f64],
    derivative: Vec<f64>,
}

impl<N> NewtonSystem for InNetwork<'_, N> {
    fn derivative(&mut self, x: &[f64], f: &mut [f64]) {
        scatter(x, &mut (self.members.own)(self.state));
        (self.members.derivative)(self.network, self.state, &mut self.derivative);
        gather(&(self.members.own)(&mut self.derivative), f);
    }

    fn step(&mut self, x: &[f64], shift: f64, f: &mut [f64]) {
        scatter(x, &mut (self.members.own)(self.state));
        (self.members.linearise)(self.network, self.state);
        (self.members.block)(self.network).step(x, shift, f);
    }
}

/// Copies families one after another into a vector.
pub fn gather(families: &[&mut [f64]], vector: &mut [f64]) {
    vector
        .iter_mut()
        .zip(families.iter().flat_map(|family| family.iter()))
        .for_each(|(to, from)| *to = *from);
}

/// Copies a vector into families one after another.
pub fn scatter(vector: &[f64], families: &mut [&mut [f64]]) {
    families.iter_mut().flat_map(|family| family.iter_mut()).zip(vector).for_each(|(to, from)| *to = *from);
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

    /// X -> C @ a, C -> X @ b with a shift far below the rounding error of the elements: the solution keeps X + C.
    #[test]
    fn totals_keep_their_digits_in_local_blocks() {
        for (a, b) in [(1e12, 3e12), (1e18, 1.0), (1e-12, 1e-3), (0.7, 0.7)] {
            let mut blocks = LocalBlocks::<2>::new(1).conserving([(0, 1.0), (1, 1.0)]);
            blocks.elements = vec![[[-a, b], [a, -b]]];
            for shift in [1e-9, 1e-100] {
                blocks.shift(shift);
                let (mut x, mut c) = ([a], [-a]);
                blocks.solve([&mut x, &mut c]);
                let expected = a / (shift + a + b);
                assert!((x[0] - expected).abs() <= 1e-14 * expected, "{a} {b}: {x:?}");
                assert_eq!(x[0], -c[0]);
            }
        }
    }

    #[test]
    fn dense_blocks_solve() {
        let mut block = DenseBlock::new(2);
        for (at, element) in [-1.0, 2.0, 0.5, -3.0].into_iter().enumerate() {
            *block.entry(at / 2, at % 2) = element;
        }
        block.shift(1.0);
        let (mut a, mut b) = ([0.0], [0.0]);
        block.add_times(&[&[1.0], &[2.0]], &mut [&mut a, &mut b]);
        let (mut a, mut b) = ([1.0 - a[0]], [2.0 - b[0]]);
        block.solve(&mut [&mut a, &mut b]);
        assert!((a[0] - 1.0).abs() < 1e-14 && (b[0] - 2.0).abs() < 1e-14);
    }

    #[test]
    fn totals_take_the_place_of_an_equation() {
        // X -> C @ 1, C -> X @ 3, with a total of 2.
        let mut block = DenseBlock::new(2).conserving([(0, 1.0), (1, 1.0)]);
        for (at, element) in [-1.0, 3.0, 1.0, -3.0].into_iter().enumerate() {
            *block.entry(at / 2, at % 2) = element;
        }
        block.set_totals(&mut [&mut [0.5, 1.5]]);
        let (x, mut f) = ([0.5, 1.5], [4.0, -4.0]);
        block.step(&x, 0.0, &mut f);
        assert!((x[0] + f[0] - 1.5).abs() < 1e-14 && (x[1] + f[1] - 0.5).abs() < 1e-14);
        let mut adjoint = [1.0, 0.0];
        assert!(block.adjoint(&mut [&mut adjoint]));
        assert!((1.5 * (adjoint[1] - adjoint[0]) + 6.0 / 16.0).abs() < 1e-14, "{adjoint:?}");
    }
}
