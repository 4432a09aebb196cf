//! A model with its data as something that can be trained.

use std::collections::BTreeMap;

use nnrc_gradient::{Graph, Parameter, Task};
use nnrc_model::{Model, NodeKind, Operation, Precision, Samples, Tensor};
use nnrc_sim::reading::Measure;
use nnrc_sim::train::stamp::{self, described, fingerprint};
use nnrc_sim::train::{Batches, Layout, Loss, Metrics, Number, Stamp, Variables};

use super::mapping;
use super::settings::PRECISION;

/// A network, its loss, and the samples: first those trained on, then those that only judge.
pub struct Learning<'a> {
    /// The network.
    pub graph: Graph,
    /// What is made small.
    pub loss: Loss,
    /// How outputs are compared with targets.
    pub measure: Measure,
    inputs: Vec<&'a [f64]>,
    /// A row for each sample.
    targets: Vec<f64>,
    /// The structure of the network in words, for the stamp.
    structure: stamp::Settings,
}

impl<'a> Learning<'a> {
    /// The network of a model with samples.
    pub fn new(
        model: &Model,
        loss: nnrc_model::Loss,
        train: &Samples<'a>,
        validation: Option<&Samples<'a>>,
    ) -> Self {
        let graph = Graph::new(model);
        let width = graph.output_width();
        let mut samples = inputs_and_targets(train, width);
        samples.extend(validation.iter().flat_map(|samples| inputs_and_targets(samples, width)));
        let loss = mapping::loss(loss);
        Self {
            graph,
            loss,
            measure: model.judging(Some(train.dataset)).measure,
            inputs: samples.iter().map(|(input, _)| *input).collect(),
            targets: samples.iter().flat_map(|(_, target)| target.iter().copied()).collect(),
            structure: structure(model),
        }
    }

    /// How much the targets of samples spread, for r².
    pub fn spread(&self, rows: &[usize]) -> f64 {
        self.task().spread(rows)
    }

    /// Number of samples.
    pub fn samples(&self) -> usize {
        self.inputs.len()
    }

    /// The inputs and the targets of the first `count` samples, and those of the others, a row after another.
    pub fn split(&self, count: usize) -> [(Vec<f64>, Vec<f64>); 2] {
        let (train, judged) = self.inputs.split_at(count);
        let (targets, judged_targets) = self.targets.split_at(count * self.graph.output_width());
        [(train.concat(), targets.to_vec()), (judged.concat(), judged_targets.to_vec())]
    }

    /// The metrics of the network with these parameters on some of its samples, in double precision.
    pub fn metrics(&self, parameters: &[f64], rows: &[usize], threads: usize) -> Metrics {
        let variables = Variables { parameters: parameters.to_vec(), ..Variables::default() };
        self.with_batches((threads, Precision::Double), rows.len(), |batches| {
            batches.load(&variables);
            batches.judge(rows).metrics(self.spread(rows))
        })
    }

    /// Calls `run` with the samples in batches, which several threads share, in some precision.
    pub fn with_batches<R>(
        &self,
        (threads, precision): (usize, Precision),
        batch: usize,
        run: impl FnOnce(&mut dyn Batches) -> R,
    ) -> R {
        match precision {
            Precision::Double => self.task().with_batches(threads, batch, run),
            Precision::Single => {
                let values: Vec<f32> = self.inputs.iter().copied().flatten().map(|&x| f32::of(x)).collect();
                let width = self.inputs.first().map_or(1, |input| input.len().max(1));
                let inputs: Vec<&[f32]> = values.chunks_exact(width).collect();
                let Self { graph, loss, measure, targets, inputs: _, structure: _ } = self;
                let task = Task { graph, loss: *loss, measure, inputs: &inputs, targets };
                task.with_batches(threads, batch, run)
            }
        }
    }

    fn task(&self) -> Task<'_> {
        let Self { graph, loss, measure, inputs, targets, structure: _ } = self;
        Task { graph, loss: *loss, measure, inputs, targets }
    }

    /// The tensors of the flat parameters.
    pub fn layout(&self) -> Vec<Layout<'_>> {
        let layout =
            |parameter: &'_ Parameter| -> (usize, usize) { (parameter.start, parameter.shape.len()) };
        debug_assert!(self.graph.parameters().iter().map(layout).is_sorted());
        self.graph.parameters().iter().map(|p| (p.key.as_str(), p.shape.as_slice(), p.start)).collect()
    }

    /// Parameters by key.
    pub fn weights(&self, parameters: &[f64]) -> BTreeMap<String, Tensor> {
        let tensor =
            |p: &Parameter| Tensor { shape: p.shape.clone(), values: parameters[p.range()].to_vec() };
        self.graph.parameters().iter().map(|p| (p.key.clone(), tensor(p))).collect()
    }

    /// What another network, beginning, data or way of training would change. `settings` are those of the training that
    /// count, by name.
    pub fn stamp(&self, settings: stamp::Settings) -> Stamp {
        let samples = || self.inputs.iter().copied().flatten().chain(&self.targets);
        let mut all = self.structure.clone();
        all.push(("samples".to_owned(), described(samples())));
        all.push(("weights at the beginning".to_owned(), described(self.graph.initial())));
        all.extend(settings);
        // Double precision was once the only one: it makes no other number.
        let counts =
            |(name, value): &&(String, String)| name != PRECISION || value != Precision::Double.name();
        let counting: stamp::Settings = all.iter().filter(counts).cloned().collect();
        let words = stamp::text(&counting).into_bytes();
        let numbers = samples().chain(self.graph.initial());
        let bytes = numbers.flat_map(|number| number.to_bits().to_le_bytes());
        Stamp { fingerprint: fingerprint(words.into_iter().chain(bytes)), settings: all }
    }
}

/// Shape, sources and activations of each node.
fn structure(model: &Model) -> stamp::Settings {
    let mut all = stamp::Settings::new();
    for node in &model.nodes {
        let kind = match &node.kind {
            NodeKind::Input => "input".to_owned(),
            NodeKind::Layer { operation, sources, activations } => {
                let operation = match operation {
                    Operation::Dense { bias: Some(_), .. } => "dense",
                    Operation::Dense { bias: None, .. } => "dense without bias",
                    Operation::Add => "add",
                    Operation::Concat => "concat",
                };
                let sources: Vec<&str> = sources.iter().map(|&at| model.nodes[at].name.as_str()).collect();
                let activations: String =
                    activations.iter().map(|activation| format!(" | {activation}")).collect();
                format!("{operation} of {}{activations}", sources.join(", "))
            }
        };
        all.push((format!("`{}`", node.name), format!("{:?} {kind}", node.shape)));
    }
    all
}

/// The samples of a part of the data, for the learner.
fn inputs_and_targets<'a>(samples: &Samples<'a>, width: usize) -> Vec<(&'a [f64], Vec<f64>)> {
    let dataset = samples.dataset;
    let one = |&row: &usize| (dataset.input(row), dataset.target(row, width).unwrap_or_default());
    samples.rows.iter().map(one).collect()
}
