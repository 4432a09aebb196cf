//! Files that are either complete or not there.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use super::unfinished::Unfinished;

/// As many links as may lead from one to the next.
const MOST_LINKS: usize = 40;

/// Writes a file beside `path`, and gives it that name only once `write` has succeeded and all bytes are on
/// the disk. On failure the half-written file is removed and whatever was at `path` stays. What a link points to is
/// replaced, and the link stays; the new file has the mode of the old one.
///
/// # Errors
///
/// Those of `write` and of the file system: a file that may not be written to is not replaced either.
pub fn write_atomically(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
) -> io::Result<()> {
    let place = behind_links(path)?;
    if place.file_name().is_none() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "the path does not name a file"));
    }
    let replaced = permissions(&place)?;
    // Only within one file system is renaming atomic.
    let (part, file) = Unfinished::file(place.parent().unwrap_or(Path::new("")))?;
    if let Some(permissions) = replaced {
        // Before anything is in it: what was for few eyes stays so.
        file.set_permissions(permissions)?;
    }
    let mut writer = BufWriter::new(file);
    write(&mut writer)?;
    let file = writer.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.sync_all()?;
    // Windows renames no file that is still open.
    drop(file);
    part.complete(|part| fs::rename(part, &place))
}

/// Those of the file that will be replaced, if there is one.
///
/// # Errors
///
/// For a file that may not be written to, and for what is no file.
pub fn permissions(place: &Path) -> io::Result<Option<Permissions>> {
    match fs::metadata(place) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
        Ok(found) if found.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
        Ok(found) if !found.is_file() => {
            Err(io::Error::new(io::ErrorKind::InvalidInput, "there is a device or a pipe in its place"))
        }
        // Renaming asks for no leave of the file itself.
        Ok(found) => OpenOptions::new().write(true).open(place).map(|_| Some(found.permissions())),
    }
}

/// The path that a link, or a link to a link, leads to, whether there is anything or not.
///
/// # Errors
///
/// For links that lead round in a circle.
pub fn behind_links(path: &Path) -> io::Result<PathBuf> {
    let mut place = path.to_owned();
    for _ in 0..MOST_LINKS {
        match fs::read_link(&place) {
            // A relative one begins at the folder of the link.
            Ok(target) => place = place.parent().unwrap_or(Path::new("")).join(target),
            // No link, or nothing at all.
            Err(_) => return Ok(place),
        }
    }
    Err(io::Error::new(io::ErrorKind::InvalidInput, "its links lead round in a circle"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::folder;
    use std::io::Write;

    #[test]
    fn failures_leave_nothing_behind() {
        let folder = folder("atomic");
        let path = folder.join("out.csv");
        write_atomically(&path, |writer| writer.write_all(b"first")).unwrap();
        let failed = write_atomically(&path, |writer| {
            writer.write_all(b"second")?;
            Err(io::Error::other("disk on fire"))
        });
        assert_eq!(failed.unwrap_err().to_string(), "disk on fire");
        assert_eq!(fs::read(&path).unwrap(), b"first");
        write_atomically(&path, |writer| writer.write_all(b"third")).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"third");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        assert!(write_atomically(&folder.join("missing").join("x"), |_| Ok(())).is_err());
        assert!(write_atomically(Path::new("/"), |_| Ok(())).is_err());
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn names_may_be_as_long_as_the_file_system_takes() {
        let folder = folder("long");
        let path = folder.join(format!("{}.csv", "n".repeat(251)));
        write_atomically(&path, |writer| writer.write_all(b"long")).unwrap();
        write_atomically(&path, |writer| writer.write_all(b"longer")).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"longer");
        assert!(write_atomically(&folder.join("n".repeat(256)), |_| Ok(())).is_err());
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    #[cfg(unix)]
    fn modes_and_links_stay() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = folder("links");
        fs::create_dir(folder.join("far")).unwrap();
        let file = folder.join("far/data.csv");
        fs::write(&file, "old").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        symlink("far/data.csv", folder.join("first")).unwrap();
        symlink(folder.join("first"), folder.join("second")).unwrap();
        write_atomically(&folder.join("second"), |writer| writer.write_all(b"new")).unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"new");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o7777, 0o640);
        assert_eq!(fs::read_link(folder.join("first")).unwrap(), Path::new("far/data.csv"));
        // A link to what is not there yet makes it.
        symlink("far/fresh.csv", folder.join("third")).unwrap();
        write_atomically(&folder.join("third"), |writer| writer.write_all(b"fresh")).unwrap();
        assert_eq!(fs::read(folder.join("far/fresh.csv")).unwrap(), b"fresh");
        symlink("round", folder.join("round")).unwrap();
        assert!(write_atomically(&folder.join("round"), |_| Ok(())).is_err());
        assert_eq!(fs::read_dir(folder.join("far")).unwrap().count(), 2);
        fs::remove_dir_all(&folder).unwrap();
    }
}
