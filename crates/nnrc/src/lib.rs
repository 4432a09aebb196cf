//! nnrc as a library: compiles neural networks into chemistry, simulates and trains them.
//!
//! Nothing is printed, and nothing is asked of the environment. What a text names is read through
//! [`Resources`](nnrc_model::Resources), of which [`Disk`] is the one for files; nothing is written. A result is a
//! value; where there is none, a [`Failure`] holds all findings.
//!
//! - [`Project`]: a text, what belongs to it, and what it means;
//! - [`Compiled`]: its chemistry, and everything that can be done with it.

#![warn(missing_docs)]

pub mod answers;
pub mod certificate;
pub mod compiled;
pub mod cycles;
pub mod disk;
pub mod draw;
pub mod expectations;
pub mod explain;
pub mod export;
pub mod findings;
pub mod fixing;
pub mod import;
pub mod meanings;
pub mod mutants;
pub mod numbers;
pub mod observer;
pub mod phases;
pub mod picture;
pub mod plot;
pub mod reactions;
pub mod report;
pub mod review;
pub mod runner;
pub mod running;
pub mod sbml;
pub mod shell;
pub mod show;
pub mod size;
pub mod stages;
pub mod study;
pub mod summary;
pub mod sweep;
pub mod table;
pub mod time_course;
pub mod training;
pub mod verification;

mod crate_files;
mod failure;
mod fixed_point;
mod project;
mod rest_time;
mod simulate;
mod simulate_cycles;
mod steps;

pub use answers::Answers;
pub use compiled::Compiled;
pub use disk::Disk;
pub use failure::Failure;
pub use fixed_point::FixedPoint;
pub use nnrc_model::Memory;
pub use observer::Observer;
pub use project::{Checked, Project, setting};
pub use time_course::{Column, ColumnKind, Recorder, TimeCourse};
