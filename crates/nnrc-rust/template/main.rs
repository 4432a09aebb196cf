//! Simulates the chemical reaction network in `crn.rs`: `cargo run --release -- --help`.

use std::process::ExitCode;

mod crn;

fn main() -> ExitCode {
    nnrc_sim::program::@RUN@::<crn::Network>(env!("CARGO_PKG_NAME"))
}
