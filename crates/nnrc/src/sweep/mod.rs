//! Sweeps: one verb with many settings, on any number of machines.
//!
//! A [`Design`] says which settings; with the hashes of all files it becomes a [`Manifest`], which lists every [`Point`]
//! with a name of its own. Points are run in any order and anywhere ([`run_point`]), and their results are taken together
//! ([`Merge`]) to the same bytes, whoever made them.
//!
//! - `axis`, `design`: settings and what is combined with what;
//! - `head`, `manifest`, `line`, `reading`: the plan as a file, and what is found wrong with one;
//! - `shard`: parts of a sweep;
//! - `point`: one run;
//! - `merge`: all results as one table;
//! - `script`: what runs the shards: Snakemake, Slurm, Kubernetes;
//! - `names`: which files a model reads.

mod axis;
mod design;
mod head;
mod line;
mod manifest;
mod merge;
mod names;
mod point;
mod reading;
mod script;
mod shard;

pub use axis::{AxisError, axis};
pub use design::{Design, Given};
pub use head::Point;
pub use manifest::{Manifest, digest};
pub use merge::{Merge, Outcome, Outcomes};
pub use names::NamesRead;
pub use nnrc_model::{SweepAxis as Axis, SweepVerb as Verb};
pub use point::{Product, recorded, run_point, serves};
pub use script::{Driver, Script};
pub use shard::Shard;
