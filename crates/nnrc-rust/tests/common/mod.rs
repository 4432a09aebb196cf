//! Generated crates on disk, and what is built from them.
#![allow(dead_code, reason = "each test binary uses a part")]
#![allow(clippy::disallowed_methods, reason = "these tests write crates and run cargo")]
#![allow(clippy::unwrap_used, reason = "a helper of a test that fails is a test that fails")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use nnrc_rust::Files;

/// The folder of an example.
pub fn example(name: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    root.join(name).join(format!("{name}.nnr"))
}

/// The examples of the construction that is lowered today.
pub const EXAMPLES: &[&str] = &["or", "xor", "signed", "skip", "iris", "digits"];

/// An empty folder for this test.
pub fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// Writes a crate.
pub fn write(folder: &Path, files: &Files) {
    for (path, bytes) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

/// Runs cargo on a generated crate, never with the network; all crates share one target folder.
pub fn cargo(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("shared"))
        .env("CARGO_NET_OFFLINE", "true")
        .output()
        .unwrap();
    let text =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo {arguments:?} in {}:\n{text}", folder.display());
    text
}
