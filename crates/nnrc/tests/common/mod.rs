//! Networks of the examples, and of texts.

#![allow(dead_code, reason = "each test file uses a part of this")]
#![allow(clippy::disallowed_methods, reason = "a test reads the examples")]

use std::path::{Path, PathBuf};

use nnrc::{Checked, Compiled, Disk, Memory, Project};

/// The file of an example.
pub fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(name).join(format!("{name}.nnr"))
}

/// All examples whose data are in the repository, by name.
pub fn all_examples() -> Vec<String> {
    let folders = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples"));
    let mut names: Vec<String> = folders
        .expect("the examples")
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        // The data of MNIST are fetched.
        .filter(|name| example(name).exists() && !name.contains("mnist"))
        .collect();
    names.sort();
    assert!(names.len() >= 15, "{names:?}");
    names
}

/// What a file means.
pub fn checked(path: &Path) -> Checked {
    let disk = Disk::of(path);
    Project::open(path, &disk).and_then(|project| project.check()).expect("an example")
}

/// The chemistry of a file, with these inputs or its own.
pub fn pot_of(path: &Path, input: Option<&[f64]>) -> Compiled {
    let checked = checked(path);
    let default = checked.model.default_input();
    checked.compile(input.unwrap_or(&default)).expect("its chemistry")
}

/// What a text means that names no files.
pub fn checked_text(text: &str) -> Checked {
    let memory = Memory::default();
    let checked = Project::from_text("m.nnr", text, &memory).check();
    checked.unwrap_or_else(|failure| panic!("{failure}\n{text}"))
}

/// Its chemistry.
pub fn pot_of_text(text: &str) -> Compiled {
    let checked = checked_text(text);
    checked.compile(&checked.model.default_input()).expect("its chemistry")
}
