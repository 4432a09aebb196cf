//! Files that are read: what may be one, and which they are.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// The largest file that is read, in bytes.
pub const MAX_BYTES: u64 = 4 << 30;

/// The bytes of a file of data, weights or numbers. A device or a pipe may never end, so only regular files are read.
///
/// # Errors
///
/// Those of the file system, and for what is no regular file or larger than [`MAX_BYTES`].
pub fn read_file(path: &Path) -> io::Result<Vec<u8>> {
    // Opening a pipe waits for somebody to write to it.
    require_regular(&fs::metadata(path)?)?;
    let file = File::open(path)?;
    let found = file.metadata()?;
    require_regular(&found)?;
    let mut bytes = Vec::new();
    if found.len() <= MAX_BYTES {
        let size = usize::try_from(found.len()).unwrap_or(usize::MAX);
        bytes.try_reserve_exact(size).map_err(|_| io::Error::from(io::ErrorKind::OutOfMemory))?;
        file.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    }
    if found.len().max(bytes.len() as u64) > MAX_BYTES {
        let message = format!("it has more than {} GiB", MAX_BYTES >> 30);
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    }
    Ok(bytes)
}

fn require_regular(found: &fs::Metadata) -> io::Result<()> {
    if found.is_file() {
        Ok(())
    } else if found.is_dir() {
        Err(io::ErrorKind::IsADirectory.into())
    } else {
        let message = "it is a device or a pipe, which may never end: save what comes from it in a file";
        Err(io::Error::new(io::ErrorKind::InvalidInput, message))
    }
}

/// The files that a run reads, by what they are and not by how their paths are spelt: no result may take the place of
/// one of them.
#[derive(Debug, Clone, Default)]
pub struct FilesRead {
    files: Vec<(Identity, PathBuf)>,
}

impl FilesRead {
    /// Notes a file that is read. Nothing takes the place of a device or a pipe, or of what is not there.
    pub fn add(&mut self, path: &Path) {
        if path.is_file()
            && let Some(identity) = Identity::of(path)
            && !self.files.iter().any(|(known, _)| *known == identity)
        {
            self.files.push((identity, path.to_owned()));
        }
    }

    /// The file whose place a result at `output` would take, under the name by which it is read. A folder takes the
    /// place of everything in it.
    pub fn replaced_by(&self, output: &Path) -> Option<&Path> {
        let identity = Identity::of(output)?;
        let is_folder = output.is_dir();
        let is_replaced = |(own, path): &&(Identity, PathBuf)| {
            *own == identity
                || is_folder
                    && path.canonicalize().is_ok_and(|path| {
                        path.ancestors().any(|above| Identity::of(above).as_ref() == Some(&identity))
                    })
        };
        self.files.iter().find(is_replaced).map(|(_, path)| path.as_path())
    }
}

/// Whether two results would take each other's place.
pub fn is_same_place(a: &Path, b: &Path) -> bool {
    match (Identity::of(a), Identity::of(b)) {
        (Some(a), Some(b)) => a == b,
        (None, None) => {
            let folder = |path: &Path| {
                let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
                Identity::of(folder.unwrap_or(Path::new(".")))
            };
            a == b || a.file_name() == b.file_name() && folder(a).is_some() && folder(a) == folder(b)
        }
        _ => false,
    }
}

/// What a file is: its device and number where there are such things, else its path without links and detours.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg(unix)]
struct Identity(u64, u64);

#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg(not(unix))]
struct Identity(PathBuf);

impl Identity {
    #[cfg(unix)]
    fn of(path: &Path) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        let found = fs::metadata(path).ok()?;
        Some(Self(found.dev(), found.ino()))
    }

    #[cfg(not(unix))]
    fn of(path: &Path) -> Option<Self> {
        path.canonicalize().ok().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn files_are_known_by_what_they_are() {
        let folder = crate::testing::folder("identity");
        fs::create_dir_all(folder.join("sub/deep")).unwrap();
        let at = |name: &str| folder.join(name);
        fs::write(at("sub/data.csv"), "1").unwrap();
        fs::write(at("copy.csv"), "1").unwrap();
        fs::hard_link(at("sub/data.csv"), at("hard.csv")).unwrap();
        std::os::unix::fs::symlink("sub/data.csv", at("soft.csv")).unwrap();
        let mut read = FilesRead::default();
        read.add(&at("soft.csv"));
        read.add(&at("missing.csv"));
        for name in ["sub/data.csv", "hard.csv", "soft.csv", "sub/deep/../data.csv", "./sub//data.csv", "sub"]
        {
            assert_eq!(read.replaced_by(&at(name)), Some(at("soft.csv").as_path()), "{name}");
        }
        for name in ["copy.csv", "missing.csv", "sub/deep", "sub/fresh.csv"] {
            assert_eq!(read.replaced_by(&at(name)), None, "{name}");
        }
        assert!(is_same_place(&at("new"), &at("sub/../new")));
        assert!(is_same_place(&at("hard.csv"), &at("soft.csv")));
        assert!(!is_same_place(&at("new"), &at("sub/new")));
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    #[cfg(unix)]
    fn devices_are_no_files() {
        let error = read_file(Path::new("/dev/zero")).unwrap_err();
        assert!(error.to_string().contains("never end"), "{error}");
        assert_eq!(read_file(Path::new("/")).unwrap_err().kind(), io::ErrorKind::IsADirectory);
        assert_eq!(read_file(Path::new("/missing")).unwrap_err().kind(), io::ErrorKind::NotFound);
    }
}
