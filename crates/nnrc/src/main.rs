//! The `nnrc` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(nnrc::run(std::env::args_os()))
}
