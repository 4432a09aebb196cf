//! How matrices stand in memory: columns in panels of eight.
//!
//! The element (row, column) of a matrix is `eights[column / 8 * rows + row][column % 8]`: a panel is a run of memory
//! that a product reads from its first to its last number. Values of units are matrices [sample, unit], weights are
//! [input, unit]. What is beyond the last column of the last panel is 0.

use std::ops::{Deref, DerefMut, Range};

use nnrc_model::lanes::{LANES, Lanes};

/// Bytes of a line of a cache, which is one eight.
const LINE: usize = 64;

/// How many panels so many columns are.
pub fn panels(columns: usize) -> usize {
    columns.div_ceil(LANES)
}

/// How many columns of a panel there are.
pub fn columns_in(panel: usize, columns: usize) -> usize {
    columns.saturating_sub(panel * LANES).min(LANES)
}

/// Eights that each lie in one line of the cache.
#[derive(Debug, Default)]
pub struct Eights {
    values: Vec<f64>,
    start: usize,
    count: usize,
}

impl Eights {
    /// So many zeros.
    pub fn zeros(count: usize) -> Self {
        if count == 0 {
            return Self::default();
        }
        let values = vec![0.0; count * LANES + LANES - 1];
        // Where no start is aligned, the first place serves: it is slower, and as right.
        let start = values.as_ptr().align_offset(LINE);
        let start = if start < LANES { start } else { 0 };
        Self { values, start, count }
    }

    /// All numbers.
    pub fn flat(&self) -> &[f64] {
        &self.values[self.start..self.start + self.count * LANES]
    }

    /// All numbers, to be changed.
    pub fn flat_mut(&mut self) -> &mut [f64] {
        &mut self.values[self.start..self.start + self.count * LANES]
    }
}

/// A clone has a memory of its own, and looks for a start of its own.
impl Clone for Eights {
    fn clone(&self) -> Self {
        let mut clone = Self::zeros(self.count);
        clone.flat_mut().copy_from_slice(self.flat());
        clone
    }
}

impl Deref for Eights {
    type Target = [Lanes];

    fn deref(&self) -> &[Lanes] {
        self.flat().as_chunks().0
    }
}

impl DerefMut for Eights {
    fn deref_mut(&mut self) -> &mut [Lanes] {
        self.flat_mut().as_chunks_mut().0
    }
}

/// Some panels of units of a matrix [unit, input] that stands by rows, as [input, unit].
pub fn pack(flat: &[f64], (width, inputs): (usize, usize), own: &Range<usize>, packed: &mut [Lanes]) {
    for (panel, rows) in own.clone().zip(packed.chunks_exact_mut(inputs.max(1))) {
        for lane in 0..columns_in(panel, width) {
            let unit = panel * LANES + lane;
            for (row, value) in rows.iter_mut().zip(&flat[unit * inputs..(unit + 1) * inputs]) {
                row[lane] = *value;
            }
        }
    }
}

/// The reverse of [`pack`].
pub fn unpack(packed: &[Lanes], (width, inputs): (usize, usize), own: &Range<usize>, flat: &mut [f64]) {
    for (panel, rows) in own.clone().zip(packed.chunks_exact(inputs.max(1))) {
        for lane in 0..columns_in(panel, width) {
            let unit = panel * LANES + lane;
            for (row, value) in rows.iter().zip(&mut flat[unit * inputs..(unit + 1) * inputs]) {
                *value = row[lane];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packing_is_a_transposition_by_panels() {
        let (width, inputs) = (11, 3);
        let flat: Vec<f64> = (0..width * inputs).map(|at| at as f64 + 1.0).collect();
        let mut packed = Eights::zeros(panels(width) * inputs);
        for own in [0..1, 1..2] {
            let part = own.start * inputs..own.end * inputs;
            pack(&flat, (width, inputs), &own, &mut packed[part]);
        }
        for (unit, row) in flat.chunks(inputs).enumerate() {
            for (input, value) in row.iter().enumerate() {
                assert_eq!(packed[unit / LANES * inputs + input][unit % LANES], *value);
            }
        }
        assert!((0..inputs).all(|input| packed[inputs + input][3..] == [0.0; 5]));
        let mut back = vec![0.0; flat.len()];
        unpack(&packed, (width, inputs), &(0..2), &mut back);
        assert_eq!(back, flat);
    }

    #[test]
    fn eights_lie_in_lines() {
        for count in [0, 1, 7, 1000] {
            let eights = Eights::zeros(count);
            assert_eq!(eights.len(), count);
            assert_eq!(eights.clone().flat().len(), count * LANES);
            assert!(count == 0 || eights.as_ptr().align_offset(LINE) == 0);
        }
    }
}
