//! Lists the sources of the library for its feature `sources`, so that generated crates can carry a copy.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// What the root has for this crate alone. A copy is without it: it has no features, and is not read as documentation.
const LEFT_OUT: [&str; 2] =
    ["#![warn(missing_docs)]\n\n", "#[cfg(feature = \"sources\")]\npub mod sources;\n"];

#[allow(clippy::disallowed_methods, reason = "a build script writes into its folder")]
fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("src");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={}", root.display());
    if env::var_os("CARGO_FEATURE_SOURCES").is_none() {
        return Ok(());
    }
    let mut files = Vec::new();
    collect(&root, &mut files)?;
    files.sort();
    let mut list = "&[\n".to_owned();
    for file in files {
        let name = file.strip_prefix(&root).unwrap_or(&file).display().to_string().replace('\\', "/");
        match name.as_str() {
            "sources.rs" => Ok(()),
            "lib.rs" => writeln!(list, "({name:?}, {:?}),", copied(&fs::read_to_string(&file)?)?),
            _ => writeln!(list, "({name:?}, include_str!({:?})),", file.display().to_string()),
        }
        .map_err(io::Error::other)?;
    }
    list.push(']');
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    fs::write(out.join("sources.rs"), list)
}

/// The root as a copy has it; a checkout on Windows may have other ends of lines.
fn copied(root: &str) -> io::Result<String> {
    LEFT_OUT.iter().try_fold(root.replace("\r\n", "\n"), |text, part| match text.split_once(part) {
        Some((before, after)) => Ok(before.to_owned() + after),
        None => Err(io::Error::other(format!("src/lib.rs has no {part:?}"))),
    })
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(())
}
