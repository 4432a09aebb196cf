//! A tensor of a safetensors file.

use std::ops::Range;

use safetensors::tensor::Dtype;

use super::array::Array;
use super::error::ReadError;
use super::number::{Format, decode};

/// A tensor as the header describes it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tensor {
    pub(crate) dtype: Dtype,
    /// Sizes of the axes.
    pub(crate) shape: Vec<usize>,
    /// Where in the file its data are.
    pub(crate) place: Range<usize>,
}

impl Tensor {
    /// The numbers of the tensor in the bytes of its file.
    pub(crate) fn decode(&self, bytes: &[u8]) -> Result<Array, ReadError> {
        let data = bytes.get(self.place.clone()).unwrap_or_default();
        match Array::new(self.shape.clone(), decode(data, format(self.dtype)?, false)) {
            Some(array) => array.require_finite(),
            None => Err(ReadError::malformed("the shape does not match the data")),
        }
    }
}

fn format(dtype: Dtype) -> Result<Format, ReadError> {
    Ok(match dtype {
        Dtype::BOOL => Format::Bool,
        Dtype::U8 => Format::Unsigned(1),
        Dtype::U16 => Format::Unsigned(2),
        Dtype::U32 => Format::Unsigned(4),
        Dtype::U64 => Format::Unsigned(8),
        Dtype::I8 => Format::Signed(1),
        Dtype::I16 => Format::Signed(2),
        Dtype::I32 => Format::Signed(4),
        Dtype::I64 => Format::Signed(8),
        Dtype::F16 => Format::Float(2),
        Dtype::BF16 => Format::BrainFloat,
        Dtype::F32 => Format::Float(4),
        Dtype::F64 => Format::Float(8),
        other => {
            return Err(ReadError::unsupported(format!(
                "elements of type {other} are not read (booleans, integers, F16, BF16, F32 and F64 are)"
            )));
        }
    })
}
