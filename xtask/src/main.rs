//! Project tasks: `cargo xtask test`, `cargo xtask accept NAME`, `cargo xtask bench`.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a task runner talks, and stops where it stands"
)]

mod accept;
mod bench;
mod environment;

use clap::{Parser, Subcommand};

/// Project tasks.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Make the virtual environment of the peer simulators if it is missing, then run all tests.
    Test,
    /// Make the virtual environment of the peer simulators if it is missing.
    Peers,
    /// Run an acceptance list in full and write its figures into docs/results.md.
    Accept {
        /// The list.
        name: accept::List,
    },
    /// Measure nnrc beside its peers and write docs/benchmarks.md.
    Bench,
}

fn main() {
    let good = match Arguments::parse().task {
        Task::Test => {
            environment::peers();
            environment::cargo(&["test", "--workspace", "--no-fail-fast"])
        }
        Task::Peers => {
            environment::peers();
            true
        }
        Task::Accept { name } => {
            environment::peers();
            accept::run(name)
        }
        Task::Bench => {
            environment::peers();
            bench::run()
        }
    };
    std::process::exit(i32::from(!good));
}
