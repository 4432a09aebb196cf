//! What a program says: results to stdout, everything else to stderr.

use std::io::Write;

use super::failure::Failure;

/// Writes to stdout; a reader that went away is no failure.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(format!("cannot write to standard output: {error}").into())
        }
        _ => Ok(()),
    }
}

/// A remark on progress.
pub(crate) fn say(message: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{message}");
}

/// Why the program fails.
pub(crate) fn complain(message: &str) {
    let _ = writeln!(std::io::stderr().lock(), "error: {message}");
}
