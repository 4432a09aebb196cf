//! The IDX format of the MNIST files: a magic number, big-endian sizes, big-endian elements.
//!
//! Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits", section "File
//! formats". Elements are kept as they are: pixels are 0 to 255.

use super::array::Array;
use super::array::count;
use super::error::ReadError;
use super::number::{Format, decode};

/// The number of bytes of a file that begins with these, its header.
///
/// # Errors
///
/// [`Malformed`](super::ReadErrorKind::Malformed) for another format, and for sizes beyond this machine.
pub fn size(start: &[u8]) -> Result<usize, ReadError> {
    let (format, shape, data) = header(start)?;
    let header = start.len() - data.len();
    count(&shape)
        .and_then(|count| count.checked_mul(format.size())?.checked_add(header))
        .ok_or_else(|| ReadError::malformed(format!("its sizes {shape:?} are beyond this machine")))
}

/// Reads one array.
///
/// # Errors
///
/// [`Malformed`](super::ReadErrorKind::Malformed) for another format or a wrong number of bytes,
/// [`Unsupported`](super::ReadErrorKind::Unsupported) for compressed files,
/// [`NonFinite`](super::ReadErrorKind::NonFinite).
pub fn read(bytes: &[u8]) -> Result<Array, ReadError> {
    if bytes.starts_with(&[0x1f, 0x8b]) {
        return Err(ReadError::unsupported("the file is compressed; unpack it with gunzip first"));
    }
    let (format, shape, data) = header(bytes)?;
    if count(&shape).and_then(|count| count.checked_mul(format.size())) != Some(data.len()) {
        return Err(ReadError::malformed(format!(
            "sizes {shape:?} do not match the {} bytes of data",
            data.len()
        )));
    }
    let values = decode(data, format, true);
    Array { shape, values }.require_finite()
}

/// The format of the elements, the sizes, and the bytes after them.
fn header(bytes: &[u8]) -> Result<(Format, Vec<usize>, &[u8]), ReadError> {
    let [0, 0, element, axes, ref rest @ ..] = *bytes else {
        return Err(ReadError::malformed("the file does not begin with the magic number of the IDX format"));
    };
    let format = match element {
        0x08 => Format::Unsigned(1),
        0x09 => Format::Signed(1),
        0x0b => Format::Signed(2),
        0x0c => Format::Signed(4),
        0x0d => Format::Float(4),
        0x0e => Format::Float(8),
        _ => {
            return Err(ReadError::malformed(format!(
                "{element:#04x} is not an element type of the IDX format"
            )));
        }
    };
    let Some((sizes, data)) = rest.split_at_checked(4 * usize::from(axes)) else {
        return Err(ReadError::malformed("the file ends within its sizes"));
    };
    let mut shape = Vec::with_capacity(usize::from(axes));
    for size in decode(sizes, Format::Unsigned(4), true) {
        // A whole number below 2³²: exact.
        shape.push(size as usize);
    }
    Ok((format, shape, data))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::ReadErrorKind;

    #[test]
    fn images_and_labels() {
        let images = [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 2, 0, 255, 7, 1];
        let array = read(&images).unwrap();
        assert_eq!((array.shape, array.values), (vec![1, 2, 2], vec![0.0, 255.0, 7.0, 1.0]));
        let floats = [&[0u8, 0, 0x0d, 1, 0, 0, 0, 1][..], &1.5f32.to_be_bytes()].concat();
        assert_eq!(read(&floats).unwrap().values, [1.5]);
    }

    #[test]
    fn faults_have_their_kinds() {
        let kind = |bytes: &[u8]| read(bytes).unwrap_err().kind;
        assert_eq!(kind(&[0x1f, 0x8b, 8]), ReadErrorKind::Unsupported);
        assert_eq!(kind(&[0, 0, 8, 1, 0, 0, 0, 3, 1, 2]), ReadErrorKind::Malformed);
        assert_eq!(kind(&[0, 0, 8, 9, 255, 255]), ReadErrorKind::Malformed);
        assert_eq!(kind(&[0, 0, 7, 0, 1]), ReadErrorKind::Malformed);
        assert_eq!(kind(b"PK\x03\x04"), ReadErrorKind::Malformed);
        let nan = [&[0u8, 0, 0x0e, 1, 0, 0, 0, 1][..], &f64::NAN.to_be_bytes()].concat();
        assert_eq!(kind(&nan), ReadErrorKind::NonFinite);
    }
}
