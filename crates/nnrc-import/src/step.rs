//! A linear op, as what it does to the numbers of its inputs.

use crate::budget::Budget;
use crate::index::NOWHERE;
use crate::node_error::NodeFault;
use crate::sparse::{AffineMap, SparseMatrix};

/// An affine function of some inputs of a node: the sum of a map of each, and a constant.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Step {
    /// The shape of the output.
    pub shape: Vec<usize>,
    /// What is done to each computed input.
    pub parts: Vec<Part>,
    /// What is added; empty for nothing.
    pub constant: Vec<f64>,
    /// Where the parts are not summed but joined: which part, and which of its elements, stands at each place. One
    /// that is nowhere is constant.
    pub owners: Option<Vec<(u32, u32)>>,
}

/// What is done to an input.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Part {
    /// The number of the input in its node.
    pub slot: usize,
    /// What becomes of its numbers.
    pub map: Map,
}

/// A linear map.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Map {
    /// Each element is one of the input, or none, times a factor.
    Pick {
        /// Which one.
        from: Vec<u32>,
        /// Times what.
        factor: Factor,
    },
    /// Any other.
    Matrix(SparseMatrix),
}

/// Factors of elements.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Factor {
    /// The same of all.
    All(f64),
    /// One for each.
    Each(Vec<f64>),
}

impl Factor {
    pub fn of(&self, element: usize) -> f64 {
        match self {
            Self::All(factor) => *factor,
            Self::Each(factors) => factors[element],
        }
    }
}

impl Step {
    /// A step that only moves the elements of the first input.
    pub fn moving(shape: Vec<usize>, from: Vec<u32>) -> Self {
        Self::single(shape, Map::Pick { from, factor: Factor::All(1.0) }, Vec::new())
    }

    /// A step on the first input.
    pub fn single(shape: Vec<usize>, map: Map, constant: Vec<f64>) -> Self {
        Self { shape, parts: vec![Part { slot: 0, map }], constant, owners: None }
    }

    /// What the step makes of numbers: of one list for each part.
    pub fn apply(&self, inputs: &[&[f64]]) -> Vec<f64> {
        let count = self.shape.iter().product();
        let mut values = if self.constant.is_empty() { vec![0.0; count] } else { self.constant.clone() };
        if let Some(owners) = &self.owners {
            for (value, &(part, element)) in values.iter_mut().zip(owners) {
                if part != NOWHERE {
                    *value = inputs[part as usize][element as usize];
                }
            }
            return values;
        }
        for (part, input) in self.parts.iter().zip(inputs) {
            match &part.map {
                Map::Pick { from, factor } => {
                    for (k, &place) in from.iter().enumerate() {
                        if place != NOWHERE {
                            values[k] += factor.of(k) * input[place as usize];
                        }
                    }
                }
                Map::Matrix(matrix) => {
                    values.iter_mut().zip(matrix.multiply(input)).for_each(|(value, more)| *value += more);
                }
            }
        }
        values
    }
}

impl Map {
    /// Whether every element is moved to its own place.
    pub fn is_identity(&self, width: usize) -> bool {
        match self {
            Self::Pick { from, factor } => {
                from.len() == width
                    && *factor == Factor::All(1.0)
                    && from.iter().enumerate().all(|(k, &place)| place as usize == k)
            }
            Self::Matrix(_) => false,
        }
    }

    /// First `inner`, then this map.
    pub fn after(&self, inner: &AffineMap, budget: &Budget) -> Result<AffineMap, NodeFault> {
        match self {
            Self::Pick { from, factor } => pick(from, factor, inner, budget),
            Self::Matrix(matrix) if inner.is_identity() => {
                Ok(AffineMap { matrix: matrix.clone(), bias: vec![0.0; matrix.rows()] })
            }
            Self::Matrix(matrix) => product(matrix, inner, budget),
        }
    }
}

fn pick(from: &[u32], factor: &Factor, inner: &AffineMap, budget: &Budget) -> Result<AffineMap, NodeFault> {
    let mut map = AffineMap { matrix: SparseMatrix::new(inner.matrix.columns()), bias: Vec::new() };
    for (k, &place) in from.iter().enumerate() {
        if place == NOWHERE {
            map.bias.push(0.0);
        } else {
            let factor = factor.of(k);
            let (indices, values) = inner.matrix.row(place as usize);
            budget.work(indices.len() + 1)?;
            for (&column, &value) in indices.iter().zip(values) {
                map.matrix.push(column as usize, factor * value);
            }
            map.bias.push(factor * inner.bias[place as usize]);
        }
        map.matrix.end_row();
        within(&map.matrix)?;
    }
    Ok(map)
}

fn product(outer: &SparseMatrix, inner: &AffineMap, budget: &Budget) -> Result<AffineMap, NodeFault> {
    let columns = inner.matrix.columns();
    let mut map = AffineMap { matrix: SparseMatrix::new(columns), bias: Vec::new() };
    let mut sums = vec![0.0; columns];
    let mut is_touched = vec![false; columns];
    let mut touched: Vec<u32> = Vec::new();
    for row in 0..outer.rows() {
        let (indices, factors) = outer.row(row);
        let mut bias = 0.0;
        let mut is_full = false;
        for (&middle, &factor) in indices.iter().zip(factors) {
            let (indices, values) = inner.matrix.row(middle as usize);
            budget.work(indices.len() + 1)?;
            if indices.len() == columns {
                is_full = true;
                sums.iter_mut().zip(values).for_each(|(sum, &value)| *sum += factor * value);
            } else {
                for (&column, &value) in indices.iter().zip(values) {
                    if !is_touched[column as usize] {
                        is_touched[column as usize] = true;
                        touched.push(column);
                    }
                    sums[column as usize] += factor * value;
                }
            }
            bias += factor * inner.bias[middle as usize];
        }
        touched.iter().for_each(|&column| is_touched[column as usize] = false);
        if is_full {
            sums.iter_mut().enumerate().for_each(|(column, sum)| {
                map.matrix.push(column, *sum);
                *sum = 0.0;
            });
        } else {
            touched.sort_unstable();
            for &column in &touched {
                map.matrix.push(column as usize, sums[column as usize]);
                sums[column as usize] = 0.0;
            }
        }
        touched.clear();
        map.matrix.end_row();
        map.bias.push(bias);
        within(&map.matrix)?;
    }
    Ok(map)
}

/// Rows of maps of one input, as the owners say.
pub(crate) fn join(
    maps: &[&AffineMap],
    owners: &[(u32, u32)],
    budget: &Budget,
) -> Result<AffineMap, NodeFault> {
    let columns = maps.first().map_or(0, |map| map.matrix.columns());
    let mut joined = AffineMap { matrix: SparseMatrix::new(columns), bias: Vec::new() };
    for &(part, element) in owners {
        if part == NOWHERE {
            joined.bias.push(0.0);
        } else {
            let map = maps[part as usize];
            let (indices, values) = map.matrix.row(element as usize);
            budget.work(indices.len() + 1)?;
            for (&column, &value) in indices.iter().zip(values) {
                joined.matrix.push(column as usize, value);
            }
            joined.bias.push(map.bias[element as usize]);
        }
        joined.matrix.end_row();
        within(&joined.matrix)?;
    }
    Ok(joined)
}

/// The sum of maps of one input.
pub(crate) fn sum(maps: &[AffineMap], budget: &Budget) -> Result<AffineMap, NodeFault> {
    let Some((first, rest)) = maps.split_first() else { return Ok(AffineMap::identity(0)) };
    let mut sum = first.clone();
    for map in rest {
        let mut matrix = SparseMatrix::new(sum.matrix.columns());
        for row in 0..map.matrix.rows() {
            let ((a, x), (b, y)) = (sum.matrix.row(row), map.matrix.row(row));
            budget.work(a.len() + b.len() + 1)?;
            let (mut i, mut j) = (0, 0);
            while i < a.len() || j < b.len() {
                let left = a.get(i).copied().unwrap_or(u32::MAX);
                let right = b.get(j).copied().unwrap_or(u32::MAX);
                let column = left.min(right);
                let mut value = 0.0;
                if left == column {
                    value += x[i];
                    i += 1;
                }
                if right == column {
                    value += y[j];
                    j += 1;
                }
                matrix.push(column as usize, value);
            }
            matrix.end_row();
            within(&matrix)?;
        }
        sum.matrix = matrix;
        sum.bias.iter_mut().zip(&map.bias).for_each(|(sum, bias)| *sum += bias);
    }
    Ok(sum)
}

fn within(matrix: &SparseMatrix) -> Result<(), NodeFault> {
    if matrix.entries() > crate::limits::ENTRIES { Err(NodeFault::TooManyEntries) } else { Ok(()) }
}
