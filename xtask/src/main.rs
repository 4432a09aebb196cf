//! Project tasks: `cargo xtask test`, `wheel`, `accept NAME`, `bench`, `data NAME`, `weights`, `tidy`, `words`, `man`.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a task runner talks, and stops where it stands"
)]

mod accept;
mod bench;
mod data;
mod environment;
mod man;
mod tidy;
mod weights;

use clap::{Parser, Subcommand, ValueEnum};

/// Project tasks.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Make the virtual environments if they are missing, then run all tests: those in Rust, and those of the Python package.
    Test {
        /// The tests of the Python package alone.
        #[arg(long)]
        python: bool,
    },
    /// Build the Python package as the one wheel in `dist`.
    Wheel,
    /// Make the virtual environment of the peer simulators if it is missing.
    Peers,
    /// Run an acceptance list in full and write its figures into docs/results.md.
    Accept {
        /// The list.
        name: accept::List,
        /// With one-pot: MNIST in the pot as well, one pass over 60,000 images.
        #[arg(long)]
        mnist: bool,
    },
    /// Fetch a data set that the repository does not keep into `.cache`, checked; nothing if it is there.
    Data {
        /// The data set.
        name: data::Name,
    },
    /// Find what the compiler does not check: circles of modules, long files, wildcard arms, snapshots of no test.
    Tidy,
    /// Write the files of words from which editors and Pygments colour the language.
    Words,
    /// Write the manual pages of the command into `dist/man`, one for each verb.
    Man,
    /// Train the networks whose weights the examples ship, and write those weights.
    Weights,
    /// Measure nnrc beside its peers and write docs/benchmarks.md.
    Bench {
        /// One section alone, such as `one pot`; the others on the page stay.
        section: Option<String>,
    },
}

fn main() {
    let good = match Arguments::parse().task {
        Task::Test { python: true } => environment::test_python(),
        Task::Test { python: false } => {
            environment::peers();
            let rust = environment::cargo(&["test", "--workspace", "--no-fail-fast"]);
            environment::test_python() && rust
        }
        Task::Wheel => {
            println!("{}", environment::wheel("release", &nnrc_tests::root().join("dist")).display());
            true
        }
        Task::Peers => {
            environment::peers();
            true
        }
        Task::Accept { name, mnist } => {
            environment::peers();
            if cfg!(debug_assertions) {
                // Hundreds of trainings and thousands of settled pots.
                let list =
                    name.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned());
                let mut command =
                    vec!["run", "--quiet", "--release", "--package", "xtask", "--", "accept", &list];
                if mnist {
                    command.push("--mnist");
                }
                environment::cargo(&command)
            } else {
                accept::run(name, mnist)
            }
        }
        Task::Data { name } => match data::fetch(name) {
            Ok(()) => true,
            Err(reason) => {
                eprintln!("{reason}");
                false
            }
        },
        Task::Tidy => tidy::run(),
        Task::Words => {
            for (path, text) in nnrc_tests::highlight::files() {
                std::fs::write(path, text).unwrap();
            }
            true
        }
        Task::Man => {
            println!("{} pages in dist/man", man::write().len());
            true
        }
        Task::Weights => {
            weights::write();
            true
        }
        Task::Bench { section } => {
            environment::peers();
            bench::run(section.as_deref())
        }
    };
    std::process::exit(i32::from(!good));
}
