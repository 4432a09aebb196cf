//! The safetensors format: a JSON header of names, types and offsets, then little-endian data.

use super::array::Arrays;
use super::error::{ReadError, ReadErrorKind};
use super::file::ArrayFile;
use super::file::Entry;
use super::tensor::Tensor;
use safetensors::tensor::{Dtype, SafeTensorError, SafeTensors, TensorView};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;

/// Headers beyond this are refused: 100,000 tensors need about a tenth of it.
const HEADER_LIMIT: u64 = 100_000_000;

/// The key of what nnrc says in `__metadata__`.
pub const METADATA: &str = "nnrc";

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
