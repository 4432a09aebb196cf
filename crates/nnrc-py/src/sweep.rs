//! Sweeps: one verb with many settings, point by point.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use nnrc::disk::reason;
use nnrc::sweep::{
    Axis, AxisError, Design, Given, Manifest, Merge, NamesRead, Outcome, Point, Verb, axis, digest, recorded,
    run_point, serves,
};
use nnrc::{Disk, Failure, Project};
use nnrc_sim::io::read_file;
use nnrc_syntax::{Diagnostic, Severity, Source, codes, outline};
use pyo3::prelude::*;
use serde_json::json;

use crate::failure::{self, or_raise, value_error};
use crate::watch::watched;

/// The points of a sweep, and the file that they are of.
#[pyclass(frozen, module = "nnrc._nnrc")]
pub struct Sweep {
    plan: Manifest,
    file: PathBuf,
}

#[pymethods]
impl Sweep {
    /// Plans a sweep of the model in a file. An axis is `key=values`, as on the command line.
    #[staticmethod]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments of Python, gathered by the package")]
    fn plan(
        py: Python<'_>,
        file: PathBuf,
        verb: Option<&str>,
        over: Vec<String>,
        zipped: Vec<String>,
        replicates: Option<u64>,
        settings: Vec<(String, String)>,
        seed: Option<u64>,
        weights: Option<String>,
    ) -> PyResult<Self> {
        let verb = match verb {
            None => None,
            Some("noise") => Some(Verb::Noise),
            Some("simulate") => Some(Verb::Simulate),
            Some("train") => Some(Verb::Train),
            Some("test") => Some(Verb::Test),
            Some(other) => {
                let words = format!("verb={other:?}: expected 'noise', 'simulate', 'train' or 'test'");
                return Err(value_error(words));
            }
        };
        let axes = |texts: &[String]| -> PyResult<Vec<Axis>> {
            let read = |text: &String| match axis(text) {
                Ok(axis) => Ok(axis),
                Err(AxisError::Form(words)) => Err(value_error(words)),
                Err(AxisError::Value(failure)) => Err(failure::raised(py, &failure)),
            };
            texts.iter().map(read).collect()
        };
        let (over, zipped) = (axes(&over)?, axes(&zipped)?);
        let planned = plan(&file, verb, (over, zipped), replicates, (settings, seed, weights));
        match or_raise(py, planned)? {
            Ok(plan) => Ok(Self { plan, file }),
            Err(words) => Err(value_error(words)),
        }
    }

    /// The sweep of a manifest, whose model is this file.
    #[staticmethod]
    fn read(py: Python<'_>, text: &str, file: PathBuf) -> PyResult<Self> {
        or_raise(py, Manifest::read("the manifest", text)).map(|plan| Self { plan, file })
    }

    /// The manifest.
    fn text(&self) -> String {
        self.plan.text()
    }

    /// All points, as JSON.
    fn points(&self) -> String {
        let point = |point: &Point| {
            let set: serde_json::Map<_, _> =
                point.set.iter().map(|(key, value)| (key.clone(), json!(value))).collect();
            let replicates = point.replicates.as_ref().map(|range| [range.start, range.end]);
            json!({ "id": point.id, "set": set, "replicates": replicates })
        };
        serde_json::Value::from(self.plan.points().iter().map(point).collect::<Vec<_>>()).to_string()
    }

    /// Runs a point: whether it came out well, and its table or its failure.
    fn run(&self, py: Python<'_>, at: usize, threads: usize) -> PyResult<(bool, String)> {
        let Some(point) = self.plan.points().get(at).cloned() else {
            return Err(value_error(format!("there is no point {at}")));
        };
        let (plan, file) = (self.plan.clone(), self.file.clone());
        watched(py, None, move |watch| {
            require_unchanged(&plan, &file)?;
            let disk = Disk::of(&file);
            let source = Source::new(plan.model(), disk.source(&file)?.text);
            match run_point(&plan, &point, (&source, &disk), threads, watch) {
                Ok(product) => Ok((true, product.map_or_else(String::new, |product| product.csv))),
                Err(failure) => match recorded(&point, &failure) {
                    Some(object) => Ok((false, format!("{object}\n"))),
                    None => Err(failure),
                },
            }
        })
    }

    /// All results as one table, and what is said of the points that failed, as JSON.
    fn merge(
        &self,
        py: Python<'_>,
        outcomes: Vec<Option<(bool, String)>>,
        allow_failed: bool,
    ) -> PyResult<(String, String)> {
        let known: BTreeMap<&str, &Option<(bool, String)>> =
            self.plan.points().iter().map(|point| point.id.as_str()).zip(&outcomes).collect();
        let outcome = |point: &Point| {
            Ok(known.get(point.id.as_str()).and_then(|found| found.as_ref()).map(|(is_good, text)| {
                if *is_good { Outcome::Table(text.clone()) } else { Outcome::Failed(text.clone()) }
            }))
        };
        let merge = or_raise(py, Merge::new(&self.plan, &outcome, allow_failed))?;
        let mut table = Vec::new();
        merge.write(&mut table)?;
        let said = failure::json(&Source::new("", ""), &merge.findings);
        Ok((String::from_utf8_lossy(&table).into_owned(), said))
    }
}

/// Plans; what makes no sense of the arguments is said in words.
fn plan(
    file: &Path,
    verb: Option<Verb>,
    (over, zipped): (Vec<Axis>, Vec<Axis>),
    replicates: Option<u64>,
    (settings, seed, weights): (Vec<(String, String)>, Option<u64>, Option<String>),
) -> Result<Result<Manifest, String>, Failure> {
    let disk = Disk::of(file);
    let checked = Project::open(file, &disk)?.check()?;
    let block = checked.model.sweep.as_ref();
    let Some(verb) = verb.or(block.and_then(|block| block.verb)) else {
        return Ok(Err("verb is missing: expected 'noise', 'simulate', 'train' or 'test'".to_owned()));
    };
    let mut set = Vec::new();
    for (key, value) in settings {
        let value = outline::expression(&nnrc::setting(&key, &value)?);
        set.push((key, value));
    }
    let mut design = block.map_or_else(
        || Design {
            verb,
            over: Vec::new(),
            zipped: Vec::new(),
            replicates: None,
            shards: None,
            given: Given::default(),
        },
        |block| Design::of(block, verb),
    );
    if !over.is_empty() || !zipped.is_empty() {
        (design.over, design.zipped) = (over, zipped);
    }
    design.replicates = replicates.or(design.replicates);
    design.given = Given { set, weights, seed };
    if let Err(words) = design.combinations() {
        return Ok(Err(words));
    }
    let names = NamesRead::new(&disk);
    let project = Project::new(checked.source.clone(), &names);
    let mut all = None;
    for trial in design.trials() {
        let checked = project.clone().with(design.overrides(&trial)?).check()?;
        all = serves(&checked, design.verb)?;
    }
    let own = file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let files = digests(file, names.names().into_iter().chain([own.clone()]))?;
    let divided = all.filter(|_| design.replicates.is_some());
    Ok(design.plan(&own, files, divided))
}

/// Hashes of files beside the model.
fn digests(
    file: &Path,
    names: impl IntoIterator<Item = String>,
) -> Result<BTreeMap<String, String>, Failure> {
    let folder = file.parent().unwrap_or(Path::new(""));
    let hashed = |name: String| match read_file(&folder.join(&name)) {
        Ok(bytes) => Ok((name, digest(&bytes))),
        Err(error) => {
            let message = format!("cannot read `{name}`: {}", reason(&error));
            let finding = Diagnostic::global(Severity::Error, codes::UNREADABLE_FILE, message);
            Err(Failure::new(&Source::new(name, ""), finding))
        }
    };
    names.into_iter().map(hashed).collect()
}

/// Whether all files are those that the sweep was planned with.
fn require_unchanged(plan: &Manifest, file: &Path) -> Result<(), Failure> {
    let found = digests(file, plan.files().keys().cloned())?;
    let changed = plan.files().iter().find(|(name, hash)| found.get(*name) != Some(*hash));
    let Some((name, _)) = changed else { return Ok(()) };
    let message = format!("`{name}` has changed since the sweep was planned");
    let finding = Diagnostic::global(Severity::Error, codes::STALE_MANIFEST, message)
        .help("bring back the file that it was planned with, or plan the sweep anew");
    Err(Failure::new(&Source::new("", ""), finding))
}
