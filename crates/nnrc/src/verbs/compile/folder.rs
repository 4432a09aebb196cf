//! A generated crate on the disk: the folder is complete, or what was there before.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use nnrc_rust::{Files, MARKER};

/// Writes the files into a folder beside `folder`, which then takes its place. A folder that is there already is
/// replaced only if a crate was written there before; its build folder `target` stays.
///
/// # Errors
///
/// [`io::ErrorKind::AlreadyExists`] for anything else at that path, and those of the file system.
pub fn write(folder: &Path, files: &Files) -> io::Result<()> {
    check(folder)?;
    let fresh = beside(folder, "part")?;
    let written = fill(&fresh, files).and_then(|()| swap(folder, &fresh));
    if written.is_err() {
        // The failure that led here is the one to report.
        let _ = fs::remove_dir_all(&fresh);
    }
    written
}

/// Refuses a path at which something of the user's stands.
fn check(folder: &Path) -> io::Result<()> {
    let is_ours = match fs::symlink_metadata(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => true,
        Err(error) => return Err(error),
        Ok(found) if !found.is_dir() => false,
        Ok(_) => folder.join(MARKER).is_file() || fs::read_dir(folder)?.next().is_none(),
    };
    if is_ours {
        return Ok(());
    }
    let message = format!("it is there already and not a crate of nnrc: `{MARKER}` is missing");
    Err(io::Error::new(io::ErrorKind::AlreadyExists, message))
}

/// A new name in the same folder: only within one file system is renaming atomic.
fn beside(folder: &Path, what: &str) -> io::Result<PathBuf> {
    let Some(name) = folder.file_name() else {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "the path does not name a folder"));
    };
    let mut unique = std::ffi::OsString::from(".");
    unique.push(name);
    unique.push(format!(".{}.{what}", std::process::id()));
    Ok(folder.with_file_name(unique))
}

fn fill(folder: &Path, files: &Files) -> io::Result<()> {
    // Left behind by a process of the same number that was killed.
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    for (path, bytes) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap_or(folder))?;
        fs::write(path, bytes)?;
    }
    Ok(())
}

fn swap(folder: &Path, fresh: &Path) -> io::Result<()> {
    if !folder.exists() {
        return fs::rename(fresh, folder);
    }
    let old = beside(folder, "old")?;
    fs::rename(folder, &old)?;
    if let Err(error) = fs::rename(fresh, folder) {
        fs::rename(&old, folder)?;
        return Err(error);
    }
    if old.join("target").is_dir() {
        // Losing what was built costs time, nothing else.
        let _ = fs::rename(old.join("target"), folder.join("target"));
    }
    fs::remove_dir_all(old)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_folders_are_replaced() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("net-sim");
        let files = |text: &str| -> Files {
            let file = |path: &str, text: &str| (PathBuf::from(path), text.as_bytes().to_vec());
            [file(MARKER, ""), file("src/main.rs", text)].into_iter().collect()
        };
        write(&folder, &files("first")).unwrap();
        fs::create_dir(folder.join("target")).unwrap();
        write(&folder, &files("second")).unwrap();
        assert_eq!(fs::read(folder.join("src/main.rs")).unwrap(), b"second");
        assert!(folder.join("target").is_dir());
        fs::remove_file(folder.join(MARKER)).unwrap();
        let refused = write(&folder, &files("third")).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(folder.join("src/main.rs")).unwrap(), b"second");
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1);
    }
}
