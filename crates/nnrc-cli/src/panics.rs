//! What the user sees if the compiler itself is wrong.

use std::io::Write;
use std::panic;

/// Replaces Rust's message for programmers by one for users. The exit status of a panic is 101.
pub fn install() {
    panic::set_hook(Box::new(|info| {
        let payload = info.payload();
        let what = payload
            .downcast_ref::<&str>()
            .copied()
            .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
            .unwrap_or("unknown");
        let place = info.location().map(|at| format!("{}:{}", at.file(), at.line())).unwrap_or_default();
        let version = env!("CARGO_PKG_VERSION");
        // A panic while writing about a panic would abort; there is nothing more to try.
        let _ = writeln!(
            std::io::stderr(),
            "internal error: {what} ({place}, nnrc {version})\n\
             This is a bug in nnrc, not in your model. Please report it with the file that led here."
        );
    }));
}
