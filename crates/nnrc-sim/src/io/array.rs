//! The common form of numbers from all binary formats.

use super::error::{ReadError, ReadErrorKind};
use std::collections::BTreeMap;

/// An array of numbers in row-major order, the last index fastest.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Array {
    /// Sizes of the axes; empty for a single number.
    pub shape: Vec<usize>,
    /// As many numbers as the product of `shape`.
    pub values: Vec<f64>,
}

/// Named arrays, sorted by name.
pub type Arrays = BTreeMap<String, Array>;

/// Named lists of strings, sorted by name.
pub type Texts = BTreeMap<String, Vec<String>>;

impl Array {
    /// An array of `shape`, or none if `values` has another number of elements.
    pub fn new(shape: Vec<usize>, values: Vec<f64>) -> Option<Self> {
        (count(&shape)? == values.len()).then_some(Array { shape, values })
    }

    /// Refuses non-finite numbers, naming the first by its 0-based indices.
    pub(crate) fn require_finite(self) -> Result<Self, ReadError> {
        match self.values.iter().position(|value| !value.is_finite()) {
            None => Ok(self),
            Some(at) => {
                let message =
                    format!("element {} is {}, not a finite number", place(at, &self.shape), self.values[at]);
                Err(ReadError::new(ReadErrorKind::NonFinite, message))
            }
        }
    }
}

/// Adds an array beside those of a network, which come first: where one of them has the name, `_` is put behind it.
pub fn insert_beside(arrays: &mut Arrays, name: &str, array: Array) {
    let mut name = name.to_owned();
    while arrays.contains_key(&name) {
        name.push('_');
    }
    arrays.insert(name, array);
}

/// Product of the sizes, or none where it overflows.
pub(crate) fn count(shape: &[usize]) -> Option<usize> {
    shape.iter().try_fold(1usize, |product, &size| product.checked_mul(size))
}

/// Indices of the element at `position`, as `[1, 0]`.
fn place(mut position: usize, shape: &[usize]) -> String {
    let mut indices: Vec<String> = Vec::with_capacity(shape.len());
    for &size in shape.iter().rev() {
        indices.push((position % size.max(1)).to_string());
        position /= size.max(1);
    }
    indices.reverse();
    format!("[{}]", indices.join(", "))
}
