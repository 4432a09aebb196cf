//! One run of a sweep.

use nnrc_model::{Resources, SweepVerb};
use nnrc_sim::train::{Metric, Metrics};
use nnrc_syntax::{Diagnostic, Severity, Source, codes};
use serde_json::{Value, json};

use super::head::Point;
use super::manifest::Manifest;
use crate::expectations::Verdict;
use crate::failure::Failure;
use crate::observer::Observer;
use crate::project::{Checked, Project};
use crate::study::Study;
use crate::table::{Table, finite};
use crate::time_course::POINTS;
use crate::training::{TrainOptions, Trained};

/// What a run gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Product {
    /// A table as CSV. Of a range of replicates that of its readings, else what the verb writes.
    pub csv: String,
    /// Of a training the weights, as an `.npz` file.
    pub weights: Option<Vec<u8>>,
}

/// Runs a point. `source` and `resources` are those of the model, whose hashes are those of the manifest. None: the
/// observer has cancelled it.
///
/// # Errors
///
/// What the verb ends with by itself. Such a failure is a result of the point, see [`recorded`].
pub fn run_point(
    manifest: &Manifest,
    point: &Point,
    (source, resources): (&Source, &dyn Resources),
    threads: usize,
    observer: &mut (dyn Observer + Send),
) -> Result<Option<Product>, Failure> {
    let project = Project::new(source.clone(), resources).with(manifest.overrides(point)?);
    let checked = project.check()?;
    let product = match manifest.design().verb {
        SweepVerb::Noise => noise(&project, &checked, point, threads, observer)?,
        SweepVerb::Simulate => {
            let course = checked.compile(&checked.model.default_input())?.simulate(POINTS, observer)?;
            Product { csv: course.csv(), weights: None }
        }
        SweepVerb::Train => train(&project, checked, threads, observer)?,
        SweepVerb::Test => test(&project, checked, threads, observer)?,
    };
    Ok((!observer.is_cancelled()).then_some(product))
}

/// Whether a file can be swept by this verb; how many replicates its study of noise has, if it has one.
///
/// # Errors
///
/// What the file lacks for it.
pub fn serves(checked: &Checked, verb: SweepVerb) -> Result<Option<u64>, Failure> {
    let missing = |message: &str, help: &str| {
        let finding = Diagnostic::global(Severity::Error, codes::MISSING_ARGUMENT, message).help(help);
        Err(checked.failed(finding))
    };
    match verb {
        SweepVerb::Noise => {
            let study = Study::of(checked)?;
            study.test_set()?;
            Ok(Some(study.replicates()))
        }
        SweepVerb::Train if checked.model.training.is_none() => missing(
            "the file does not say how to train: it has no `train` block",
            "write `train { data = d; rule = gradient(adam(rate = 0.01)); epochs = 100; }`",
        ),
        SweepVerb::Test if checked.model.expectations.is_empty() => {
            missing("the file expects nothing", "write `expect { for [0, 1]: y ~ 1 within 0.05; }`")
        }
        SweepVerb::Simulate | SweepVerb::Train | SweepVerb::Test => Ok(None),
    }
}

/// The failure of a point as a JSON object, where it is a result of the point: the same settings would fail again. None
/// for a file that could not be read, which is no fault of the point.
pub fn recorded(point: &Point, failure: &Failure) -> Option<Value> {
    let errors = || failure.findings.iter().filter(|finding| finding.is_error());
    if errors().any(|finding| finding.code == codes::UNREADABLE_FILE) {
        return None;
    }
    let status = errors().map(|finding| finding.code.exit).max().unwrap_or(0).max(1);
    Some(json!({ "id": point.id, "settings": point.words(), "status": status, "findings": failure.json() }))
}

/// A study of noise, or the readings of a range of its replicates.
fn noise(
    project: &Project<'_>,
    checked: &Checked,
    point: &Point,
    threads: usize,
    observer: &mut (dyn Observer + Send),
) -> Result<Product, Failure> {
    let study = Study::of(checked)?;
    let test = study.test_set()?;
    let variants = study.trained(project, threads, observer)?;
    let table = match &point.replicates {
        Some(range) => study.readings(&test, &variants, (range.clone(), threads), observer)?.table(),
        None => study.run(&test, &variants, threads, observer)?.table(),
    };
    Ok(Product { csv: table.csv(), weights: None })
}

/// A row of metrics, and the weights.
fn train(
    project: &Project<'_>,
    checked: Checked,
    threads: usize,
    observer: &mut dyn Observer,
) -> Result<Product, Failure> {
    let checked = project.unfolded(&checked)?.unwrap_or(checked);
    let trained = checked.train(&TrainOptions { resume: None, threads }, observer)?;
    let mut weights = Vec::new();
    trained.write(&checked.model, &mut weights, false).map_err(|error| {
        let message = format!("the weights cannot be written: {error}");
        checked.failed(Diagnostic::global(Severity::Error, codes::NOT_WRITABLE, message))
    })?;
    let csv = row_of(&trained).csv();
    // Weights may have moved to where an activation is not defined, or beyond all numbers.
    project.with_weights(trained.weights)?;
    Ok(Product { csv, weights: Some(weights) })
}

/// How a training went, in one row.
fn row_of(trained: &Trained) -> Table {
    let mut header = vec!["epochs".to_owned(), "ending".to_owned()];
    let mut row = vec![trained.epochs.to_string(), trained.ending.clone()];
    let parts = [("train", Some(&trained.train)), ("validation", trained.validation.as_ref())];
    for (name, metrics) in parts {
        let cell = |metric| metrics.map_or_else(String::new, |metrics: &Metrics| finite(metrics.get(metric)));
        header.extend(Metric::ALL.map(|metric| format!("{name}_{}", metric.name())));
        row.extend(Metric::ALL.map(cell));
    }
    Table { header, rows: vec![row] }
}

/// A row for each expectation. One that fails is a result: to find out where they do is what sweeps are for.
fn test(
    project: &Project<'_>,
    checked: Checked,
    threads: usize,
    observer: &mut dyn Observer,
) -> Result<Product, Failure> {
    let checked = if checked.model.training.is_some() && !project.gives_weights() {
        let own = project.unfolded(&checked)?;
        let trained =
            own.as_ref().unwrap_or(&checked).train(&TrainOptions { resume: None, threads }, observer)?;
        project.with_weights(trained.weights)?
    } else {
        checked
    };
    let checked = checked.computing();
    let pot = checked.compile(&checked.model.default_input())?;
    let row = |judged: crate::expectations::Judged<'_>| {
        let verdict = match judged.verdict {
            Verdict::Held { .. } => "held",
            Verdict::Failed { .. } => "failed",
            Verdict::Broken(_) => "broken",
        };
        let values: Vec<String> = judged.numbers.values.iter().copied().map(finite).collect();
        vec![judged.words.clone(), verdict.to_owned(), values.join(" "), judged.found().to_owned()]
    };
    let header = ["expectation", "verdict", "values", "found"].map(str::to_owned).to_vec();
    Ok(Product { csv: Table { header, rows: pot.judge().map(row).collect() }.csv(), weights: None })
}
