//! A text with everything that can be done with it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use nnrc::certificate::Scope;
use nnrc::export::{self, Form};
use nnrc::phases::Report;
use nnrc::running::Running;
use nnrc::size::{self, Size};
use nnrc::study::Study;
use nnrc::{Compiled, Disk, reactions, stages};
use nnrc_model::{DataReference, Subset};
use nnrc_sim::train;
use nnrc_syntax::Source;
use numpy::{PyArray1, PyArray2, PyReadonlyArrayDyn};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use serde_json::json;

use crate::arrays;
use crate::failure::{self, or_raise};
use crate::files::Held;
use crate::inner::{Inner, beside};
use crate::watch::{watched, watched_here};

/// The text of a file.
#[pyfunction]
pub fn read(py: Python<'_>, path: PathBuf) -> PyResult<String> {
    or_raise(py, Disk::of(&path).source(&path)).map(|source| source.text)
}

/// A checked text. It does not change.
#[pyclass(frozen, module = "nnrc._nnrc")]
pub struct Model(Arc<Inner>);

/// Numbers by name.
type Numbers<'py> = BTreeMap<String, PyReadonlyArrayDyn<'py, f64>>;
/// Files of numbers and of words, by their names.
type Samples<'py> = BTreeMap<String, (Numbers<'py>, BTreeMap<String, Vec<String>>)>;

/// What training gives: weights, summary, names of columns, epochs.
type Training<'py> = (Bound<'py, PyDict>, String, Vec<String>, Bound<'py, PyArray2<f64>>);

/// A time course: times, values, columns.
type Course<'py> = (Bound<'py, PyArray1<f64>>, Bound<'py, PyArray2<f64>>, String, String);

#[pymethods]
impl Model {
    /// A checked text; `name` is what it is called in findings, and `folder` where its files are.
    #[new]
    #[pyo3(signature = (text, name, folder, settings, seed, weights, weight_file, samples, path))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments of Python, gathered by the package")]
    fn new(
        py: Python<'_>,
        text: &str,
        name: &str,
        folder: PathBuf,
        settings: Vec<(String, String)>,
        seed: Option<u64>,
        weights: Option<Numbers<'_>>,
        weight_file: Option<PathBuf>,
        samples: Samples<'_>,
        path: Option<PathBuf>,
    ) -> PyResult<Self> {
        let weights = weights.map(arrays::tensors).transpose()?;
        let mut held = BTreeMap::new();
        for (file, (numbers, words)) in samples {
            held.insert(file, Held { numbers: arrays::tensors(numbers)?, words });
        }
        let source = Source::new(name, text);
        let made = py.detach(|| {
            let (files, mut overrides) = beside(&folder, &settings, (seed, weights), held)?;
            overrides.weights =
                overrides.weights.or(weight_file.map(|path| files.disk.seen_from_here(&path)));
            // Read by the package: nothing is written over it.
            path.iter().for_each(|path| files.read.add(path));
            Inner::new(source, files, overrides, None)
        });
        or_raise(py, made).map(|inner| Self(Arc::new(inner)))
    }

    /// Warnings and notes, as JSON.
    fn findings(&self) -> String {
        failure::json(&self.0.checked.source, &self.0.checked.findings)
    }

    /// What the network is, as JSON.
    fn facts(&self) -> String {
        self.0.facts().to_string()
    }

    /// The text.
    fn text(&self) -> String {
        self.0.checked.source.text.clone()
    }

    /// The text, its weights from a file of that name instead.
    fn text_with_weights(&self, py: Python<'_>, file: &str) -> PyResult<String> {
        or_raise(py, self.0.with_weights_from(file))
    }

    /// All weights, by key.
    fn weights<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        arrays::dictionary(py, self.0.checked.model.weights())
    }

    /// The settled outputs of rows.
    fn settle<'py>(
        &self,
        py: Python<'py>,
        inputs: PyReadonlyArrayDyn<'py, f64>,
        raw: bool,
        threads: usize,
    ) -> PyResult<Bound<'py, PyArray2<f64>>> {
        let given = arrays::numbers(&inputs)?;
        let inner = &self.0;
        let outputs = watched_here(py, |watch| {
            let scaled = raw.then(|| inner.scaled(given.to_vec()));
            let inputs = scaled.as_deref().unwrap_or(given);
            inner.require_within(inputs, "X")?;
            let pot = Compiled { cancelled: watch.cancelled.clone(), ..inner.alone()?.clone() };
            pot.settle_inputs(inputs, "X", threads)
        })?;
        let model = &self.0.checked.model;
        arrays::matrix(py, outputs, model.nodes[model.output].width())
    }

    /// What outputs name or mean: the numbers of classes, −1 for none, or values in the units of the data.
    fn read_outputs<'py>(
        &self,
        py: Python<'py>,
        outputs: PyReadonlyArrayDyn<'py, f64>,
    ) -> PyResult<Bound<'py, PyArray2<f64>>> {
        let model = &self.0.checked.model;
        let judging = model.judging(None);
        let width = model.nodes[model.output].width();
        let rows = arrays::numbers(&outputs)?.chunks_exact(width.max(1));
        let reading = judging.reading();
        if reading.has_classes() {
            let classes = rows.map(|row| reading.class(row).map_or(-1.0, |class| class as f64));
            return arrays::matrix(py, classes.collect(), 1);
        }
        arrays::matrix(py, rows.flat_map(|row| judging.raw(row)).collect(), width)
    }

    /// The fixed point for one input: values of all nodes, and all concentrations, as JSON.
    fn fixed_point(&self, py: Python<'_>, input: Option<Vec<f64>>, raw: bool) -> PyResult<String> {
        let inner = self.0.clone();
        watched(py, None, move |watch| {
            let input = input.map(|input| if raw { inner.scaled(input) } else { input });
            let input = input.unwrap_or_else(|| inner.checked.model.default_input());
            inner.require_within(&input, "x")?;
            let pot = inner.checked.clone().computing().compile(&input)?;
            let pot = Compiled { cancelled: watch.cancelled.clone(), ..pot };
            let rest = pot.settle()?;
            let values = pot.model.nodes.iter().zip(&rest.values);
            let values: serde_json::Map<_, _> =
                values.map(|(node, own)| (node.name.clone(), json!(own))).collect();
            let species: Vec<_> =
                pot.table_of(&rest).into_iter().map(|(name, value)| json!([name, value])).collect();
            Ok(json!({ "values": values, "species": species }).to_string())
        })
    }

    /// A time course.
    fn simulate<'py>(
        &self,
        py: Python<'py>,
        input: Option<Vec<f64>>,
        points: usize,
        callback: Option<Py<PyAny>>,
    ) -> PyResult<Course<'py>> {
        let inner = self.0.clone();
        let (course, svg) = watched(py, callback.as_ref(), move |watch| {
            let pot = inner.pot(input)?;
            let pot = Compiled { cancelled: watch.cancelled.clone(), ..pot };
            let course = pot.simulate(points, watch)?;
            let svg = pot.picture(&course);
            Ok((course, svg))
        })?;
        let columns = course.columns.iter().map(|column| {
            let kind = match column.kind {
                nnrc::ColumnKind::Rail => "rail",
                nnrc::ColumnKind::Value(_) => "value",
                nnrc::ColumnKind::Clock => "clock",
                nnrc::ColumnKind::Error => "error",
                nnrc::ColumnKind::Weight => "weight",
            };
            json!({ "name": column.name, "group": column.group, "kind": kind })
        });
        let columns = serde_json::Value::from(columns.collect::<Vec<_>>()).to_string();
        let width = course.columns.len();
        Ok((PyArray1::from_vec(py, course.times), arrays::matrix(py, course.values, width)?, columns, svg))
    }

    /// Trains by the `train` block.
    fn train<'py>(
        &self,
        py: Python<'py>,
        threads: usize,
        callback: Option<Py<PyAny>>,
    ) -> PyResult<Training<'py>> {
        let inner = self.0.clone();
        let trained = watched(py, callback.as_ref(), move |watch| inner.trained(threads, watch))?;
        let metrics = |metrics: &train::Metrics| {
            let named =
                |metric: train::Metric| (metric.name().to_owned(), nnrc::numbers::json(metrics.get(metric)));
            serde_json::Value::Object(train::Metric::ALL.into_iter().map(named).collect())
        };
        let summary = json!({
            "words": trained.summary(),
            "ending": trained.ending,
            "epochs": trained.epochs,
            "train": metrics(&trained.train),
            "validation": trained.validation.as_ref().map(metrics),
        });
        let header = trained.history.header;
        let rows = arrays::matrix(py, trained.history.rows.concat(), header.len())?;
        Ok((arrays::dictionary(py, trained.weights)?, summary.to_string(), header, rows))
    }

    /// Runs the study of the `noise` block: rows as JSON, the table as CSV and for people, a picture.
    fn noise(
        &self,
        py: Python<'_>,
        threads: usize,
        callback: Option<Py<PyAny>>,
    ) -> PyResult<(String, String, String, String)> {
        let inner = self.0.clone();
        watched(py, callback.as_ref(), move |watch| {
            let study = Study::of(&inner.checked)?;
            let test = study.test_set()?;
            let variants = study.trained(&inner.project(), threads, watch)?;
            let results = study.run(&test, &variants, threads, watch)?;
            let rows: Vec<_> = results.rows.iter().map(nnrc::study::Row::json).collect();
            Ok((serde_json::Value::from(rows).to_string(), results.csv(), results.text(), results.svg()))
        })
    }

    /// What is proven and measured: JSON and text.
    fn certificate(&self, py: Python<'_>, input: Option<Vec<f64>>) -> PyResult<(String, String)> {
        let inner = self.0.clone();
        watched(py, None, move |watch| {
            let scope = if input.is_some() { Scope::Given } else { Scope::Ranges };
            let mut checked = inner.checked.clone();
            if checked.model.chemistry.construction.is_one_pot() {
                checked = checked.computing();
            }
            let input = input.unwrap_or_else(|| checked.model.default_input());
            inner.require_within(&input, "x")?;
            let pot = Compiled { cancelled: watch.cancelled.clone(), ..checked.compile(&input)? };
            if let Some(report) = Report::new(&pot) {
                return Ok((report.json().to_string(), report.text()));
            }
            let evidence = pot.evidence(&input, scope)?;
            Ok((evidence.json().to_string(), evidence.text()))
        })
    }

    /// What the chemistry costs: JSON, text, and findings.
    fn size(&self, py: Python<'_>) -> PyResult<(String, String, String)> {
        let inner = self.0.clone();
        watched(py, None, move |watch| {
            let pot = Compiled { cancelled: watch.cancelled.clone(), ..inner.pot(None)? };
            let (size, running) = (Size::of(&pot), Running::of(&pot));
            let mut report = size.json();
            running.add_to(&mut report);
            let construction = pot.model.chemistry.construction.name();
            report["network"] = pot.model.name.clone().into();
            let head = format!("network         {} ({construction})\n", pot.model.name);
            let found = failure::json(&pot.source, &size::warnings(&pot, true));
            Ok((report.to_string(), format!("{head}{}{}", size.text(), running.text()), found))
        })
    }

    /// SBML, by default as the command writes it.
    #[pyo3(signature = (input, level, provenance, inputs, feed, observables))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments of Python, gathered by the package")]
    fn sbml(
        &self,
        py: Python<'_>,
        input: Option<Vec<f64>>,
        level: &str,
        provenance: bool,
        inputs: &str,
        feed: bool,
        observables: bool,
    ) -> PyResult<(String, String)> {
        use nnrc_sbml::{Inputs, Level, Observables, Options, Provenance, TimedSettings};
        let options = Options {
            level: match level {
                "l3v1" => Level::L3V1,
                "l3v2" => Level::L3V2,
                "l2v4" => Level::L2V4,
                other => {
                    return Err(failure::value_error(format!(
                        "level={other:?}: expected 'l3v1', 'l3v2' or 'l2v4'"
                    )));
                }
            },
            provenance: if provenance { Provenance::Full } else { Provenance::None },
            inputs: match inputs {
                "species" => Inputs::Species,
                "boundary" => Inputs::Boundary,
                other => {
                    return Err(failure::value_error(format!(
                        "inputs={other:?}: expected 'species' or 'boundary'"
                    )));
                }
            },
            feed: if feed { TimedSettings::Events } else { TimedSettings::None },
            observables: if observables { Observables::Rules } else { Observables::None },
            ..Options::default()
        };
        let inner = self.0.clone();
        watched(py, None, move |watch| {
            let pot = Compiled { cancelled: watch.cancelled.clone(), ..inner.pot(input)? };
            let pot = pot.at_its_start()?;
            let described = pot.described(options);
            let said = failure::json(&pot.source, pot.sbml_warnings(&described).as_slice());
            Ok((pot.sbml_with(described)?, said))
        })
    }

    /// The files of a crate, by their paths within it.
    fn crate_files(&self, py: Python<'_>) -> PyResult<BTreeMap<String, String>> {
        let path = |path: PathBuf| path.to_string_lossy().replace('\\', "/");
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Ok(self.crate_of(py)?.into_iter().map(|(place, bytes)| (path(place), text(bytes))).collect())
    }

    /// Writes a text, over nothing that is read.
    fn write(&self, py: Python<'_>, path: PathBuf, text: &str) -> PyResult<()> {
        or_raise(py, self.put_text(&path, text))
    }

    /// Writes bytes, over nothing that is read.
    fn write_bytes(&self, py: Python<'_>, path: PathBuf, content: Vec<u8>) -> PyResult<()> {
        or_raise(py, self.put_bytes(&path, &content))
    }

    /// Whether a file at the path would take the place of one that was read.
    fn replaces_file(&self, path: PathBuf) -> bool {
        self.replaces(&path)
    }

    /// Writes the weights, as .npz or .safetensors.
    fn write_weights(&self, py: Python<'_>, path: PathBuf, is_safetensors: bool) -> PyResult<()> {
        or_raise(py, self.put_weights(&path, is_safetensors))
    }

    /// Writes a crate that simulates the network, and trains it where the text says how.
    fn write_crate(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        let files = self.crate_of(py)?;
        or_raise(py, self.put_crate(&path, &files))
    }

    /// The reactions one by one, as text.
    fn reactions(&self, py: Python<'_>) -> PyResult<String> {
        let inner = self.0.clone();
        watched(py, None, move |_| {
            let mut text = Vec::new();
            // Memory takes everything.
            let _ = reactions::write_reactions(&inner.pot(None)?.at_its_start()?, &mut text);
            Ok(String::from_utf8_lossy(&text).into_owned())
        })
    }

    /// The chemistry in another form: its text, and findings.
    fn export(&self, py: Python<'_>, form: &str, input: Option<Vec<f64>>) -> PyResult<String> {
        let form = match form {
            "antimony" => Form::Antimony,
            "catalyst" => Form::Catalyst,
            "latex" => Form::Latex,
            "dot" => Form::Dot,
            other => return Err(failure::value_error(format!("there is no form {other:?}"))),
        };
        let inner = self.0.clone();
        watched(py, None, move |_| export::text(&inner.pot(input)?.at_its_start()?, form))
    }

    /// The reactions family by family, as text.
    fn crn(&self, py: Python<'_>) -> PyResult<String> {
        or_raise(py, self.0.pot(None).map(|pot| stages::families_text(&pot)))
    }

    /// The expectations of the text, judged, as JSON.
    fn test(&self, py: Python<'_>) -> PyResult<String> {
        let inner = self.0.clone();
        watched(py, None, move |watch| {
            let checked = inner.checked.clone().computing();
            let pot = checked.compile(&checked.model.default_input())?;
            let pot = Compiled { cancelled: watch.cancelled.clone(), ..pot };
            let all = pot.judge().map(|judged| {
                json!({ "expectation": judged.words, "ok": judged.holds(), "found": judged.found() })
            });
            Ok(serde_json::Value::from(all.collect::<Vec<_>>()).to_string())
        })
    }

    /// How far the chemistry is from the network that it was imported from, by a data set of the text: JSON and text.
    fn deviation(&self, py: Python<'_>, data: &str) -> PyResult<Option<(String, String)>> {
        let inner = self.0.clone();
        if inner.origin.is_none() {
            return Ok(None);
        }
        let data = DataReference { dataset: data.to_owned(), subset: Subset::All };
        watched(py, None, move |watch| {
            let pot = Compiled { cancelled: watch.cancelled.clone(), ..inner.alone()?.clone() };
            let Some(network) = &inner.origin else { return Ok(None) };
            let deviation = pot.deviation(network, &data)?;
            Ok(Some((deviation.json().to_string(), deviation.text())))
        })
    }

    /// The same model beside what `other` was imported from.
    fn imported_as(&self, other: &Self) -> Self {
        Self(Arc::new(self.0.beside_origin_of(&other.0)))
    }
}

impl Model {
    /// A model that was imported.
    pub fn of(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }

    /// What it means.
    pub fn model(&self) -> &nnrc_model::Model {
        &self.0.checked.model
    }

    /// Whether a file at the path would take the place of one that was read.
    pub fn replaces(&self, path: &Path) -> bool {
        self.0.files.read.replaced_by(path).is_some()
    }

    /// The files of a crate.
    pub fn crate_of(&self, py: Python<'_>) -> PyResult<nnrc_rust::Files> {
        let inner = self.0.clone();
        watched(py, None, move |_| inner.pot(None)?.at_its_start()?.crate_files())
    }
}
