//! The .npy format of NumPy, versions 1 to 3.
//!
//! Source: NEP 1 and the docstring of `numpy.lib.format`: magic, version, length of the header, and a
//! header that is a Python dictionary of `descr`, `fortran_order` and `shape`.

use super::array::count;
use super::number::{Format, decode};
use super::{Array, ReadError, ReadErrorKind};

const MAGIC: &[u8] = b"\x93NUMPY";

/// Reads one array: integers, booleans, f16, f32 or f64 of either byte order, in C or Fortran order.
///
/// # Errors
///
/// [`ReadErrorKind::Pickled`] for arrays of Python objects, [`ReadErrorKind::Unsupported`] for other types
/// of elements, [`ReadErrorKind::NonFinite`], [`ReadErrorKind::Malformed`].
pub fn read(bytes: &[u8]) -> Result<Array, ReadError> {
    let (header, data) = split(bytes)?;
    let header = parse_header(header)?;
    let (format, big_endian) = parse_type(&header.element)?;
    let expected = count(&header.shape).and_then(|count| count.checked_mul(format.size()));
    if expected != Some(data.len()) {
        return Err(ReadError::malformed(format!(
            "shape {:?} of `{}` does not match the {} bytes of data",
            header.shape,
            header.element,
            data.len()
        )));
    }
    let mut values = decode(data, format, big_endian);
    if header.fortran_order {
        values = row_major(&values, &header.shape);
    }
    Array { shape: header.shape, values }.require_finite()
}

/// Writes `array` as little-endian f64 in C order, format version 1.
pub fn write(array: &Array) -> Vec<u8> {
    let sizes: Vec<String> = array.shape.iter().map(usize::to_string).collect();
    let comma = if sizes.len() == 1 { "," } else { "" };
    let shape = format!("({}{comma})", sizes.join(", "));
    let mut header = format!("{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}");
    // Magic, version and length are 10 bytes; data begins at a multiple of 64 after a line end.
    let end = (10 + header.len() + 1).next_multiple_of(64);
    header.extend(std::iter::repeat_n(' ', end - 11 - header.len()));
    header.push('\n');
    let mut bytes = Vec::with_capacity(end + 8 * array.values.len());
    bytes.extend_from_slice(MAGIC);
    match u16::try_from(header.len()) {
        Ok(length) => {
            bytes.extend_from_slice(&[1, 0]);
            bytes.extend_from_slice(&length.to_le_bytes());
        }
        // Thousands of axes: the length has four bytes in version 2.
        Err(_) => {
            bytes.extend_from_slice(&[2, 0]);
            bytes.extend_from_slice(&(header.len() as u32).to_le_bytes());
        }
    }
    bytes.extend_from_slice(header.as_bytes());
    for value in &array.values {
        bytes.extend_from_slice(&value.to_le_bytes());
    }
    bytes
}

struct Header {
    element: String,
    fortran_order: bool,
    shape: Vec<usize>,
}

/// Splits a file into the text of its header and its data.
fn split(bytes: &[u8]) -> Result<(&str, &[u8]), ReadError> {
    let Some(rest) = bytes.strip_prefix(MAGIC) else {
        return Err(match bytes {
            // The first bytes of every pickle of protocol 2 and above.
            [0x80, 2..=5, ..] => ReadError::new(ReadErrorKind::Pickled, "the file is a Python pickle"),
            _ => ReadError::malformed("the file does not begin as a .npy array"),
        });
    };
    let truncated = || ReadError::malformed("the file ends within the header of the array");
    let (length, rest) = match *rest {
        [1, _, a, b, ref rest @ ..] => (u32::from(u16::from_le_bytes([a, b])), rest),
        [2 | 3, _, a, b, c, d, ref rest @ ..] => (u32::from_le_bytes([a, b, c, d]), rest),
        [1..=3, ..] | [] => return Err(truncated()),
        [version, ..] => return Err(ReadError::unsupported(format!("version {version} of the .npy format"))),
    };
    let (header, data) = usize::try_from(length)
        .ok()
        .and_then(|length| rest.split_at_checked(length))
        .ok_or_else(truncated)?;
    match std::str::from_utf8(header) {
        Ok(header) => Ok((header, data)),
        Err(_) => Err(ReadError::malformed("the header of the array is not text")),
    }
}

fn parse_header(text: &str) -> Result<Header, ReadError> {
    let bad = |what: &str| ReadError::malformed(format!("the header of the array has no readable {what}"));
    let after = |key: &str| -> Option<&str> {
        let quoted = text.find(&format!("'{key}'")).or_else(|| text.find(&format!("\"{key}\"")))?;
        Some(text[quoted + key.len() + 2..].trim_start().strip_prefix(':')?.trim_start())
    };
    let descr = after("descr").ok_or_else(|| bad("type of elements"))?;
    if descr.starts_with('[') {
        return Err(ReadError::unsupported("arrays of records are not read"));
    }
    let quote = descr.chars().next().filter(|quote| "'\"".contains(*quote));
    let element =
        quote.and_then(|quote| descr[1..].split_once(quote)).ok_or_else(|| bad("type of elements"))?.0;
    let order = after("fortran_order").ok_or_else(|| bad("order"))?;
    let fortran_order = match order {
        order if order.starts_with("True") => true,
        order if order.starts_with("False") => false,
        _ => return Err(bad("order")),
    };
    let sizes = after("shape").and_then(|shape| shape.strip_prefix('(')?.split_once(')'));
    let sizes = sizes.ok_or_else(|| bad("shape"))?.0;
    let mut shape = Vec::new();
    for size in sizes.split(',').map(str::trim).filter(|size| !size.is_empty()) {
        // Python 2 wrote long integers as `3L`.
        let size = size.strip_suffix('L').unwrap_or(size);
        shape.push(size.parse().map_err(|_| bad("shape"))?);
    }
    Ok(Header { element: element.to_owned(), fortran_order, shape })
}

/// The storage of an element and whether it is big-endian, from a type such as `<f8`.
fn parse_type(element: &str) -> Result<(Format, bool), ReadError> {
    let (order, kind) = match element.strip_prefix(['<', '>', '|', '=']) {
        Some(kind) => (element.as_bytes()[0], kind),
        None => (b'|', element),
    };
    let format = match kind {
        "b1" | "?" => Format::Bool,
        "f2" | "f4" | "f8" => Format::Float(usize::from(kind.as_bytes()[1] - b'0')),
        "i1" | "i2" | "i4" | "i8" => Format::Signed(usize::from(kind.as_bytes()[1] - b'0')),
        "u1" | "u2" | "u4" | "u8" => Format::Unsigned(usize::from(kind.as_bytes()[1] - b'0')),
        _ if kind.starts_with('O') => {
            let message = "the array holds Python objects (a pickle), which are never read";
            return Err(ReadError::new(ReadErrorKind::Pickled, message));
        }
        _ => {
            return Err(ReadError::unsupported(format!(
                "elements of type `{element}` are not read (integers, booleans, f16, f32 and f64 are)"
            )));
        }
    };
    Ok((format, order == b'>'))
}

/// Brings values stored with the first index fastest into row-major order.
fn row_major(values: &[f64], shape: &[usize]) -> Vec<f64> {
    let mut strides = Vec::with_capacity(shape.len());
    let mut stride = 1;
    for size in shape {
        strides.push(stride);
        stride *= size;
    }
    let mut indices = vec![0; shape.len()];
    let mut position = 0;
    let mut sorted = Vec::with_capacity(values.len());
    for _ in 0..values.len() {
        sorted.push(values[position]);
        for axis in (0..shape.len()).rev() {
            indices[axis] += 1;
            position += strides[axis];
            if indices[axis] < shape[axis] {
                break;
            }
            position -= strides[axis] * shape[axis];
            indices[axis] = 0;
        }
    }
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(header: &str, data: &[u8]) -> Vec<u8> {
        let mut bytes = [MAGIC, &[1, 0], &(header.len() as u16).to_le_bytes()].concat();
        bytes.extend_from_slice(header.as_bytes());
        bytes.extend_from_slice(data);
        bytes
    }

    #[test]
    fn written_arrays_are_read_back() {
        for shape in [vec![], vec![3], vec![2, 3], vec![0, 4], vec![1; 20]] {
            let count = shape.iter().product::<usize>();
            let array = Array::new(shape, (0..count).map(|i| 0.1 * i as f64 - 1.0).collect()).unwrap();
            let bytes = write(&array);
            assert_eq!((bytes.len() - 8 * count) % 64, 0);
            assert_eq!(read(&bytes).unwrap(), array);
        }
    }

    #[test]
    fn fortran_order_becomes_row_major() {
        let data: Vec<u8> = (0..6u8).collect();
        let bytes = file("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }\n", &data);
        assert_eq!(read(&bytes).unwrap().values, [0.0, 2.0, 4.0, 1.0, 3.0, 5.0]);
        let data: Vec<u8> = (0..24u8).collect();
        let bytes = file("{'descr': '|i1', 'fortran_order': True, 'shape': (2, 3, 4), }\n", &data);
        let array = read(&bytes).unwrap();
        // Element [1, 2, 3] is the last in either order; [1, 0, 2] is 1 + 2 · 6.
        assert_eq!((array.values[23], array.values[12 + 2]), (23.0, 13.0));
    }

    #[test]
    fn types_and_byte_orders() {
        let header = |descr: &str| format!("{{\"shape\": (1,), 'fortran_order': False, 'descr': '{descr}'}}");
        let cases: [(&str, &[u8], f64); 6] = [
            (">f4", &[0x3f, 0xc0, 0, 0], 1.5),
            ("<f2", &[0x00, 0x3e], 1.5),
            (">i2", &[0xff, 0xfe], -2.0),
            ("|b1", &[1], 1.0),
            ("<u8", &[7, 0, 0, 0, 0, 0, 0, 0], 7.0),
            ("?", &[1], 1.0),
        ];
        for (descr, data, value) in cases {
            assert_eq!(read(&file(&header(descr), data)).unwrap().values, [value], "{descr}");
        }
    }

    #[test]
    fn faults_have_their_kinds() {
        let header = |descr: &str, shape: &str| {
            format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}")
        };
        let kind = |bytes: &[u8]| read(bytes).unwrap_err().kind;
        assert_eq!(kind(&file(&header("|O", "(1,)"), &[0x80, 3])), ReadErrorKind::Pickled);
        assert_eq!(kind(&[0x80, 4, 0x95]), ReadErrorKind::Pickled);
        assert_eq!(kind(&file(&header("<c16", "(1,)"), &[0; 16])), ReadErrorKind::Unsupported);
        assert_eq!(kind(&file(&header("<U3", "(1,)"), &[0; 12])), ReadErrorKind::Unsupported);
        let records = "{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,)}";
        assert_eq!(kind(&file(records, &[0; 8])), ReadErrorKind::Unsupported);
        assert_eq!(kind(&file(&header("<f8", "(2,)"), &[0; 8])), ReadErrorKind::Malformed);
        let huge = "(4294967296, 4294967296, 4294967296)";
        assert_eq!(kind(&file(&header("<f8", huge), &[0; 8])), ReadErrorKind::Malformed);
        assert_eq!(kind(b"x,y\n1,2\n"), ReadErrorKind::Malformed);
        assert_eq!(kind(b""), ReadErrorKind::Malformed);

        let data = [1.0f64.to_le_bytes(), f64::NAN.to_le_bytes()].concat();
        let error = read(&file(&header("<f8", "(2, 1)"), &data)).unwrap_err();
        assert_eq!(error.kind, ReadErrorKind::NonFinite);
        assert_eq!(error.message, "element [1, 0] is NaN, not a finite number");
    }
}
