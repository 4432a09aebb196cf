//! The safetensors format: a JSON header of names, types and offsets, then little-endian data.

use super::file::Entry;
use super::number::{Format, decode};
use super::{Array, ArrayFile, Arrays, ReadError, ReadErrorKind};
use safetensors::tensor::{Dtype, SafeTensorError, SafeTensors, TensorView};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;
use std::ops::Range;

/// Headers beyond this are refused: 100,000 tensors need about a tenth of it.
const HEADER_LIMIT: u64 = 100_000_000;

/// The key of what nnrc says in `__metadata__`.
pub const METADATA: &str = "nnrc";

/// A tensor as the header describes it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tensor {
    dtype: Dtype,
    /// Sizes of the axes.
    pub(crate) shape: Vec<usize>,
    /// Where in the file its data are.
    place: Range<usize>,
}

/// Opens a safetensors file.
///
/// # Errors
///
/// [`ReadErrorKind::Malformed`] for truncated files and lying headers, [`ReadErrorKind::Pickled`]. What is wrong
/// with a tensor, reading it says.
pub fn open<'a>(bytes: impl Into<Cow<'a, [u8]>>) -> Result<ArrayFile<'a>, ReadError> {
    let bytes = bytes.into();
    check_header_length(&bytes)?;
    let (length, metadata) = SafeTensors::read_metadata(&bytes).map_err(explain)?;
    let start = length + size_of::<u64>();
    let mut entries = BTreeMap::new();
    for name in metadata.offset_keys() {
        let Some(info) = metadata.info(&name) else { continue };
        let place = start + info.data_offsets.0..start + info.data_offsets.1;
        entries.insert(name, Entry::Tensor(Tensor { dtype: info.dtype, shape: info.shape.clone(), place }));
    }
    Ok(ArrayFile::new(bytes, entries))
}

/// Reads all tensors: booleans, integers, F16, BF16, F32 and F64.
///
/// # Errors
///
/// Those of [`open`] and of [`ArrayFile::read`].
pub fn read(bytes: &[u8]) -> Result<Arrays, ReadError> {
    open(bytes)?.read_all()
}

/// Writes arrays as F64, sorted by name, with an entry of the metadata under [`METADATA`] if there is one: equal arrays
/// give equal bytes. (The library writes several entries in any order.)
///
/// # Errors
///
/// Those of `writer`, and [`io::ErrorKind::InvalidInput`] where a shape does not fit its values.
pub fn write(mut writer: impl io::Write, arrays: &Arrays, metadata: Option<String>) -> io::Result<()> {
    let invalid = |error: SafeTensorError| io::Error::new(io::ErrorKind::InvalidInput, error.to_string());
    let data: Vec<Vec<u8>> = arrays
        .values()
        .map(|array| array.values.iter().flat_map(|value| value.to_le_bytes()).collect())
        .collect();
    let mut views = Vec::with_capacity(data.len());
    for ((name, array), data) in arrays.iter().zip(&data) {
        views.push((name, TensorView::new(Dtype::F64, array.shape.clone(), data).map_err(invalid)?));
    }
    let metadata = metadata.map(|text| std::iter::once((METADATA.to_owned(), text)).collect());
    writer.write_all(&safetensors::serialize(views, metadata).map_err(invalid)?)
}

/// The header is JSON: its length is checked before anything looks at it.
fn check_header_length(bytes: &[u8]) -> Result<(), ReadError> {
    if let [0x80, 2..=5, ..] = bytes
        && !matches!(bytes, [_, _, _, _, _, 0, 0, 0, ..])
    {
        return Err(ReadError::new(ReadErrorKind::Pickled, "the file is a Python pickle"));
    }
    let Some((length, rest)) = bytes.split_first_chunk() else {
        return Err(ReadError::malformed("the file is too short for a safetensors header"));
    };
    let length = u64::from_le_bytes(*length);
    if length > HEADER_LIMIT || length > rest.len() as u64 {
        return Err(ReadError::malformed(format!(
            "the header claims {length} bytes, but the file has {} after it begins",
            rest.len()
        )));
    }
    Ok(())
}

fn explain(error: SafeTensorError) -> ReadError {
    ReadError::malformed(format!("not a readable safetensors file: {error}"))
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
