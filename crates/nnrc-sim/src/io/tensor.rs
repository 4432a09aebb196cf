//! A tensor of a safetensors file.

use std::ops::Range;

use super::array::{Array, count};
use super::error::ReadError;
use super::number::{Format, decode};

/// A tensor as the header describes it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tensor {
    pub(crate) elements: Elements,
    /// Sizes of the axes.
    pub(crate) shape: Vec<usize>,
    /// Where its data are.
    pub(crate) place: Range<usize>,
}

/// What the elements of a tensor are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Elements {
    Read(Format),
    /// Elements with this name and number of bits, which nobody can ask for.
    Unread(&'static str, usize),
}

const READ: [(&str, Format); 13] = [
    ("BOOL", Format::Bool),
    ("U8", Format::Unsigned(1)),
    ("U16", Format::Unsigned(2)),
    ("U32", Format::Unsigned(4)),
    ("U64", Format::Unsigned(8)),
    ("I8", Format::Signed(1)),
    ("I16", Format::Signed(2)),
    ("I32", Format::Signed(4)),
    ("I64", Format::Signed(8)),
    ("F16", Format::Float(2)),
    ("BF16", Format::BrainFloat),
    ("F32", Format::Float(4)),
    ("F64", Format::Float(8)),
];

const UNREAD: [(&str, usize); 9] = [
    ("F4", 4),
    ("F6_E2M3", 6),
    ("F6_E3M2", 6),
    ("F8_E5M2", 8),
    ("F8_E4M3", 8),
    ("F8_E8M0", 8),
    ("F8_E4M3FNUZ", 8),
    ("F8_E5M2FNUZ", 8),
    ("C64", 64),
];

impl Elements {
    /// Those that the format calls so.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let read = READ.iter().find(|(known, _)| *known == name).map(|(_, format)| Self::Read(*format));
        let unread = || UNREAD.iter().find(|(known, _)| *known == name);
        read.or_else(|| unread().map(|(name, bits)| Self::Unread(name, *bits)))
    }

    fn bits(self) -> usize {
        match self {
            Self::Read(format) => 8 * format.size(),
            Self::Unread(_, bits) => bits,
        }
    }
}

impl Tensor {
    /// The number of bytes that its shape asks for, if that is a whole one and no overflow.
    pub(crate) fn size(&self) -> Option<usize> {
        let bits = count(&self.shape)?.checked_mul(self.elements.bits())?;
        bits.is_multiple_of(8).then_some(bits / 8)
    }

    /// The numbers of the tensor in the bytes of its file.
    pub(crate) fn decode(&self, bytes: &[u8]) -> Result<Array, ReadError> {
        let format = match self.elements {
            Elements::Read(format) => format,
            Elements::Unread(name, _) => {
                return Err(ReadError::unsupported(format!(
                    "elements of type {name} are not read (booleans, integers, F16, BF16, F32 and F64 are)"
                )));
            }
        };
        let data = bytes.get(self.place.clone()).unwrap_or_default();
        match Array::new(self.shape.clone(), decode(data, format, false)) {
            Some(array) => array.require_finite(),
            None => Err(ReadError::malformed("the shape does not match the data")),
        }
    }
}
