//! .npz archives of NumPy: named .npy arrays in a ZIP file.

use super::array::{Arrays, Texts};
use super::error::{ReadError, ReadErrorKind};
use super::file::ArrayFile;
use super::file::Entry;
use super::{npy, zip};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;

/// Name under which the array of a plain .npy file is returned, as `numpy.savez` names it.
pub const SINGLE: &str = "arr_0";

/// Opens a .npz file, or a .npy file as one array under the name [`SINGLE`].
///
/// As numpy does, takes every member that begins as an array for one, whatever it is called, and nothing else
/// that lies in the archive.
///
/// # Errors
///
/// [`ReadErrorKind::Pickled`] for the checkpoints of PyTorch, which are archives without arrays;
/// [`ReadErrorKind::Malformed`] for damaged archives. What is wrong with an array, reading it says.
pub fn open<'a>(bytes: impl Into<Cow<'a, [u8]>>) -> Result<ArrayFile<'a>, ReadError> {
    let bytes = bytes.into();
    let mut entries = BTreeMap::new();
    if !zip::is_archive(&bytes) {
        npy::Header::read(&bytes)?;
        entries.insert(SINGLE.to_owned(), Entry::Whole);
        return Ok(ArrayFile::new(bytes, entries));
    }
    let mut has_pickle = false;
    for member in zip::members(&bytes)? {
        has_pickle |= member.name.ends_with(".pkl");
        let short = member.name.strip_suffix(".npy");
        let begins_as_array = || {
            let beginning = member.beginning(&bytes, npy::MAGIC.len());
            beginning.is_ok_and(|beginning| beginning == npy::MAGIC)
        };
        // Archives made on macOS hold a file of attributes, `__MACOSX/._hidden.W.npy`, beside each array.
        if !(short.is_some() && !member.name.starts_with("__MACOSX/") || begins_as_array()) {
            continue;
        }
        let name = short.unwrap_or(&member.name).to_owned();
        entries.entry(name).and_modify(|entry| *entry = Entry::Twice).or_insert(Entry::Member(member));
    }
    if has_pickle && entries.is_empty() {
        let message = "the archive holds a Python pickle (a PyTorch checkpoint?), which is never read";
        return Err(ReadError::new(ReadErrorKind::Pickled, message));
    }
    Ok(ArrayFile::new(bytes, entries))
}

/// Reads all arrays of a .npz file, or the one of a .npy file under the name [`SINGLE`].
///
/// # Errors
///
/// Those of [`open`] and of [`ArrayFile::read`].
pub fn read(bytes: &[u8]) -> Result<Arrays, ReadError> {
    open(bytes)?.read_all()
}

/// Writes arrays as f64, sorted by name, stored, and without times: equal arrays give equal bytes.
///
/// # Errors
///
/// Those of `writer`, and [`io::ErrorKind::InvalidInput`] for more than 4 GiB or 65,534 arrays.
pub fn write(writer: impl io::Write, arrays: &Arrays) -> io::Result<()> {
    write_with_texts(writer, arrays, &Texts::new())
}

/// The same with one of the arrays before all others, which is the one to look at.
///
/// # Errors
///
/// Those of [`write()`].
pub fn write_headed(writer: impl io::Write, head: &str, arrays: &Arrays) -> io::Result<()> {
    let (first, rest): (Vec<_>, Vec<_>) = arrays.iter().partition(|(name, _)| *name == head);
    put(writer, first.into_iter().chain(rest).map(|(name, array)| (name, npy::write(array))))
}

/// The same with lists of strings beside them; a name in both is that of the strings.
///
/// # Errors
///
/// Those of [`write()`].
pub fn write_with_texts(writer: impl io::Write, arrays: &Arrays, texts: &Texts) -> io::Result<()> {
    let numbers = arrays.iter().map(|(name, array)| (name, npy::write(array)));
    let texts = texts.iter().map(|(name, texts)| (name, npy::write_texts(texts)));
    let members: BTreeMap<&String, Vec<u8>> = numbers.chain(texts).collect();
    put(writer, members.into_iter())
}

/// Writes the members of an archive in their order.
fn put<'a>(
    mut writer: impl io::Write,
    members: impl Iterator<Item = (&'a String, Vec<u8>)>,
) -> io::Result<()> {
    let (names, arrays): (Vec<String>, Vec<Vec<u8>>) =
        members.map(|(name, array)| (format!("{name}.npy"), array)).unzip();
    let archive = zip::write(names.iter().map(String::as_str).zip(arrays));
    let too_large = || io::Error::new(io::ErrorKind::InvalidInput, "the arrays need more than 4 GiB");
    writer.write_all(&archive.ok_or_else(too_large)?)
}
