//! Where the numbers of a program are when nobody says so: beside its crate, or beside the program itself.
//!
//! No path is compiled in, so a crate that is moved or copied reads its own file.

use std::env;
use std::fmt::{self, Display, Formatter};
use std::path::{Path, PathBuf};

use super::console::say;
use super::failure::Failure;

/// The model file within a crate.
pub(super) const MODEL: &str = "data/model.npz";
/// The file by which a folder is known to be a generated crate.
const MARKER: &str = ".nnrc-crate";
/// As many folders as there are at most from a program up to its crate: `target/TRIPLE/release/deps`.
const DEPTH: usize = 5;

/// There is no model file where one is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NoModelFile {
    /// The program that looked.
    program: PathBuf,
}

impl Display for NoModelFile {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "there is no `{MODEL}` beside the program `{}` or in its crate; name the file: `--model FILE`",
            self.program.display()
        )
    }
}

impl std::error::Error for NoModelFile {}

impl From<NoModelFile> for Failure {
    fn from(error: NoModelFile) -> Self {
        error.to_string().into()
    }
}

/// The model file: the one that is named, else that of the crate called `package`, which is said.
///
/// # Errors
///
/// Where it was looked for.
pub(super) fn model(named: Option<&Path>, package: &str) -> Result<PathBuf, NoModelFile> {
    if let Some(path) = named {
        return Ok(path.to_owned());
    }
    let program = env::current_exe().and_then(|path| path.canonicalize()).unwrap_or_default();
    // Set by `cargo run`, for the crate that is run.
    let is_run = env::var_os("CARGO_PKG_NAME").is_some_and(|name| name == package);
    let run = if is_run { env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from) } else { None };
    match find(run.as_deref(), &program) {
        Some(path) => {
            say(&format!("numbers of the network: {}", path.display()));
            Ok(path)
        }
        None => Err(NoModelFile { program }),
    }
}

/// The model file of the crate that cargo runs, else one beside the program, else that of the crate it was built in.
fn find(run: Option<&Path>, program: &Path) -> Option<PathBuf> {
    let beside = program.parent();
    let crates = program.ancestors().skip(2).take(DEPTH).filter(|folder| folder.join(MARKER).is_file());
    run.into_iter().chain(beside).chain(crates).map(|folder| folder.join(MODEL)).find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn each_copy_reads_its_own_file() {
        let root = crate::testing::folder("home");
        let put = |name: &str| {
            let path = root.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, "").unwrap();
            path
        };
        let [first, second] = ["a", "b"].map(|name| {
            put(&format!("{name}/{MARKER}"));
            put(&format!("{name}/{MODEL}"))
        });
        let program = put("a/target/x86_64-unknown-linux-gnu/release/n-crn");
        assert_eq!(find(None, &program), Some(first.clone()));
        assert_eq!(find(None, &put("b/target/release/n-crn")), Some(second.clone()));
        // One folder for what several crates build.
        let shared = put("target/release/n-crn");
        assert_eq!(find(None, &shared), None);
        assert_eq!(find(Some(&root.join("b")), &shared), Some(second));
        assert_eq!(find(Some(&root.join("nowhere")), &program), Some(first));
        // The program alone with its numbers, and a folder of numbers that is nobody's.
        put(&format!("target/{MODEL}"));
        assert_eq!(find(None, &shared), None);
        let beside = put(&format!("target/release/{MODEL}"));
        assert_eq!(find(None, &shared), Some(beside));
        fs::remove_dir_all(&root).unwrap();
    }
}
