//! Fine-tuning: training through the chemistry's own functions from the imported weights, until the network is as good as
//! its source.
//!
//! Values and classes are trained on the targets. One logit that tells two classes apart learns the logits of the source
//! instead: a squared error would draw it to the numbers of the classes.

use std::collections::BTreeMap;

use nnrc_import::Network;
use nnrc_model::forward::forward;
use nnrc_model::{Arrays, DataReference, ResourceError, Resources, Table, TableLayout, Tensor};
use nnrc_sim::reading::Reading;
use nnrc_sim::train::{Metric, Metrics, Totals};

use super::names::DATA;
use super::text;
use crate::failure::Failure;
use crate::observer::{Checkpoint, Epoch, Moment, Observer};
use crate::project::{Checked, Project};
use crate::training::TrainOptions;

/// The array file of what the source answers, and its data set.
const TEACHER: &str = "the source";
const TAUGHT: &str = "source";

/// Trains until `goal` is reached, for at most `epochs`; the best weights, none where those of the start are the best, and
/// the epochs that were run. `plain` is the
/// text to train by.
///
/// # Errors
///
/// Data without targets; a training that diverges.
pub fn finetune(
    (checked, plain): (&Checked, &str),
    network: &Network,
    (goal, epochs): ((Metric, f64), usize),
    resources: &dyn Resources,
    observer: &mut dyn Observer,
) -> Result<(Option<BTreeMap<String, Tensor>>, usize), Failure> {
    let data = DataReference { dataset: DATA.to_owned(), subset: nnrc_model::Subset::All };
    let model = &checked.model;
    let is_logit = matches!(model.judging(model.datasets.get(DATA)).reading(), Reading::Binary { .. });
    let is_classes = matches!(model.judging(model.datasets.get(DATA)).reading(), Reading::Classes);
    let teacher = Teacher { arrays: teacher(checked, network), files: resources };
    let mut lines = plain.to_owned();
    let on = if is_logit {
        lines.push_str(&format!("\ndataset {TAUGHT} = npz({}) {{}}\n", text::quoted(TEACHER)));
        TAUGHT
    } else {
        DATA
    };
    let loss = if is_classes { "cross_entropy" } else { "squared_error" };
    // Small steps at last: a few samples at the border between classes decide.
    let batch = (model.rows(&data).len() / 40).clamp(4, 32);
    lines.push_str(&format!(
        "\ntrain {{ data = {on}; loss = {loss}; rule = gradient(adam(rate = 0.02)); schedule = cosine(floor = 0.01); \
         epochs = {epochs}; batch = {batch}; }}\n"
    ));
    let training = Project::from_text(&checked.source.name, &lines, &teacher).check()?;
    let start = metrics(model, &data);
    let mut watch = Watch { checked, data: &data, goal, best: (start, None), epochs: 0, observer };
    training.train(&TrainOptions { resume: None, threads: 1 }, &mut watch)?;
    Ok((watch.best.1, watch.epochs))
}

/// What the source answers to the samples, as the file's inputs have them.
fn teacher(checked: &Checked, network: &Network) -> BTreeMap<String, Tensor> {
    let Some(data) = checked.model.datasets.get(DATA) else { return BTreeMap::new() };
    let logits = |row: usize| match &data.scale {
        Some(scale) => network.logits(&scale.undo(data.input(row))),
        None => network.logits(data.input(row)),
    };
    let rows = data.rows();
    let inputs = Tensor { shape: vec![rows, data.width], values: data.inputs.to_vec() };
    let outputs =
        Tensor { shape: vec![rows, network.output_width()], values: (0..rows).flat_map(logits).collect() };
    BTreeMap::from([("x".to_owned(), inputs), ("t".to_owned(), outputs)])
}

/// What the source answers, beside files.
struct Teacher<'a> {
    arrays: BTreeMap<String, Tensor>,
    files: &'a dyn Resources,
}

impl Resources for Teacher<'_> {
    fn tensors(&self, path: &str) -> Result<Box<dyn Arrays>, ResourceError> {
        if path == TEACHER { Ok(Box::new(self.arrays.clone())) } else { self.files.tensors(path) }
    }

    fn table(&self, path: &str, layout: TableLayout) -> Result<Table, ResourceError> {
        self.files.table(path, layout)
    }

    fn idx(&self, path: &str) -> Result<Tensor, ResourceError> {
        self.files.idx(path)
    }
}

/// Looks at the network after each epoch, and ends the training when it is good enough.
struct Watch<'a> {
    checked: &'a Checked,
    data: &'a DataReference,
    goal: (Metric, f64),
    /// The best so far, and its weights; none: those of the start.
    best: (Metrics, Option<BTreeMap<String, Tensor>>),
    epochs: usize,
    observer: &'a mut dyn Observer,
}

impl Observer for Watch<'_> {
    fn note(&mut self, words: &str) {
        self.observer.note(words);
    }

    fn epoch(&mut self, epoch: &Epoch) {
        self.epochs = epoch.number;
        self.observer.epoch(epoch);
    }

    fn wants_checkpoint(&mut self, at: Moment) -> bool {
        at == Moment::Epoch
    }

    fn checkpoint(&mut self, checkpoint: &Checkpoint) {
        if reaches(&self.best.0, self.goal) {
            return;
        }
        let mut model = self.checked.model.clone();
        let tensor = |key: String| {
            let array = checkpoint.arrays.get(&key)?;
            Some((key, Tensor { shape: array.shape.clone(), values: array.values.clone() }))
        };
        let keys = model.nodes.iter().flat_map(|node| ["W", "b"].map(|what| format!("{}.{what}", node.name)));
        let weights: BTreeMap<String, Tensor> = keys.filter_map(tensor).collect();
        model.set_weights(&weights);
        let found = metrics(&model, self.data);
        if is_better(&found, &self.best.0, self.goal.0) {
            self.best = (found, Some(weights));
        }
    }

    fn is_cancelled(&mut self) -> bool {
        reaches(&self.best.0, self.goal) || self.observer.is_cancelled()
    }
}

/// Whether a network is as good as asked for.
pub fn reaches(metrics: &Metrics, (metric, goal): (Metric, f64)) -> bool {
    match metric {
        Metric::Accuracy => metrics.accuracy.is_some_and(|accuracy| accuracy >= goal),
        _ => metrics.mse <= goal,
    }
}

/// Whether one network is better than another.
fn is_better(one: &Metrics, other: &Metrics, metric: Metric) -> bool {
    let accuracy = |metrics: &Metrics| metrics.accuracy.filter(|_| metric == Metric::Accuracy).unwrap_or(0.0);
    match accuracy(one).total_cmp(&accuracy(other)) {
        std::cmp::Ordering::Greater => true,
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => one.mse < other.mse && metric != Metric::Accuracy,
    }
}

/// How good a network is on data, in closed form.
fn metrics(model: &nnrc_model::Model, data: &DataReference) -> Metrics {
    let dataset = model.datasets.get(&data.dataset);
    let measure = model.judging(dataset).measure;
    let width = model.nodes[model.output].width();
    let mut totals = Totals::default();
    let mut targets = Vec::new();
    if let Some(dataset) = dataset {
        for row in model.rows(data) {
            let Some(target) = dataset.target(row, width) else { continue };
            let values = forward(model, dataset.input(row));
            totals.add_sample(&measure, 0.0, &values[model.output], &target);
            targets.push(target);
        }
    }
    totals.metrics(measure.spread(targets.iter().map(Vec::as_slice)))
}
