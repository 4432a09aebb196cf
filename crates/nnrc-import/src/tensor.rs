//! Dense arrays of numbers, and how they are read.

mod decode;
mod external;

pub(crate) use decode::{Decoder, texts};

use std::sync::Arc;

use crate::element::Element;
use crate::tensor_error::{TensorError, TensorFault};

/// A dense array of numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Tensor {
    /// Sizes, outermost first.
    pub shape: Vec<usize>,
    /// The type that the numbers have in the file; here they are f64.
    pub element: Element,
    /// The numbers, row-major; shared, since aliases of constants are frequent.
    pub values: Arc<Vec<f64>>,
}

impl Tensor {
    /// A tensor of values that fit its shape.
    pub(crate) fn new(shape: Vec<usize>, element: Element, values: Vec<f64>) -> Self {
        debug_assert_eq!(shape.iter().product::<usize>(), values.len());
        Self { shape, element, values: Arc::new(values) }
    }

    /// A list of whole numbers.
    pub(crate) fn whole(values: Vec<f64>) -> Self {
        Self::new(vec![values.len()], Element::Int(8), values)
    }

    /// The values as whole numbers; what is beyond i64 is at its ends.
    pub(crate) fn to_ints(&self) -> Vec<i64> {
        self.values.iter().map(|&value| value as i64).collect()
    }

    /// The value that all elements have; none where they differ, or there are none.
    pub(crate) fn uniform(&self) -> Option<f64> {
        let (&first, rest) = self.values.split_first()?;
        rest.iter().all(|&value| value == first).then_some(first)
    }

    /// An error that names the first value that is NaN or infinite.
    pub(crate) fn check_finite(&self, name: &str) -> Result<(), TensorError> {
        match self.values.iter().position(|value| !value.is_finite()) {
            None => Ok(()),
            Some(index) => Err(TensorError {
                tensor: name.to_owned(),
                fault: TensorFault::NotFinite { index, value: self.values[index] },
            }),
        }
    }
}
