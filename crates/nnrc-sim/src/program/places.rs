//! Results must not take the place of what a run reads, nor of each other.

use std::fmt::{self, Display, Formatter};
use std::path::{Path, PathBuf};

use crate::io::FilesRead;
use crate::io::files::is_same_place;

/// A result that would take the place of another file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Collision {
    /// Of one that is read.
    WithInput(PathBuf, PathBuf),
    /// Of another result.
    WithOutput(PathBuf, PathBuf),
}

impl Display for Collision {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::WithInput(output, input) => write!(
                f,
                "`{}` would take the place of `{}`, which this run reads; name another file for the result",
                output.display(),
                input.display()
            ),
            Self::WithOutput(output, other) => write!(
                f,
                "`{}` and `{}` are one file, and two results; name two files",
                output.display(),
                other.display()
            ),
        }
    }
}

impl std::error::Error for Collision {}

/// Checks the outputs of a run, before its work.
///
/// # Errors
///
/// Both files.
pub(super) fn require(read: &[Option<&Path>], written: &[Option<&Path>]) -> Result<(), Collision> {
    let mut inputs = FilesRead::default();
    read.iter().flatten().for_each(|path| inputs.add(path));
    let written: Vec<&Path> = written.iter().flatten().copied().collect();
    for (at, output) in written.iter().enumerate() {
        if let Some(input) = inputs.replaced_by(output) {
            return Err(Collision::WithInput(output.to_path_buf(), input.to_owned()));
        }
        if let Some(other) = written[..at].iter().find(|other| is_same_place(other, output)) {
            return Err(Collision::WithOutput(output.to_path_buf(), other.to_path_buf()));
        }
    }
    Ok(())
}
