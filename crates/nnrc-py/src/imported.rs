//! Networks that were trained elsewhere.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use nnrc::import::{Closeness, DataFile, Options, Trained};
use nnrc::{Disk, Failure};
use nnrc_analysis::Overrides;
use nnrc_import::{About, Activation, DenseLayer, Head};
use nnrc_model::Tensor;
use nnrc_syntax::{Source, codes};
use numpy::PyReadonlyArrayDyn;
use pyo3::prelude::*;

use crate::arrays;
use crate::failure::{self, value_error};
use crate::files::{Files, Held};
use crate::inner::{Inner, PYTHON};
use crate::model::Model;
use crate::watch::{Watch, watched};

/// The weight file of an imported text, and its file of samples.
const WEIGHT_FILE: &str = "model.safetensors";
const SAMPLES: &str = "samples.npz";

/// How a network is imported, as the package gathers it.
#[derive(FromPyObject)]
pub struct Choices<'py> {
    #[pyo3(item)]
    name: String,
    #[pyo3(item)]
    tolerance: f64,
    #[pyo3(item)]
    close: bool,
    #[pyo3(item)]
    range: Option<(f64, f64)>,
    #[pyo3(item)]
    prune: f64,
    #[pyo3(item)]
    rational: bool,
    #[pyo3(item)]
    finetune: Option<usize>,
    #[pyo3(item)]
    numbers: BTreeMap<String, PyReadonlyArrayDyn<'py, f64>>,
    #[pyo3(item)]
    words: BTreeMap<String, Vec<String>>,
}

/// The same without Python.
struct Owned {
    name: String,
    tolerance: f64,
    closeness: Closeness,
    range: Option<(f64, f64)>,
    prune: f64,
    rational: bool,
    finetune: Option<usize>,
    samples: Option<Held>,
}

impl Choices<'_> {
    fn owned(self) -> PyResult<Owned> {
        let held = Held { numbers: arrays::tensors(self.numbers)?, words: self.words };
        Ok(Owned {
            name: self.name,
            tolerance: self.tolerance,
            closeness: if self.close { Closeness::Close } else { Closeness::Cheap },
            range: self.range,
            prune: self.prune,
            rational: self.rational,
            finetune: self.finetune,
            samples: held.numbers.contains_key("x").then_some(held),
        })
    }
}

/// What an import gives: the model, findings, how far the chemistry is from the source as JSON and as text, and what
/// fine-tuning did.
type Found = (Model, String, Option<(String, String)>, Option<String>);

/// A layer: its name, its matrix [outputs, inputs], its bias, its activation.
type PyLayer<'py> = (String, PyReadonlyArrayDyn<'py, f64>, PyReadonlyArrayDyn<'py, f64>, String);

/// Imports an ONNX model, from a file or from bytes.
#[pyfunction]
pub fn from_onnx(
    py: Python<'_>,
    path: Option<PathBuf>,
    bytes: Option<Vec<u8>>,
    choices: Choices<'_>,
    callback: Option<Py<PyAny>>,
) -> PyResult<Found> {
    let owned = choices.owned()?;
    finished(py, callback.as_ref(), owned, move || {
        let path = path.unwrap_or_else(|| PathBuf::from("model.onnx"));
        let disk = Disk::of(&path);
        let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let bytes = match bytes {
            Some(bytes) => bytes,
            None => disk.model(&path)?,
        };
        Trained::onnx(&name, bytes, &disk)
    })
}

/// Imports dense layers one after another. `about`: the head, names of columns, names of classes, and what made them.
#[pyfunction]
pub fn from_layers(
    py: Python<'_>,
    source: String,
    width: usize,
    layers: Vec<PyLayer<'_>>,
    about: (String, Vec<String>, Vec<String>, String),
    choices: Choices<'_>,
    callback: Option<Py<PyAny>>,
) -> PyResult<Found> {
    let owned = choices.owned()?;
    let mut dense = Vec::new();
    for (name, matrix, bias, activation) in layers {
        let named = Activation::named(&activation);
        let activation =
            named.ok_or_else(|| value_error(format!("`{activation}` is no activation that is served")))?;
        let (matrix, bias) = (arrays::numbers(&matrix)?.to_vec(), arrays::numbers(&bias)?.to_vec());
        dense.push(DenseLayer { name, matrix, bias, activation });
    }
    let (head, feature_names, class_names, producer) = about;
    let head = match head.as_str() {
        "softmax" => Head::Softmax,
        "log_softmax" => Head::LogSoftmax,
        "logits" => Head::Logits,
        "sigmoid" => Head::Sigmoid,
        "binary" => Head::BinaryProbability,
        "values" => Head::Values,
        other => return Err(value_error(format!("`{other}` is no head that is served"))),
    };
    let about = About { head, feature_names, class_names, producer };
    finished(py, callback.as_ref(), owned, move || Trained::dense(&source, width, dense, about))
}

/// Everything after the network is known.
fn finished(
    py: Python<'_>,
    callback: Option<&Py<PyAny>>,
    choices: Owned,
    read: impl FnOnce() -> Result<Trained, Failure> + Send + 'static,
) -> PyResult<Found> {
    watched(py, callback, move |watch| import(&read()?, choices, watch))
}

fn import(trained: &Trained, choices: Owned, watch: &mut Watch) -> Result<Found, Failure> {
    let samples = choices.samples.map(|held| (SAMPLES.to_owned(), held));
    let (files, _) = beside_import(BTreeMap::new(), samples.iter().cloned().collect());
    let options = Options {
        name: &choices.name,
        weights: WEIGHT_FILE,
        tolerance: choices.tolerance,
        closeness: choices.closeness,
        range: choices.range,
        prune: choices.prune,
        keeps_scale: false,
        rational: choices.rational,
        data: samples.as_ref().map(|(path, _)| DataFile { path, targets: &[], inputs: &[] }),
        finetune: choices.finetune,
    };
    let imported = trained.import(&options, &files, watch).map_err(in_python)?;
    let found = failure::json(&imported.checked.source, &imported.findings);
    let deviation = imported.deviation.as_ref().map(|found| (found.json().to_string(), found.text()));
    let finetuned = imported.finetuned.as_ref().map(|done| {
        serde_json::json!({
            "epochs": done.epochs, "metric": done.metric.name(), "goal": done.goal,
            "before": done.before, "after": done.after, "is_reached": done.is_reached(),
        })
        .to_string()
    });
    let (files, overrides) = beside_import(imported.weights, samples.into_iter().collect());
    let source = Source::new(format!("{}.nnr", choices.name), imported.text);
    let inner = Inner::new(source, files, overrides, Some(trained.network.clone()))?;
    Ok((Model::of(inner), found, deviation, finetuned))
}

/// What the command says of its options, said of arguments.
fn in_python(mut failure: Failure) -> Failure {
    for finding in &mut failure.findings {
        if finding.code == codes::UNKNOWN_NAME {
            finding.help = vec![
                "give the labels that the model was trained on, or the numbers of its classes from 0"
                    .to_owned(),
            ];
        }
    }
    failure
}

/// What is beside an imported text: its weights and samples in memory.
fn beside_import(weights: BTreeMap<String, Tensor>, held: BTreeMap<String, Held>) -> (Files, Overrides) {
    let mut held = held;
    held.insert(WEIGHT_FILE.to_owned(), Held { numbers: weights, ..Held::default() });
    let files = Files::beside(Path::new("model.nnr"), held);
    (files, Overrides { words: PYTHON, ..Overrides::default() })
}
