//! Simulates the chemical reaction network in `crn.rs`: `cargo run --release -- --help`.

use std::process::ExitCode;

mod crn;

/// Rate constants and initial concentrations.
const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/model.npz");

fn main() -> ExitCode {
    nnrc_sim::program::@RUN@::<crn::Network>(DATA)
}
