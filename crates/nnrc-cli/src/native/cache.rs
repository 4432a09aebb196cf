//! The cache of generated crates.
//!
//! ```text
//! sim-HASH/             the run-time library, compiled once for all crates
//! crates/NAME-HASH/     a generated crate; `program` in it is what was built
//! target-HASH/          the build folder of all crates
//! ```
//!
//! HASH stands for the contents of all files, the version of the compiler and the processor that it compiles for, so
//! nothing that is there ever changes, nothing is built twice, and machines that share a home can share the cache. A folder or program comes into being under another name and gets its own by renaming:
//! of two processes that make the same, the first one wins, and the other one finds the same bytes. Cargo itself
//! keeps two processes from building in `target` at once.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use nnrc_rust::Files;
use nnrc_sim::io::unfinished::Unfinished;
use nnrc_syntax::{Diagnostic, Severity, codes};

use super::cargo::{self, Absent};
use super::package::Crate;
use crate::destination::put;
use nnrc::disk::reason;

/// The variable that names the folder.
const VARIABLE: &str = "NNRC_CACHE";

/// A folder of generated crates.
pub struct Cache {
    folder: PathBuf,
}

impl Cache {
    /// The folder that the environment names: `NNRC_CACHE`, else `nnrc` in `XDG_CACHE_HOME` or `~/.cache`.
    pub fn open() -> Result<Self, Box<Diagnostic>> {
        let variable =
            |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let folder = variable(VARIABLE)
            .or_else(|| variable("XDG_CACHE_HOME").map(|folder| folder.join("nnrc")))
            .or_else(|| variable("HOME").map(|home| home.join(".cache/nnrc")))
            .or_else(|| variable("LOCALAPPDATA").map(|folder| folder.join("nnrc")));
        let Some(folder) = folder else {
            let message = "there is no folder for generated crates: neither NNRC_CACHE nor HOME is set";
            let finding = Diagnostic::global(Severity::Error, codes::NOT_WRITABLE, message);
            return Err(Box::new(finding.help(format!("set {VARIABLE} to a folder that can be written"))));
        };
        // Cargo is run in other folders.
        let folder = std::path::absolute(&folder).unwrap_or(folder);
        let cache = Self { folder };
        fs::create_dir_all(cache.folder.join("crates")).map_err(|error| cache.unwritable(&error))?;
        Ok(cache)
    }

    /// The path from a crate to the library of this hash.
    pub fn library_path(&self, hash: &str) -> String {
        format!("../../sim-{hash}")
    }

    /// The program of a crate, built unless it is there. `building` is told before.
    pub fn program(&self, wanted: &Crate, building: &mut dyn FnMut(&Path)) -> Result<PathBuf, Absent> {
        let place = self.folder.join("crates").join(&wanted.name);
        let program = place.join(format!("program{}", std::env::consts::EXE_SUFFIX));
        if program.is_file() {
            return Ok(program);
        }
        building(&place);
        let (hash, library) = &wanted.library;
        let write = || -> io::Result<()> {
            complete(&self.folder.join(format!("sim-{hash}")), library)?;
            complete(&place, &wanted.files)
        };
        write().map_err(|error| self.unwritable(&error))?;
        // Cargo does not know that `native` is another processor elsewhere.
        let target = self.folder.join(format!("target-{}", wanted.toolchain));
        cargo::build(&place, &target)?;
        let built = target.join("release").join(format!("{}{}", wanted.name, std::env::consts::EXE_SUFFIX));
        let take = || -> io::Result<()> {
            let (part, _) = Unfinished::file(&place)?;
            fs::copy(&built, part.path())?;
            part.complete(|part| fs::rename(part, &program))
        };
        take().map_err(|error| self.unwritable(&error))?;
        Ok(program)
    }

    fn unwritable(&self, error: &io::Error) -> Box<Diagnostic> {
        let message = format!(
            "cannot write the folder of generated crates `{}`: {}",
            self.folder.display(),
            reason(error)
        );
        let finding = Diagnostic::global(Severity::Error, codes::NOT_WRITABLE, message)
            .help(format!("set {VARIABLE} to a folder that can be written and has room"))
            .help("or leave out `--engine crate`: the engine of this process needs no folder");
        Box::new(finding)
    }
}

/// Makes a folder of files, complete or not at all.
fn complete(folder: &Path, files: &Files) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let fill = || -> io::Result<()> {
        let part = Unfinished::folder(folder.parent().unwrap_or(Path::new("")))?;
        put(part.path(), files)?;
        part.complete(|part| fs::rename(part, folder))
    };
    let result = fill();
    // Another process was faster: it wrote the same.
    if folder.is_dir() { Ok(()) } else { result }
}

/// A name for files and something that they are used with: FNV-1a of 128 bits.
pub fn hash(with: &str, files: &Files) -> String {
    let mut hash = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d_u128;
    let mut add = |bytes: &[u8]| {
        // Lengths keep the end of one text and the beginning of the next apart.
        for byte in (bytes.len() as u64).to_le_bytes().iter().chain(bytes) {
            hash = (hash ^ u128::from(*byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
        }
    };
    add(with.as_bytes());
    for (path, bytes) in files {
        add(path.to_string_lossy().as_bytes());
        add(bytes);
    }
    format!("{:016x}", (hash >> 64) as u64 ^ hash as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_tell_contents_apart() {
        let files = |path: &str, text: &str| Files::from([(path.into(), text.as_bytes().to_vec())]);
        let hashes = [
            hash("rustc 1", &files("a", "b")),
            hash("rustc 2", &files("a", "b")),
            hash("rustc 1", &files("ab", "")),
            hash("rustc 1", &files("", "ab")),
        ];
        for (at, one) in hashes.iter().enumerate() {
            assert!(!hashes[..at].contains(one));
        }
        assert_eq!(hashes[0], hash("rustc 1", &files("a", "b")));
    }

    #[test]
    fn folders_are_complete_and_stay() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("crate");
        let files = |text: &str| Files::from([("src/main.rs".into(), text.as_bytes().to_vec())]);
        complete(&folder, &files("first")).unwrap();
        complete(&folder, &files("second")).unwrap();
        assert_eq!(fs::read(folder.join("src/main.rs")).unwrap(), b"first");
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1);
        fs::write(root.path().join("file"), "").unwrap();
        assert!(complete(&root.path().join("file/crate"), &files("x")).is_err());
    }
}
