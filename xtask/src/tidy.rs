//! What the compiler does not check: the shape of the house.

mod circles;
mod files;
mod snapshots;
mod wildcards;

use std::fs;
use std::path::PathBuf;

use nnrc_tests::root;

use files::{children, files};

/// Lines that a file of code has at most.
const MOST_LINES: usize = 600;

/// Prints every finding, and their number; whether there is none.
pub fn run() -> bool {
    let mut findings = Vec::new();
    let mut crates: Vec<PathBuf> = children(&root().join("crates"));
    crates.extend([root().join("tests"), root().join("xtask")]);
    for folder in crates.iter().map(|folder| folder.join("src")).filter(|folder| folder.is_dir()) {
        findings.extend(circles::find(&folder));
        for path in files(&folder, "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let name = path.strip_prefix(root()).unwrap().display().to_string();
            let lines = text.lines().count();
            if lines > MOST_LINES {
                findings.push(format!("{name}: {lines} lines, at most {MOST_LINES}"));
            }
            findings.extend(wildcards::find(&text).into_iter().map(|finding| format!("{name}, {finding}")));
        }
    }
    findings.extend(snapshots::find(&root()));
    findings.iter().for_each(|finding| println!("{finding}"));
    println!("{} findings", findings.len());
    findings.is_empty()
}
