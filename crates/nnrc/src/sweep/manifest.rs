//! The plan of a sweep: every point with its settings and a name of its own.

use std::collections::{BTreeMap, BTreeSet};

use nnrc_analysis::Overrides;
use nnrc_model::SweepAxis;
use nnrc_syntax::{Diagnostic, Severity, codes};
use sha2::{Digest, Sha256};

use super::design::Design;
use super::head::{Head, Point};
use super::line;
use super::shard::Shard;
use crate::failure::Failure;
use crate::project::setting;

/// The SHA-256 of a file, as manifests hold it.
pub fn digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Letters of the name of a point.
const ID: usize = 16;

/// The plan of a sweep.
#[derive(Debug, Clone, PartialEq)]
pub struct Manifest {
    head: Head,
    points: Vec<Point>,
}

impl Head {
    /// Lists the points.
    pub fn plan(mut self) -> Result<Manifest, String> {
        self.design.given.tidy();
        let common = Sha256::new_with_prefix(line::common(&self));
        let mut known = BTreeSet::new();
        let mut points = Vec::new();
        for (set, replicates) in self.design.points(self.of_replicates)? {
            let own = common.clone().chain_update(line::own(&set, replicates.as_ref()));
            let mut id = hex(&own.finalize());
            id.truncate(ID);
            let point = Point { id, set, replicates };
            if !known.insert(point.id.clone()) {
                return Err(format!("two points are the same: {}", point.words()));
            }
            points.push(point);
        }
        Ok(Manifest { head: self, points })
    }
}

impl Manifest {
    pub(super) fn head(&self) -> &Head {
        &self.head
    }

    /// As a file: the head, and a line for each point.
    pub fn text(&self) -> String {
        let mut text = line::head(&self.head, self.points.len()) + "\n";
        for (number, point) in self.points.iter().enumerate() {
            text.push_str(&line::point(number, point));
            text.push('\n');
        }
        text
    }

    /// What is run.
    pub fn design(&self) -> &Design {
        &self.head.design
    }

    /// The path of the model from the folder of the manifest.
    pub fn model(&self) -> &str {
        &self.head.model
    }

    /// Hashes of the model and of all files that it reads, by their paths from the folder of the model.
    pub fn files(&self) -> &BTreeMap<String, String> {
        &self.head.files
    }

    /// All points, in the order of the merged table.
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// The points of a part.
    pub fn shard(&self, shard: Shard) -> &[Point] {
        &self.points[shard.range(self.points.len())]
    }

    /// The columns of the merged table that say which point a row is of.
    pub fn axes(&self) -> impl Iterator<Item = &SweepAxis> {
        self.head.design.axes()
    }

    /// How many replicates a study has whose replicates are divided.
    pub fn divided_replicates(&self) -> Option<u64> {
        self.head.of_replicates.filter(|_| self.head.design.replicates.is_some())
    }

    /// What changes a text at a point.
    ///
    /// # Errors
    ///
    /// A value that is no expression, or no seed.
    pub fn overrides(&self, point: &Point) -> Result<Overrides, Failure> {
        self.head.design.overrides(&point.set)
    }
}

impl Design {
    /// The points of the sweep. `model` is the path of the model from the folder of the manifest; `files` are the hashes
    /// ([`digest`](super::digest)) of the model and of all files that it reads, by their names from the folder of the
    /// model; `replicates` is how many a study of noise has, where its replicates are divided.
    ///
    /// # Errors
    ///
    /// What makes no sweep, in words: no axis, two axes of one key, a point that is there twice, axes of different length
    /// that should go together, more than a million points.
    pub fn plan(
        self,
        model: &str,
        files: BTreeMap<String, String>,
        replicates: Option<u64>,
    ) -> Result<Manifest, String> {
        let head = Head {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            model: model.to_owned(),
            files,
            of_replicates: replicates,
            design: self,
        };
        head.plan()
    }

    /// What changes a text with these values of the axes, some of [`Design::trials`].
    ///
    /// # Errors
    ///
    /// A value that is no expression, or no seed.
    pub fn overrides(&self, set: &[(String, String)]) -> Result<Overrides, Failure> {
        let given = &self.given;
        let mut overrides =
            Overrides { weights: given.weights.clone(), seed: given.seed, ..Overrides::default() };
        // What an axis says comes last, and counts.
        for (key, text) in given.set.iter().chain(set) {
            let value = setting(key, text)?;
            if key == "seed" {
                overrides.seed = Some(text.parse().map_err(|_| no_seed(text))?);
            } else {
                overrides.settings.push((key.clone(), value));
            }
        }
        Ok(overrides)
    }
}

fn no_seed(text: &str) -> Failure {
    let message = format!("a seed is a whole number of at least 0, found `{text}`");
    let finding = Diagnostic::global(Severity::Error, codes::OUT_OF_RANGE, message)
        .help("write the axis `seed` as `seed=1..20`");
    Failure::new(&nnrc_syntax::Source::new("<seed>", text), finding)
}
