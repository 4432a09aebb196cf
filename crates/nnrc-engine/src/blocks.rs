//! Blocks on the diagonal of the Jacobian: assembled, shifted, factorised, solved with.

use std::ops::Range;

use crate::linear::{Component, Shape};
use nnrc_sim::lu;

/// The values of the block of one component.
#[derive(Debug, Clone, Default)]
pub(crate) struct Block {
    /// Elements of the Jacobian; for a dense block only while it is assembled.
    pub values: Vec<f64>,
    /// Factors of shift · I − J.
    factors: Vec<f64>,
    pivots: Vec<usize>,
    /// The equations that conserved totals have taken, block by block.
    taken: Vec<usize>,
    /// Space for the unknowns of one solve.
    unknowns: Vec<f64>,
}

impl Block {
    /// Factorises shift · I − J, with the conserved totals in the place of some equations.
    pub fn shift(&mut self, component: &Component, shift: f64) {
        self.factors.clear();
        self.factors.extend(self.values.iter().map(|value| -value));
        let (count, size) = match component.shape {
            Shape::Local { count, size } => (count, size),
            Shape::Dense { size } => (1, size),
        };
        if size == 1 {
            self.factors.iter_mut().for_each(|value| *value += shift);
            return;
        }
        self.pivots.resize(count * size, 0);
        self.taken.clear();
        let blocks = self.factors.chunks_exact_mut(size * size);
        for (block, pivots) in blocks.zip(self.pivots.chunks_exact_mut(size)) {
            block.iter_mut().step_by(size + 1).for_each(|value| *value += shift);
            lu::conserve(block, size, &component.laws, &mut self.taken);
            lu::factor(block, size, pivots, shift == 0.0);
        }
    }

    /// Solves for the unknowns of the component: right-hand side in `vector`, solution to `solution`.
    pub fn solve(&mut self, component: &Component, vector: &[f64], solution: &mut [f64]) {
        match component.shape {
            Shape::Local { size: 1, .. } => {
                let range = component.families[0].clone();
                let right = vector[range.clone()].iter().zip(&self.factors);
                for (unknown, (right, divisor)) in solution[range].iter_mut().zip(right) {
                    *unknown = right / divisor;
                }
            }
            Shape::Local { count, size } => {
                let unknowns = &mut self.unknowns;
                for place in 0..count {
                    unknowns.clear();
                    unknowns.extend(component.families.iter().map(|range| vector[range.start + place]));
                    let laws = component.laws.len();
                    self.taken[place * laws..(place + 1) * laws].iter().for_each(|&row| unknowns[row] = 0.0);
                    let block = &self.factors[place * size * size..(place + 1) * size * size];
                    lu::solve(block, &self.pivots[place * size..(place + 1) * size], unknowns);
                    for (range, unknown) in component.families.iter().zip(unknowns.iter()) {
                        solution[range.start + place] = *unknown;
                    }
                }
            }
            Shape::Dense { .. } => {
                let unknowns = &mut self.unknowns;
                unknowns.clear();
                for range in &component.families {
                    unknowns.extend_from_slice(&vector[range.clone()]);
                }
                self.taken.iter().for_each(|&row| unknowns[row] = 0.0);
                lu::solve(&self.factors, &self.pivots, unknowns);
                let mut rest = unknowns.as_slice();
                for range in &component.families {
                    let (own, others) = rest.split_at(range.len());
                    solution[range.clone()].copy_from_slice(own);
                    rest = others;
                }
            }
        }
    }

    /// Adds the local blocks times `vector` to `product`.
    pub fn add_times(&self, families: &[Range<usize>], vector: &[f64], product: &mut [f64]) {
        let size = families.len();
        for (slot, row) in families.iter().enumerate() {
            for (other, column) in families.iter().enumerate() {
                let elements = self.values[slot * size + other..].iter().step_by(size * size);
                let pairs = elements.zip(&vector[column.clone()]);
                for (product, (element, value)) in product[row.clone()].iter_mut().zip(pairs) {
                    *product += element * value;
                }
            }
        }
    }
}
