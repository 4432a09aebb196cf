//! Results must not take the place of what a run reads, nor of each other.

use std::path::Path;

use crate::io::FilesRead;
use crate::io::files::is_same_place;

/// Checks the outputs of a run, before its work.
///
/// # Errors
///
/// A sentence that names both files.
pub(super) fn require(read: &[Option<&Path>], written: &[Option<&Path>]) -> Result<(), String> {
    let mut inputs = FilesRead::default();
    read.iter().flatten().for_each(|path| inputs.add(path));
    let written: Vec<&Path> = written.iter().flatten().copied().collect();
    for (at, output) in written.iter().enumerate() {
        let name = output.display();
        if let Some(input) = inputs.replaced_by(output) {
            return Err(format!(
                "`{name}` would take the place of `{}`, which this run reads; name another file for the result",
                input.display()
            ));
        }
        if let Some(other) = written[..at].iter().find(|other| is_same_place(other, output)) {
            return Err(format!(
                "`{name}` and `{}` are one file, and two results; name two files",
                other.display()
            ));
        }
    }
    Ok(())
}
