//! The safetensors format: a JSON header of names, types and offsets, then little-endian data.

use super::array::{Array, Arrays, count};
use super::error::{ReadError, ReadErrorKind};
use super::file::ArrayFile;
use super::file::Entry;
use super::json::{Json, quoted};
use super::tensor::{Elements, Tensor};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;

/// Headers beyond this are refused: 100,000 tensors need about a tenth of it.
const HEADER_LIMIT: u64 = 100_000_000;

/// The name in the header under which free texts are.
const FREE: &str = "__metadata__";

/// The key of what nnrc says in `__metadata__`.
pub const METADATA: &str = "nnrc";

/// Opens a safetensors file.
///
/// The header is what the format has and no more: nothing but type, shape and offsets of tensors, each name once.
///
/// # Errors
///
/// [`ReadErrorKind::Malformed`] for truncated files and lying headers, [`ReadErrorKind::Pickled`]. What is wrong
/// with a tensor, reading it says.
pub fn open<'a>(bytes: impl Into<Cow<'a, [u8]>>) -> Result<ArrayFile<'a>, ReadError> {
    let bytes = bytes.into();
    let (header, data) = parts(&bytes)?;
    let explain = |error: ReadError| {
        ReadError::malformed(format!("not a readable safetensors file: {}", error.message))
    };
    let tensors = tensors(header).and_then(|tensors| placed(tensors, data.len())).map_err(explain)?;
    let start = bytes.len() - data.len();
    let entry = |tensor: Tensor| {
        let place = start + tensor.place.start..start + tensor.place.end;
        Entry::Tensor(Tensor { place, ..tensor })
    };
    let entries = tensors.into_iter().map(|(name, tensor)| (name, entry(tensor))).collect();
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
/// give equal bytes.
///
/// # Errors
///
/// Those of `writer`, and [`io::ErrorKind::InvalidInput`] where a shape does not fit its values.
pub fn write(mut writer: impl io::Write, arrays: &Arrays, metadata: Option<String>) -> io::Result<()> {
    let header = header(arrays, metadata)?;
    writer.write_all(&(header.len() as u64).to_le_bytes())?;
    writer.write_all(header.as_bytes())?;
    for array in arrays.values() {
        let data: Vec<u8> = array.values.iter().flat_map(|value| value.to_le_bytes()).collect();
        writer.write_all(&data)?;
    }
    Ok(())
}

fn header(arrays: &Arrays, metadata: Option<String>) -> io::Result<String> {
    let invalid = |message: String| io::Error::new(io::ErrorKind::InvalidInput, message);
    let mut members = Vec::with_capacity(arrays.len());
    members.extend(metadata.map(|text| format!("\"{FREE}\":{{\"{METADATA}\":{}}}", quoted(&text))));
    let mut start = 0;
    for (name, Array { shape, values }) in arrays {
        if count(shape) != Some(values.len()) {
            return Err(invalid(format!(
                "`{name}`: {} numbers do not fit the shape {shape:?}",
                values.len()
            )));
        }
        let end = start + size_of_val(values.as_slice());
        let sizes = shape.iter().map(usize::to_string).collect::<Vec<_>>().join(",");
        let name = quoted(name);
        members.push(format!(
            "{name}:{{\"dtype\":\"F64\",\"shape\":[{sizes}],\"data_offsets\":[{start},{end}]}}"
        ));
        start = end;
    }
    let mut header = format!("{{{}}}", members.join(","));
    // Data begin at a multiple of the size of a number.
    header.extend(std::iter::repeat_n(' ', header.len().next_multiple_of(size_of::<f64>()) - header.len()));
    if header.len() as u64 > HEADER_LIMIT {
        return Err(invalid(format!("the names of {} arrays are too long for a header", arrays.len())));
    }
    Ok(header)
}

/// Header and data: the length of the header is checked before anything looks at it.
fn parts(bytes: &[u8]) -> Result<(&[u8], &[u8]), ReadError> {
    if let [0x80, 2..=5, ..] = bytes
        && !matches!(bytes, [_, _, _, _, _, 0, 0, 0, ..])
    {
        return Err(ReadError::new(ReadErrorKind::Pickled, "the file is a Python pickle"));
    }
    let Some((length, rest)) = bytes.split_first_chunk() else {
        return Err(ReadError::malformed("the file is too short for a safetensors header"));
    };
    let length = u64::from_le_bytes(*length);
    let parts = usize::try_from(length).ok().and_then(|length| rest.split_at_checked(length));
    parts.filter(|_| length <= HEADER_LIMIT).ok_or_else(|| {
        ReadError::malformed(format!(
            "the header claims {length} bytes, but the file has {} after it begins",
            rest.len()
        ))
    })
}

/// The tensors of a header, with places from the beginning of the data.
fn tensors(header: &[u8]) -> Result<BTreeMap<String, Tensor>, ReadError> {
    let header =
        std::str::from_utf8(header).map_err(|_| ReadError::malformed("its header is not valid UTF-8"))?;
    let mut json = Json::of(header);
    let mut found = BTreeMap::new();
    json.object(|json, name| {
        let entry = if name == FREE {
            json.object(|json, _| json.string().map(drop))?;
            None
        } else {
            Some(tensor(json)?)
        };
        match found.insert(name.clone(), entry) {
            None => Ok(()),
            Some(_) => Err(ReadError::malformed(format!("its header has `{name}` twice"))),
        }
    })?;
    json.end()?;
    Ok(found.into_iter().filter_map(|(name, tensor)| Some((name, tensor?))).collect())
}

fn tensor(json: &mut Json<'_>) -> Result<Tensor, ReadError> {
    let (mut dtype, mut shape, mut offsets) = (None, None, None);
    json.object(|json, field| {
        let is_expected = match field.as_str() {
            "dtype" => dtype.replace(json.string()?).is_none(),
            "shape" => shape.replace(json.numbers()?).is_none(),
            "data_offsets" => offsets.replace(json.numbers()?).is_none(),
            _ => false,
        };
        if is_expected {
            return Ok(());
        }
        Err(ReadError::malformed(format!("a tensor has `{field}`, which it should not have, or not twice")))
    })?;
    let (Some(dtype), Some(shape), Some(&[start, end])) = (dtype, shape, offsets.as_deref()) else {
        return Err(ReadError::malformed("a tensor is without a type, a shape or two offsets"));
    };
    let unknown = || ReadError::malformed(format!("`{dtype}` is no type of elements"));
    Ok(Tensor { elements: Elements::named(&dtype).ok_or_else(unknown)?, shape, place: start..end })
}

/// The tensors, if they lie one behind the other and fill all data.
fn placed(tensors: BTreeMap<String, Tensor>, length: usize) -> Result<BTreeMap<String, Tensor>, ReadError> {
    let mut sorted: Vec<(&String, &Tensor)> = tensors.iter().collect();
    sorted.sort_by_key(|(_, tensor)| (tensor.place.start, tensor.place.end));
    let mut at = 0usize;
    for (name, tensor) in sorted {
        let end = tensor.size().and_then(|size| at.checked_add(size));
        if tensor.place.start != at || end != Some(tensor.place.end) {
            let message = format!("the offsets of `{name}` do not fit its shape, or what lies before it");
            return Err(ReadError::malformed(message));
        }
        at = tensor.place.end;
    }
    if at != length {
        return Err(ReadError::malformed(format!("tensors fill {at} bytes, but there are {length}")));
    }
    Ok(tensors)
}

#[cfg(test)]
mod tests;
