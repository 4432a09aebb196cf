//! Files of the repository.

use std::fs;
use std::path::{Path, PathBuf};

/// What is in a folder, sorted.
pub fn children(folder: &Path) -> Vec<PathBuf> {
    let mut children: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    children.sort();
    children
}

/// All files in a folder and the folders in it whose names end so.
pub fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    children(folder)
        .into_iter()
        .filter(|path| !path.ends_with("target") && !path.ends_with(".git"))
        .flat_map(|path| if path.is_dir() { files(&path, extension) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|own| own == extension))
        .collect()
}
