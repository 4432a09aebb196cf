//! A file of named arrays that are decoded one by one: what nobody asks for costs nothing and can be anything.

use super::array::count;
use super::array::{Array, Arrays};
use super::error::ReadError;
use super::tensor::Tensor;
use super::{npy, zip};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// No array has more numbers than this: they take 4 GiB.
const MOST_NUMBERS: usize = 1 << 29;
/// An array that takes more bytes than this in memory must not be packed more than [`DENSEST`] times: measured
/// data and weights never are, and a file of a megabyte could claim a gigabyte.
const LARGE: usize = 256 << 20;
const DENSEST: usize = 200;

/// Named arrays in the bytes of a file.
///
/// [`npz::open`](super::npz::open) and [`safetensors::open`](super::safetensors::open) make one. It has read no more than what the arrays
/// are called.
#[derive(Debug, Clone, PartialEq)]
pub struct ArrayFile<'a> {
    bytes: Cow<'a, [u8]>,
    entries: BTreeMap<String, Entry>,
}

/// Where an array is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Entry {
    /// The whole file is a .npy array.
    Whole,
    /// A member of an archive.
    Member(zip::Member),
    /// Several members of an archive have the name.
    Twice,
    /// A tensor of a safetensors file.
    Tensor(Tensor),
}

impl<'a> ArrayFile<'a> {
    pub(super) fn new(bytes: Cow<'a, [u8]>, entries: BTreeMap<String, Entry>) -> Self {
        Self { bytes, entries }
    }

    /// The names of the arrays, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str)
    }

    /// Whether there is an array with this name.
    pub fn holds(&self, name: &str) -> bool {
        self.entries.contains_key(name)
    }

    /// Whether the array with this name holds strings.
    pub fn holds_texts(&self, name: &str) -> bool {
        let header = match self.entries.get(name) {
            Some(Entry::Whole) => self.whole_header(),
            Some(Entry::Member(member)) => self.header(member),
            Some(Entry::Twice | Entry::Tensor(_)) | None => return false,
        };
        header.is_ok_and(|header| header.is_text())
    }

    /// The sizes of the axes of an array, from its header; none if there is no such array.
    ///
    /// # Errors
    ///
    /// Those of [`ArrayFile::read`] that show in the header.
    pub fn shape(&self, name: &str) -> Option<Result<Vec<usize>, ReadError>> {
        let shape = match self.entries.get(name)? {
            Entry::Whole => self.whole_header().map(|header| header.shape),
            Entry::Member(member) => self.header(member).map(|header| header.shape),
            Entry::Twice => Err(twice()),
            Entry::Tensor(tensor) => Ok(tensor.shape.clone()),
        };
        Some(shape.map_err(|error| self.name(error, name)))
    }

    /// Decodes an array; none if there is none with this name.
    ///
    /// # Errors
    ///
    /// [`Pickled`](super::ReadErrorKind::Pickled) for arrays of Python objects,
    /// [`Unsupported`](super::ReadErrorKind::Unsupported) for other types of elements and for arrays of more than
    /// half a billion numbers or packed beyond belief, [`NonFinite`](super::ReadErrorKind::NonFinite),
    /// [`Malformed`](super::ReadErrorKind::Malformed) for what is damaged or there twice: all of them name the array.
    pub fn read(&self, name: &str) -> Option<Result<Array, ReadError>> {
        let array = match self.entries.get(name)? {
            Entry::Whole => self.whole(),
            Entry::Member(member) => self.member(member),
            Entry::Twice => Err(twice()),
            Entry::Tensor(tensor) => require_few(&tensor.shape).and_then(|()| tensor.decode(&self.bytes)),
        };
        Some(array.map_err(|error| self.name(error, name)))
    }

    /// The strings of an array of strings; none if there is none with this name, or it holds something
    /// else.
    ///
    /// # Errors
    ///
    /// Those of [`ArrayFile::read`].
    pub fn texts(&self, name: &str) -> Option<Result<Vec<String>, ReadError>> {
        if !self.holds_texts(name) {
            return None;
        }
        let read = |header: npy::Header, bytes: &[u8]| {
            require_few(&header.shape)?;
            header.texts(bytes)
        };
        let texts = match self.entries.get(name)? {
            Entry::Whole => self.whole_header().and_then(|header| read(header, &self.bytes)),
            Entry::Member(member) => {
                self.header(member).and_then(|header| read(header, &member.contents(&self.bytes)?))
            }
            Entry::Twice | Entry::Tensor(_) => return None,
        };
        Some(texts.map_err(|error| self.name(error, name)))
    }

    /// Decodes all arrays but those of strings.
    ///
    /// # Errors
    ///
    /// The first of [`ArrayFile::read`].
    pub fn read_all(&self) -> Result<Arrays, ReadError> {
        let read = |name: &str| Some((name.to_owned(), self.read(name)?));
        let numbers = self.names().filter(|name| !self.holds_texts(name));
        numbers.filter_map(read).map(|(name, array)| array.map(|array| (name, array))).collect()
    }

    /// The header of an array, which says no more than the member can hold.
    fn header(&self, member: &zip::Member) -> Result<npy::Header, ReadError> {
        let end = npy::header_end(&member.beginning(&self.bytes, npy::PREFIX)?)?;
        let header = npy::Header::read(&member.beginning(&self.bytes, end)?)?;
        header.require_size(member.size)?;
        Ok(header)
    }

    fn whole_header(&self) -> Result<npy::Header, ReadError> {
        let header = npy::Header::read(&self.bytes)?;
        header.require_size(self.bytes.len())?;
        Ok(header)
    }

    fn whole(&self) -> Result<Array, ReadError> {
        let header = self.whole_header()?;
        require_few(&header.shape)?;
        header.decode(&self.bytes)
    }

    /// What the header says is judged before anything is unpacked.
    fn member(&self, member: &zip::Member) -> Result<Array, ReadError> {
        let header = self.header(member)?;
        require_few(&header.shape)?;
        let numbers = count(&header.shape).unwrap_or(usize::MAX);
        if numbers > LARGE / size_of::<f64>() && member.size / DENSEST > member.packed() {
            return Err(ReadError::unsupported(format!(
                "{numbers} numbers are packed into {} bytes, more than {DENSEST} to 1; an array of this size is \
                 read where it is stored without compression, as `numpy.savez` does",
                member.packed()
            )));
        }
        header.decode(&member.contents(&self.bytes)?)
    }

    /// Says of which array something is wrong, where the file has more than one.
    fn name(&self, error: ReadError, name: &str) -> ReadError {
        if matches!(self.entries.get(name), Some(Entry::Whole)) { error } else { error.within(name) }
    }
}

fn require_few(shape: &[usize]) -> Result<(), ReadError> {
    match count(shape) {
        Some(numbers) if numbers <= MOST_NUMBERS => Ok(()),
        _ => Err(ReadError::unsupported(format!(
            "shape {shape:?} is beyond {MOST_NUMBERS} numbers, the limit for one array"
        ))),
    }
}

fn twice() -> ReadError {
    ReadError::malformed("the archive holds it twice")
}
