//! The extension module `nnrc._nnrc`: what the Python package needs of the library, and the command.
//!
//! Here values cross the border: arrays of NumPy, JSON for everything with names in it, findings as exceptions. What
//! Python people expect of them (columns of pandas, pictures, warnings) is made in `python/nnrc`.
//!
//! - `inner`: a checked text, and what is beside it; `model`: everything that can be done with it;
//! - `sweep`: one verb with many settings, point by point;
//! - `imported`: networks that were trained elsewhere;
//! - `files`: what a text reads, on disk and in arrays of the caller;
//! - `arrays`: NumPy in and out;
//! - `watch`: long work, which listens to Ctrl-C and tells how far it is;
//! - `failure`: findings as exceptions;
//! - `write`: files, written whole or not at all;
//! - `command`: the command `nnrc`.

mod arrays;
mod command;
mod failure;
mod files;
mod imported;
mod inner;
mod model;
mod sweep;
mod watch;
mod write;

use pyo3::prelude::*;

/// What the package `nnrc` is built on. Use that.
#[pymodule]
mod _nnrc {
    #[pymodule_export]
    use super::command::{explain, run, version};
    #[pymodule_export]
    use super::imported::{from_layers, from_onnx};
    #[pymodule_export]
    use super::model::{Model, read};
    #[pymodule_export]
    use super::sweep::Sweep;
    #[pymodule_export]
    use super::write::write;
}
