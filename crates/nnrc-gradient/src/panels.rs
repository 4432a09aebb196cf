//! How matrices stand in memory: columns in panels of as many as there are lanes.
//!
//! With eight lanes the element (row, column) of a matrix is `lines[column / 8 * rows + row][column % 8]`: a panel is a
//! run of memory that a product reads from its first to its last number. Values of units are matrices [sample, unit],
//! weights are [input, unit]. What is beyond the last column of the last panel is 0.

use std::ops::{Deref, DerefMut, Range};

use crate::lanes::Laned;

/// Bytes of a line of a cache, which is all lanes of a number.
const LINE: usize = 64;

/// How many panels so many columns are.
pub fn panels<R: Laned>(columns: usize) -> usize {
    columns.div_ceil(R::LANES)
}

/// How many columns of a panel there are.
pub fn columns_in<R: Laned>(panel: usize, columns: usize) -> usize {
    columns.saturating_sub(panel * R::LANES).min(R::LANES)
}

/// Lanes that each lie in one line of the cache.
#[derive(Debug, Default)]
pub struct Lines<R> {
    values: Vec<R>,
    start: usize,
    count: usize,
}

impl<R: Laned> Lines<R> {
    /// So many zeros.
    pub fn zeros(count: usize) -> Self {
        if count == 0 {
            return Self::default();
        }
        let values = vec![R::ZERO; count * R::LANES + R::LANES - 1];
        // Where no start is aligned, the first place serves: it is slower, and as right.
        let start = values.as_ptr().align_offset(LINE);
        let start = if start < R::LANES { start } else { 0 };
        Self { values, start, count }
    }

    /// All numbers.
    pub fn flat(&self) -> &[R] {
        &self.values[self.start..self.start + self.count * R::LANES]
    }

    /// All numbers, to be changed.
    pub fn flat_mut(&mut self) -> &mut [R] {
        &mut self.values[self.start..self.start + self.count * R::LANES]
    }
}

/// A clone has a memory of its own, and looks for a start of its own.
impl<R: Laned> Clone for Lines<R> {
    fn clone(&self) -> Self {
        let mut clone = Self::zeros(self.count);
        clone.flat_mut().copy_from_slice(self.flat());
        clone
    }
}

impl<R: Laned> Deref for Lines<R> {
    type Target = [R::Lanes];

    fn deref(&self) -> &[R::Lanes] {
        R::grouped(self.flat()).0
    }
}

impl<R: Laned> DerefMut for Lines<R> {
    fn deref_mut(&mut self) -> &mut [R::Lanes] {
        R::grouped_mut(self.flat_mut())
    }
}

/// Some panels of units of a matrix [unit, input] that stands by rows, as [input, unit], in the
/// precision at hand.
pub fn pack<R: Laned>(
    flat: &[f64],
    (width, inputs): (usize, usize),
    own: &Range<usize>,
    packed: &mut [R::Lanes],
) {
    for (panel, rows) in own.clone().zip(packed.chunks_exact_mut(inputs.max(1))) {
        for lane in 0..columns_in::<R>(panel, width) {
            let unit = panel * R::LANES + lane;
            for (row, value) in rows.iter_mut().zip(&flat[unit * inputs..(unit + 1) * inputs]) {
                row[lane] = R::of(*value);
            }
        }
    }
}

/// The reverse of [`pack`].
pub fn unpack<R: Laned>(
    packed: &[R::Lanes],
    (width, inputs): (usize, usize),
    own: &Range<usize>,
    flat: &mut [f64],
) {
    for (panel, rows) in own.clone().zip(packed.chunks_exact(inputs.max(1))) {
        for lane in 0..columns_in::<R>(panel, width) {
            let unit = panel * R::LANES + lane;
            for (row, value) in rows.iter().zip(&mut flat[unit * inputs..(unit + 1) * inputs]) {
                *value = row[lane].wide();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_packing<R: Laned>(width: usize) {
        let inputs = 3;
        let flat: Vec<f64> = (0..width * inputs).map(|at| at as f64 + 1.0).collect();
        let mut packed = Lines::<R>::zeros(panels::<R>(width) * inputs);
        for own in [0..1, 1..2] {
            let part = own.start * inputs..own.end * inputs;
            pack::<R>(&flat, (width, inputs), &own, &mut packed[part]);
        }
        for (unit, row) in flat.chunks(inputs).enumerate() {
            for (input, value) in row.iter().enumerate() {
                assert_eq!(packed[unit / R::LANES * inputs + input][unit % R::LANES].wide(), *value);
            }
        }
        let last = R::flat(&packed[inputs..]).chunks(R::LANES);
        assert!(last.flat_map(|lanes| &lanes[width - R::LANES..]).all(|value| *value == R::ZERO));
        let mut back = vec![0.0; flat.len()];
        unpack::<R>(&packed, (width, inputs), &(0..2), &mut back);
        assert_eq!(back, flat);
    }

    #[test]
    fn packing_is_a_transposition_by_panels() {
        check_packing::<f64>(11);
        check_packing::<f32>(21);
    }

    fn check_lines<R: Laned>() {
        for count in [0, 1, 7, 1000] {
            let lines = Lines::<R>::zeros(count);
            assert_eq!(lines.len(), count);
            assert_eq!(lines.clone().flat().len(), count * R::LANES);
            assert!(count == 0 || lines.as_ptr().align_offset(LINE) == 0);
        }
    }

    #[test]
    fn lanes_lie_in_lines() {
        check_lines::<f64>();
        check_lines::<f32>();
    }
}
