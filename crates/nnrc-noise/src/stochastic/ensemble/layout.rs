//! Which rows of numbers a small network needs.

use std::collections::BTreeMap;

use crate::stochastic::network::{Network, Term};

/// The row of ones.
pub(super) const ONE: usize = 0;

/// The rows: ones, species that change, and what is made of them.
#[derive(Debug)]
pub(super) struct Layout {
    /// Species that change, in the order of their rows, which begin behind the ones.
    pub species: Vec<u32>,
    /// Rows n − taken: the row of n, the row itself, what is taken.
    pub less: Vec<(usize, usize, f64)>,
    /// Rows that are products: the row itself, and its two factors.
    pub products: Vec<[usize; 3]>,
    row_of: BTreeMap<u32, usize>,
    known_products: BTreeMap<Vec<usize>, usize>,
}

impl Layout {
    /// Rows for the species that change.
    pub fn of(network: &Network) -> Self {
        let mut species: Vec<u32> = network.changes.iter().map(|(species, _)| *species).collect();
        species.sort_unstable();
        species.dedup();
        let row_of = species.iter().copied().zip(ONE + 1..).collect();
        Self { species, less: Vec::new(), products: Vec::new(), row_of, known_products: BTreeMap::new() }
    }

    /// How many rows there are.
    pub fn count(&self) -> usize {
        1 + self.species.len() + self.less.len() + self.products.len()
    }

    /// The rows whose product a term is, and what of it is held.
    pub fn split(&mut self, term: &Term) -> (Vec<usize>, Vec<(u32, f64)>) {
        let (mut rows, mut held) = (Vec::new(), Vec::new());
        for &(species, taken) in &term.factors {
            match self.row_of.get(&species) {
                Some(&row) => rows.push(self.less(row, taken)),
                None => held.push((species, taken)),
            }
        }
        (rows, held)
    }

    /// The row of n − taken.
    fn less(&mut self, row: usize, taken: f64) -> usize {
        if taken == 0.0 {
            return row;
        }
        let known = self.less.iter().find(|(of, _, less)| (*of, *less) == (row, taken));
        if let Some(&(_, less, _)) = known {
            return less;
        }
        self.less.push((row, self.count(), taken));
        self.count() - 1
    }

    /// The row of a product.
    pub fn product(&mut self, rows: &[usize]) -> usize {
        let Some((&last, others)) = rows.split_last() else { return ONE };
        if others.is_empty() {
            return last;
        }
        if let Some(&row) = self.known_products.get(rows) {
            return row;
        }
        let factor = self.product(others);
        let row = self.count();
        self.products.push([row, factor, last]);
        self.known_products.insert(rows.to_vec(), row);
        row
    }
}
