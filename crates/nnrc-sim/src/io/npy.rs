//! The .npy format of NumPy, versions 1 to 3.
//!
//! Source: NEP 1 and the docstring of `numpy.lib.format`: magic, version, length of the header, and a
//! header that is a Python dictionary of `descr`, `fortran_order` and `shape`.

use super::array::Array;
use super::array::count;
use super::error::{ReadError, ReadErrorKind};
use super::number::{Format, decode};

/// How the bytes of every .npy array begin.
pub(crate) const MAGIC: &[u8] = b"\x93NUMPY";
/// Magic, version and length of the header: as many bytes as say how long the header is.
pub(crate) const PREFIX: usize = 12;
/// Headers beyond this are refused: a thousand axes need a hundredth of it.
const HEADER_LIMIT: usize = 1 << 20;

/// What the header of an array says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Header {
    /// The type of elements as numpy writes it, `<f8`.
    element: String,
    fortran_order: bool,
    /// Sizes of the axes.
    pub(crate) shape: Vec<usize>,
    /// Where the data begin.
    start: usize,
}

/// Reads one array: integers, booleans, f16, f32 or f64 of either byte order, in C or Fortran order.
///
/// # Errors
///
/// [`ReadErrorKind::Pickled`] for arrays of Python objects, [`ReadErrorKind::Unsupported`] for other types
/// of elements, [`ReadErrorKind::NonFinite`], [`ReadErrorKind::Malformed`].
pub fn read(bytes: &[u8]) -> Result<Array, ReadError> {
    let header = Header::read(bytes)?;
    header.require_size(bytes.len())?;
    header.decode(bytes)
}

/// Where the header ends, from the first [`PREFIX`] bytes of an array.
///
/// # Errors
///
/// [`ReadErrorKind::Pickled`] and [`ReadErrorKind::Malformed`] for what is no array, and for headers beyond all
/// measure.
pub(crate) fn header_end(bytes: &[u8]) -> Result<usize, ReadError> {
    let Some(rest) = bytes.strip_prefix(MAGIC) else {
        return Err(match bytes {
            // The first bytes of every pickle of protocol 2 and above.
            [0x80, 2..=5, ..] => ReadError::new(ReadErrorKind::Pickled, "the file is a Python pickle"),
            _ => ReadError::malformed("the file does not begin as a .npy array"),
        });
    };
    let (length, start) = match *rest {
        [1, _, a, b, ..] => (u32::from(u16::from_le_bytes([a, b])), 10),
        [2 | 3, _, a, b, c, d, ..] => (u32::from_le_bytes([a, b, c, d]), 12),
        [1..=3, ..] | [] => return Err(truncated()),
        [version, ..] => return Err(ReadError::unsupported(format!("version {version} of the .npy format"))),
    };
    match usize::try_from(length) {
        Ok(length) if length <= HEADER_LIMIT => Ok(start + length),
        _ => Err(ReadError::malformed(format!("the header of the array claims {length} bytes"))),
    }
}

impl Header {
    /// Reads the header of an array from bytes that hold at least all of it.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, ReadError> {
        let end = header_end(bytes)?;
        let start = if bytes[MAGIC.len()] == 1 { 10 } else { 12 };
        let text = bytes.get(start..end).ok_or_else(truncated)?;
        match std::str::from_utf8(text) {
            Ok(text) => parse_header(text, end),
            Err(_) => Err(ReadError::malformed("the header of the array is not text")),
        }
    }

    /// Refuses a file of `length` bytes that does not hold what the header says.
    pub(crate) fn require_size(&self, length: usize) -> Result<(), ReadError> {
        let each = match Text::parse(&self.element) {
            Some(text) => text.size(),
            None => parse_type(&self.element)?.0.size(),
        };
        let size = length - self.start.min(length);
        if count(&self.shape).and_then(|count| count.checked_mul(each)) == Some(size) {
            return Ok(());
        }
        Err(ReadError::malformed(format!(
            "shape {:?} of `{}` does not match the {size} bytes of data",
            self.shape, self.element,
        )))
    }

    /// The array in `bytes`, whose length is the one that [`Header::require_size`] asks for.
    pub(crate) fn decode(self, bytes: &[u8]) -> Result<Array, ReadError> {
        let (format, big_endian) = parse_type(&self.element)?;
        let mut values = decode(bytes.get(self.start..).unwrap_or_default(), format, big_endian);
        if self.fortran_order {
            values = row_major(&values, &self.shape);
        }
        Array { shape: self.shape, values }.require_finite()
    }
}

impl Header {
    /// Whether the elements are strings.
    pub(crate) fn is_text(&self) -> bool {
        Text::parse(&self.element).is_some()
    }

    /// The strings in `bytes`, whose length is the one that [`Header::require_size`] asks for, in the order in which
    /// they stand.
    pub(crate) fn texts(&self, bytes: &[u8]) -> Result<Vec<String>, ReadError> {
        let Some(text) = Text::parse(&self.element) else {
            return Err(ReadError::unsupported(format!("elements of type `{}` are no text", self.element)));
        };
        let data = bytes.get(self.start..).unwrap_or_default();
        match text.size() {
            0 => Ok(vec![String::new(); count(&self.shape).unwrap_or(0)]),
            size => data.chunks_exact(size).map(|element| text.decode(element)).collect(),
        }
    }
}

/// How strings are stored: `<U12` is 12 characters of 4 bytes each, `|S12` is 12 bytes; zeros fill the rest.
#[derive(Debug, Clone, Copy)]
struct Text {
    /// The most characters, or bytes.
    length: usize,
    /// Whether a character has 4 bytes.
    is_wide: bool,
    big_endian: bool,
}

impl Text {
    /// The longest text of one element.
    const LONGEST: usize = 1 << 16;

    fn parse(element: &str) -> Option<Self> {
        let kind = element.trim_start_matches(['<', '>', '|', '=']);
        let is_wide = kind.starts_with('U');
        let length = kind.strip_prefix(['U', 'S', 'a'])?.parse().ok()?;
        (length <= Self::LONGEST).then_some(Self { length, is_wide, big_endian: element.starts_with('>') })
    }

    fn size(self) -> usize {
        if self.is_wide { 4 * self.length } else { self.length }
    }

    fn decode(self, element: &[u8]) -> Result<String, ReadError> {
        let bad = || ReadError::malformed("an element of the array is no text");
        let text = if self.is_wide {
            let code = |bytes: &[u8; 4]| {
                if self.big_endian { u32::from_be_bytes(*bytes) } else { u32::from_le_bytes(*bytes) }
            };
            let chars = element.as_chunks::<4>().0.iter().map(code).map(char::from_u32);
            chars.collect::<Option<String>>().ok_or_else(bad)?
        } else {
            std::str::from_utf8(element).map_err(|_| bad())?.to_owned()
        };
        Ok(text.trim_end_matches('\0').to_owned())
    }
}

fn truncated() -> ReadError {
    ReadError::malformed("the file ends within the header of the array")
}

/// Writes `array` as little-endian f64 in C order, format version 1.
pub fn write(array: &Array) -> Vec<u8> {
    let mut bytes = begin("<f8", &array.shape, 8 * array.values.len());
    for value in &array.values {
        bytes.extend_from_slice(&value.to_le_bytes());
    }
    bytes
}

/// Writes a list of strings, which numpy reads without pickle.
pub fn write_texts(texts: &[String]) -> Vec<u8> {
    // numpy has no strings of length 0.
    let length = texts.iter().map(|text| text.chars().count()).max().unwrap_or(0).max(1);
    let mut bytes = begin(&format!("<U{length}"), &[texts.len()], 4 * length * texts.len());
    for text in texts {
        let codes = text.chars().map(u32::from).chain(std::iter::repeat(0)).take(length);
        bytes.extend(codes.flat_map(u32::to_le_bytes));
    }
    bytes
}

/// Magic and header of an array in C order, with room for its data.
fn begin(element: &str, shape: &[usize], room: usize) -> Vec<u8> {
    let sizes: Vec<String> = shape.iter().map(usize::to_string).collect();
    let comma = if sizes.len() == 1 { "," } else { "" };
    let shape = format!("({}{comma})", sizes.join(", "));
    let mut header = format!("{{'descr': '{element}', 'fortran_order': False, 'shape': {shape}, }}");
    // Magic, version and length are 10 bytes; data begins at a multiple of 64 after a line end.
    let end = (10 + header.len() + 1).next_multiple_of(64);
    header.extend(std::iter::repeat_n(' ', end - 11 - header.len()));
    header.push('\n');
    let mut bytes = Vec::with_capacity(end + room);
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
    bytes
}

/// The dictionary of a header, whose data begin at `start`.
fn parse_header(text: &str, start: usize) -> Result<Header, ReadError> {
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
    Ok(Header { element: element.to_owned(), fortran_order, shape, start })
}

/// The storage of an element and whether it is big-endian, from a type such as `<f8`: every spelling that
/// `numpy.dtype` takes for the types that are read. The sizes of C types are those of 64-bit systems.
fn parse_type(element: &str) -> Result<(Format, bool), ReadError> {
    let (order, kind) = match element.strip_prefix(['<', '>', '|', '=']) {
        Some(kind) => (element.as_bytes()[0], kind),
        None => (b'|', element),
    };
    let format = match kind {
        "b1" | "?" | "bool" | "bool_" => Format::Bool,
        "f2" | "e" | "float16" | "half" => Format::Float(2),
        "f4" | "f" | "float32" | "single" => Format::Float(4),
        "f8" | "d" | "float64" | "double" | "float" => Format::Float(8),
        "i1" | "b" | "int8" | "byte" => Format::Signed(1),
        "i2" | "h" | "int16" | "short" => Format::Signed(2),
        "i4" | "i" | "int32" | "intc" => Format::Signed(4),
        "i8" | "l" | "q" | "p" | "int64" | "long" | "longlong" | "int" | "int_" | "intp" => Format::Signed(8),
        "u1" | "B" | "uint8" | "ubyte" => Format::Unsigned(1),
        "u2" | "H" | "uint16" | "ushort" => Format::Unsigned(2),
        "u4" | "I" | "uint32" | "uintc" => Format::Unsigned(4),
        "u8" | "L" | "Q" | "P" | "uint64" | "ulong" | "ulonglong" | "uint" | "uintp" => Format::Unsigned(8),
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
        let cases: [(&str, &[u8], f64); 12] = [
            (">f4", &[0x3f, 0xc0, 0, 0], 1.5),
            ("<f2", &[0x00, 0x3e], 1.5),
            (">i2", &[0xff, 0xfe], -2.0),
            ("|b1", &[1], 1.0),
            ("<u8", &[7, 0, 0, 0, 0, 0, 0, 0], 7.0),
            ("?", &[1], 1.0),
            // What `numpy.dtype` says of these spellings: f4, f2, i1, i8, i4 (big-endian), u2.
            ("f", &[0, 0, 0xc0, 0x3f], 1.5),
            ("half", &[0x00, 0x3e], 1.5),
            ("b", &[0xfe], -2.0),
            ("int", &[0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], -2.0),
            (">i", &[0, 0, 1, 1], 257.0),
            ("uint16", &[1, 1], 257.0),
        ];
        for (descr, data, value) in cases {
            assert_eq!(read(&file(&header(descr), data)).unwrap().values, [value], "{descr}");
        }
    }

    #[test]
    fn texts_are_written_and_read() {
        let read = |bytes: &[u8]| {
            let header = Header::read(bytes).unwrap();
            header.require_size(bytes.len()).unwrap();
            header.texts(bytes)
        };
        let texts = ["setosa", "", "Sch\u{f6}n \u{1f33c}"].map(str::to_owned);
        assert_eq!(read(&write_texts(&texts)).unwrap(), texts);
        assert_eq!(read(&write_texts(&[])).unwrap(), Vec::<String>::new());
        let header = |descr: &str| format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': (2,), }}");
        assert_eq!(read(&file(&header("|S3"), b"ab\0abc")).unwrap(), ["ab", "abc"]);
        assert_eq!(
            read(&file(&header(">U1"), &[0, 0, 0, 65, 0, 1, 0xf3, 0x3c])).unwrap(),
            ["A", "\u{1f33c}"]
        );
        assert!(read(&file(&header("<U1"), &[0xff; 8])).is_err());
        assert!(read(&file(&header("<f4"), &[0; 8])).is_err());
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
