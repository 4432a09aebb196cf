//! From the message of a tensor to its numbers.

use nnrc_sim::io::number;

use crate::element::Element;
use crate::files::Files;
use crate::limits;
use crate::proto;
use crate::tensor_error::{TensorError, TensorFault};

use super::Tensor;
use super::external::External;

/// Reads tensors, and counts what they cost.
pub(crate) struct Decoder<'a> {
    external: External<'a>,
    /// Values that may still be read.
    left: usize,
}

impl<'a> Decoder<'a> {
    pub fn new(files: &'a dyn Files) -> Self {
        Self { external: External::new(files), left: limits::CONSTANT_VALUES }
    }

    /// The numbers of a tensor, which is called `name` in errors.
    pub fn decode(&mut self, tensor: &proto::Tensor, name: &str) -> Result<Tensor, TensorError> {
        self.read(tensor).map_err(|fault| TensorError { tensor: name.to_owned(), fault })
    }

    fn read(&mut self, tensor: &proto::Tensor) -> Result<Tensor, TensorFault> {
        let element = Element::from_number(tensor.data_type).ok_or(TensorFault::Type(tensor.data_type))?;
        let format = element.format().ok_or(TensorFault::Text)?;
        let (shape, count) = sizes(&tensor.dims)?;
        if count > self.left {
            return Err(TensorFault::TooManyValues);
        }
        let bytes = if tensor.data_location == 1 {
            Some(self.external.read(&tensor.external_data, count * format.size())?)
        } else {
            // Zero bytes beside typed values: some writers leave an empty field.
            tensor.raw_data.clone().filter(|bytes| !bytes.is_empty() || typed_count(tensor) == 0)
        };
        let values = match bytes {
            Some(bytes) => {
                let expected = count * format.size();
                if bytes.len() != expected {
                    let dims = tensor.dims.clone();
                    return Err(TensorFault::Bytes { dims, element, expected, found: bytes.len() });
                }
                number::decode(&bytes, format, false)
            }
            None => typed(tensor, element),
        };
        if values.len() != count {
            let dims = tensor.dims.clone();
            return Err(TensorFault::Count { dims, expected: count, found: values.len() });
        }
        self.left -= count;
        Ok(Tensor::new(shape, element, values))
    }
}

/// The strings of a tensor; whole numbers are written out. None where it holds neither.
pub(crate) fn texts(tensor: &proto::Tensor) -> Option<Vec<String>> {
    match Element::from_number(tensor.data_type)? {
        Element::Text => {
            Some(tensor.string_data.iter().map(|text| String::from_utf8_lossy(text).into_owned()).collect())
        }
        Element::Int(size) => {
            let values = match &tensor.raw_data {
                Some(bytes) => number::decode(bytes, number::Format::Signed(size), false),
                None => typed(tensor, Element::Int(size)),
            };
            Some(values.into_iter().map(|value| format!("{value}")).collect())
        }
        Element::Float32
        | Element::Float64
        | Element::Float16
        | Element::BFloat16
        | Element::Uint(_)
        | Element::Bool => None,
    }
}

/// The sizes and their product.
fn sizes(dims: &[i64]) -> Result<(Vec<usize>, usize), TensorFault> {
    let wrong = || TensorFault::Dims(dims.iter().take(limits::RANK + 1).copied().collect());
    if dims.len() > limits::RANK {
        return Err(wrong());
    }
    let mut count: usize = 1;
    let mut shape = Vec::with_capacity(dims.len());
    for &dim in dims {
        let size = usize::try_from(dim).map_err(|_| wrong())?;
        count = count.checked_mul(size).ok_or_else(wrong)?;
        shape.push(size);
    }
    // A size of 0 hides the others from the product.
    let largest = shape.iter().filter(|&&size| size > 0).try_fold(1usize, |p, &size| p.checked_mul(size));
    if largest.is_none_or(|largest| largest > limits::CONSTANT_VALUES) {
        return Err(wrong());
    }
    Ok((shape, count))
}

fn typed_count(tensor: &proto::Tensor) -> usize {
    tensor.float_data.len()
        + tensor.int32_data.len()
        + tensor.int64_data.len()
        + tensor.double_data.len()
        + tensor.uint64_data.len()
}

/// The values in the field that the standard has for the type.
fn typed(tensor: &proto::Tensor, element: Element) -> Vec<f64> {
    match element {
        Element::Float32 => tensor.float_data.iter().map(|&value| f64::from(value)).collect(),
        Element::Float64 => tensor.double_data.clone(),
        Element::Int(8) => tensor.int64_data.iter().map(|&value| value as f64).collect(),
        Element::Uint(4 | 8) => tensor.uint64_data.iter().map(|&value| value as f64).collect(),
        Element::Float16 | Element::BFloat16 => {
            // Each number is the bits of one.
            let bits: Vec<u8> =
                tensor.int32_data.iter().flat_map(|&value| (value as u16).to_le_bytes()).collect();
            element.format().map_or_else(Vec::new, |format| number::decode(&bits, format, false))
        }
        Element::Int(_) | Element::Uint(_) | Element::Bool => {
            tensor.int32_data.iter().map(|&value| element.round(f64::from(value))).collect()
        }
        Element::Text => Vec::new(),
    }
}
