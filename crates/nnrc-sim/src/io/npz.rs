//! .npz archives of NumPy: named .npy arrays in a ZIP file.

use super::{Array, Arrays, ReadError, ReadErrorKind, npy, zip};
use std::io;

/// Name under which the array of a plain .npy file is returned, as `numpy.savez` names it.
pub const SINGLE: &str = "arr_0";

/// Reads all arrays of a .npz file, or the one of a .npy file under the name [`SINGLE`].
///
/// # Errors
///
/// Those of [`npy::read`], naming the array; [`ReadErrorKind::Pickled`] for the checkpoints of PyTorch,
/// which are archives too; [`ReadErrorKind::Malformed`] for a damaged archive or a name that occurs twice.
pub fn read(bytes: &[u8]) -> Result<Arrays, ReadError> {
    let mut arrays = Arrays::new();
    if !zip::is_archive(bytes) {
        arrays.insert(SINGLE.to_owned(), npy::read(bytes)?);
        return Ok(arrays);
    }
    for member in zip::members(bytes)? {
        if member.name.ends_with(".pkl") {
            let message = "the archive holds a Python pickle (a PyTorch checkpoint?), which is never read";
            return Err(ReadError::new(ReadErrorKind::Pickled, message));
        }
        // NumPy looks at nothing else in the archive.
        let Some(name) = member.name.strip_suffix(".npy") else { continue };
        let array = npy::read(&member.contents()?).map_err(|error| error.within(name))?;
        if arrays.insert(name.to_owned(), array).is_some() {
            return Err(ReadError::malformed(format!("the array `{name}` is there twice")));
        }
    }
    Ok(arrays)
}

/// Writes arrays as f64, sorted by name, stored, and without times: equal arrays give equal bytes.
///
/// # Errors
///
/// Those of `writer`, and [`io::ErrorKind::InvalidInput`] for more than 4 GiB or 65,534 arrays.
pub fn write(mut writer: impl io::Write, arrays: &Arrays) -> io::Result<()> {
    let names: Vec<String> = arrays.keys().map(|name| format!("{name}.npy")).collect();
    let contents = arrays.values().map(|array: &Array| npy::write(array));
    let archive = zip::write(names.iter().map(String::as_str).zip(contents));
    let too_large = || io::Error::new(io::ErrorKind::InvalidInput, "the arrays need more than 4 GiB");
    writer.write_all(&archive.ok_or_else(too_large)?)
}
