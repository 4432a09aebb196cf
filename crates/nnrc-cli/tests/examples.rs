//! The examples do what they say.

mod common;

use std::path::PathBuf;

use common::{Folder, examples};

fn files() -> Vec<PathBuf> {
    let folders = std::fs::read_dir(examples()).expect("the examples");
    let mut files: Vec<PathBuf> = folders
        .filter_map(|folder| std::fs::read_dir(folder.ok()?.path()).ok())
        .flatten()
        .filter_map(|file| Some(file.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "nnr"))
        .collect();
    files.sort();
    files
}

#[test]
fn examples_are_formatted_checked_and_tested() {
    let folder = Folder::new();
    let files = files();
    assert!(files.len() >= 8);
    for file in files {
        let path = file.to_str().expect("a path");
        folder.run(&["fmt", "--check", path]).exits(0);
        if path.contains("mnist") {
            mnist(&folder, path);
            continue;
        }
        let text = std::fs::read_to_string(&file).expect("a file");
        folder.run(&["check", path]).exits(0);
        // Whole runs of pots that learn belong to the acceptance tests.
        if !text.contains("construction = one_pot") && !text.contains("construction = phased") {
            folder.run(&["test", path]).exits(0);
        }
    }
}

/// Its data are not in the repository; where they are missing, the message names the command that fetches them.
fn mnist(folder: &Folder, path: &str) {
    let is_there = examples().join("../.cache/mnist").exists();
    let run = folder.run(&["check", path]).exits(if is_there { 0 } else { 3 });
    if !is_there {
        let run = run.reports("unreadable-file");
        assert!(run.stderr.contains("cargo xtask data mnist"), "{}", run.stderr);
    }
}
