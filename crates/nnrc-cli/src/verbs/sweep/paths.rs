//! Paths as seen from another folder: a sweep is taken elsewhere as a whole.

use std::io;
use std::path::{Component, Path, PathBuf};

/// The path of a file as seen from a folder. Both are looked up, so that links are no detours.
///
/// # Errors
///
/// Those of the file system: both have to be there.
pub fn seen_from(folder: &Path, file: &Path) -> io::Result<PathBuf> {
    let here = |folder: &Path| {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        folder.canonicalize()
    };
    let name = file.file_name().ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
    let (from, to) = (here(folder)?, here(file.parent().unwrap_or(Path::new("")))?);
    Ok(between(&from, &to).join(name))
}

/// The way from one folder to another, both from the root.
fn between(from: &Path, to: &Path) -> PathBuf {
    let common = from.components().zip(to.components()).take_while(|(a, b)| a == b).count();
    if common == 0 {
        // On another drive.
        return to.to_owned();
    }
    let up = from.components().skip(common).map(|_| Component::ParentDir);
    up.chain(to.components().skip(common)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn the_way_goes_up_and_down() {
        let way = |from: &str, to: &str| between(Path::new(from), Path::new(to)).display().to_string();
        assert_eq!(way("/a/b", "/a/b"), "");
        assert_eq!(way("/a/b", "/a/b/c"), "c");
        assert_eq!(way("/a/b/c", "/a/d"), "../../d");
        assert_eq!(way("/a", "/b/c"), "../b/c");
    }
}
