//! The `nnrc` command.

use std::process::ExitCode;
use std::thread::Builder;

/// Stack of the command, in bytes: that of the process may be as small as somebody has set it (`ulimit -s`).
const STACK: usize = 8 << 20;

fn main() -> ExitCode {
    let run = || nnrc_cli::run(std::env::args_os());
    let code = match Builder::new().stack_size(STACK).spawn(run) {
        Ok(command) => command.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
        // A machine that starts no thread: the stack of the process has to do.
        Err(_) => run(),
    };
    ExitCode::from(code)
}
