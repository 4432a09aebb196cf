//! A generated crate on the disk: the folder is complete, or what was there before.

use std::fs;
use std::io;
use std::path::Path;

use nnrc_rust::{Files, MARKER};
use nnrc_sim::io::atomic::behind_links;
use nnrc_sim::io::unfinished::{REPLACED, Unfinished, stale};

use crate::destination::put;

/// The folder of the run-time library within a crate: nothing else belongs there.
const LIBRARY: &str = "nnrc-sim";

/// Writes the files into a folder beside `folder`, which then takes its place. A folder that is there already is
/// replaced only if a crate was written there before; what others put there stays: what was built, data, weights.
///
/// # Errors
///
/// [`io::ErrorKind::AlreadyExists`] for anything else at that path, and those of the file system.
pub fn write(folder: &Path, files: &Files) -> io::Result<()> {
    check(folder)?;
    let place = behind_links(folder)?;
    let above = place.parent().unwrap_or(Path::new(""));
    recover(above);
    let part = Unfinished::folder(above)?;
    put(&part.path().join("new"), files)?;
    part.complete(|part| swap(part, &place))
}

/// Refuses a path at which something of the user's stands.
///
/// # Errors
///
/// As [`write`].
pub fn check(folder: &Path) -> io::Result<()> {
    let folder = behind_links(folder)?;
    if folder.file_name().is_none() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "the path does not name a folder"));
    }
    let is_ours = match fs::symlink_metadata(&folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => true,
        Err(error) => return Err(error),
        Ok(found) if !found.is_dir() => false,
        Ok(_) => folder.join(MARKER).is_file() || fs::read_dir(&folder)?.next().is_none(),
    };
    if is_ours {
        return Ok(());
    }
    let message = format!("it is there already and not a crate of nnrc: `{MARKER}` is missing");
    Err(io::Error::new(io::ErrorKind::AlreadyExists, message))
}

/// Gives the new folder in a part its place. What it replaces waits in the part meanwhile, where the next run finds it
/// if this one is killed.
fn swap(part: &Path, folder: &Path) -> io::Result<()> {
    let fresh = part.join("new");
    let Ok(found) = fs::metadata(folder) else { return fs::rename(fresh, folder) };
    let waiting = part.join(REPLACED);
    fs::create_dir(&waiting)?;
    let old = waiting.join(folder.file_name().unwrap_or_default());
    fs::rename(folder, &old)?;
    if let Err(error) =
        fs::set_permissions(&fresh, found.permissions()).and_then(|()| fs::rename(&fresh, folder))
    {
        fs::rename(&old, folder)?;
        fs::remove_dir(&waiting)?;
        return Err(error);
    }
    keep(&old, folder, true)?;
    fs::remove_dir_all(waiting)
}

/// Moves what is in an old folder and not in the new one.
fn keep(old: &Path, new: &Path, is_root: bool) -> io::Result<()> {
    for entry in fs::read_dir(old)? {
        let entry = entry?;
        let (from, to) = (entry.path(), new.join(entry.file_name()));
        if fs::symlink_metadata(&to).is_err() {
            fs::rename(from, to)?;
        } else if entry.file_type()?.is_dir() && !(is_root && entry.file_name() == LIBRARY) {
            keep(&from, &to, false)?;
        }
    }
    Ok(())
}

/// Finishes what killed runs were about to do in a folder, or takes it back.
fn recover(above: &Path) {
    for part in stale(above) {
        let waiting = part.join(REPLACED);
        let Ok(entries) = fs::read_dir(&waiting) else { continue };
        let restore = |entry: fs::DirEntry| {
            let place = above.join(entry.file_name());
            match fs::symlink_metadata(&place) {
                Ok(_) => keep(&entry.path(), &place, true),
                Err(_) => fs::rename(entry.path(), &place),
            }
        };
        // What cannot be moved waits on.
        if entries.flatten().try_for_each(restore).is_ok() {
            let _ = fs::remove_dir_all(&part);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn files(text: &str) -> Files {
        let file = |path: &str, text: &str| (PathBuf::from(path), text.as_bytes().to_vec());
        [file(MARKER, ""), file("src/main.rs", text), file("data/model.npz", text)].into_iter().collect()
    }

    #[test]
    fn only_our_folders_are_replaced_and_what_others_put_there_stays() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("net-sim");
        write(&folder, &files("first")).unwrap();
        fs::create_dir(folder.join("target")).unwrap();
        fs::write(folder.join("data/rows.csv"), "1").unwrap();
        write(&folder, &files("second")).unwrap();
        assert_eq!(fs::read(folder.join("src/main.rs")).unwrap(), b"second");
        assert_eq!(fs::read(folder.join("data/model.npz")).unwrap(), b"second");
        assert_eq!(fs::read(folder.join("data/rows.csv")).unwrap(), b"1");
        assert!(folder.join("target").is_dir());
        fs::remove_file(folder.join(MARKER)).unwrap();
        let refused = write(&folder, &files("third")).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(folder.join("src/main.rs")).unwrap(), b"second");
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1);
    }

    #[test]
    #[cfg(unix)]
    fn a_link_is_followed() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("far");
        fs::create_dir(&folder).unwrap();
        let link = root.path().join("net-sim");
        std::os::unix::fs::symlink("far", &link).unwrap();
        write(&link, &files("first")).unwrap();
        assert!(link.is_symlink());
        assert_eq!(fs::read(folder.join("src/main.rs")).unwrap(), b"first");
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 2);
    }

    #[test]
    fn what_a_killed_run_had_put_aside_comes_back() {
        let root = tempfile::tempdir().unwrap();
        let day = std::time::Duration::from_secs(24 * 60 * 60);
        let part = root.path().join(".nnrc-0-1-1-1.part");
        let leave = |name: &str| {
            let old = part.join(REPLACED).join(name);
            fs::create_dir_all(&old).unwrap();
            fs::write(old.join("mine.csv"), "1").unwrap();
            fs::write(old.join(MARKER), "old").unwrap();
        };
        // Killed before the new folder had its place, and after.
        leave("lost-sim");
        leave("net-sim");
        fs::File::open(&part).unwrap().set_modified(std::time::SystemTime::now() - 2 * day).unwrap();
        fs::create_dir(root.path().join("net-sim")).unwrap();
        fs::write(root.path().join("net-sim").join(MARKER), "new").unwrap();
        write(&root.path().join("other-sim"), &files("first")).unwrap();
        for (name, marker) in [("lost-sim", "old"), ("net-sim", "new")] {
            assert_eq!(fs::read(root.path().join(name).join("mine.csv")).unwrap(), b"1", "{name}");
            assert_eq!(fs::read_to_string(root.path().join(name).join(MARKER)).unwrap(), marker, "{name}");
        }
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 3);
    }
}
