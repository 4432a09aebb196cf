//! How far a chemistry is from the network that it was imported from: layer by layer, and in what it answers.

use std::fmt::Write;

use nnrc_import::{Head, Layer, Network, softmax};
use nnrc_model::activation::Activation;
use nnrc_model::{DataReference, Model, NodeKind};
use nnrc_sim::parallel;
use nnrc_sim::train::{Metric, Metrics, Totals};
use nnrc_syntax::{Diagnostic, Severity, codes};
use serde_json::{Value, json};

use super::mapped::{names, pair_names};
use super::output;
use super::recipe::Recipe;
use super::shares::rational;
use super::stand_in::{Closeness, StandIn};
use crate::compiled::Compiled;
use crate::explain::explain;
use crate::failure::Failure;
use crate::numbers::{json as number, short};

/// What is found by samples.
#[derive(Debug, Clone, PartialEq)]
pub struct Deviation {
    /// The layers of the source that the file has.
    pub layers: Vec<LayerDeviation>,
    /// Number of samples.
    pub samples: usize,
    /// Samples for which both name one class; none where outputs are values.
    pub agreeing: Option<usize>,
    /// The source by the targets; none without targets.
    pub before: Option<Metrics>,
    /// The chemistry by the targets.
    pub after: Option<Metrics>,
}

/// A layer of the source beside what the chemistry makes of it.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerDeviation {
    /// Its name in the file.
    pub name: String,
    /// Its activation in the source.
    pub activation: String,
    /// The largest deviation where the layer gets exactly what it gets in the source.
    pub alone: f64,
    /// The largest deviation.
    pub largest: f64,
    /// The root of the mean of its square.
    pub rms: f64,
    /// The mean of its absolute value.
    pub mean: f64,
    /// The sample with the largest one, from 0.
    pub worst: usize,
}

impl Deviation {
    /// The share of samples for which both name one class.
    pub fn agreement(&self) -> Option<f64> {
        self.agreeing.map(|agreeing| agreeing as f64 / self.samples.max(1) as f64)
    }

    /// For people.
    pub fn text(&self) -> String {
        let width = self.layers.iter().map(|layer| layer.name.chars().count()).max().unwrap_or(0).max(5);
        let kind = self.layers.iter().map(|layer| layer.activation.chars().count()).max().unwrap_or(0);
        let mut out = String::new();
        // Writing to a string cannot fail.
        let _ = writeln!(
            out,
            "{:width$}  {:kind$}  {:>10}  {:>10}  {:>10}  {:>6}",
            "layer", "", "alone", "largest", "mean", "sample"
        );
        for layer in &self.layers {
            let LayerDeviation { name, activation, alone, largest, mean, worst, .. } = layer;
            let _ = writeln!(
                out,
                "{name:width$}  {activation:kind$}  {:>10}  {:>10}  {:>10}  {:>6}",
                short(*alone),
                short(*largest),
                short(*mean),
                worst + 1
            );
        }
        if let (Some(agreeing), Some(agreement)) = (self.agreeing, self.agreement()) {
            let _ = writeln!(out, "same class: {agreeing} of {} ({})", self.samples, short(agreement));
        }
        if let (Some(before), Some(after)) = (&self.before, &self.after) {
            let (metric, _) = before.headline();
            let (before, after) = (short(before.get(metric)), short(after.get(metric)));
            let _ = writeln!(out, "{}: {before} in the source, {after} in chemistry", metric.name());
        }
        out
    }

    /// For programs.
    pub fn json(&self) -> Value {
        let layers = self.layers.iter().map(|layer| {
            json!({
                "name": layer.name,
                "activation": layer.activation,
                "alone": number(layer.alone),
                "largest": number(layer.largest),
                "rms": number(layer.rms),
                "mean": number(layer.mean),
                "worst_sample": layer.worst + 1,
            })
        });
        let metrics = |metrics: &Metrics| {
            let accuracy = metrics.accuracy.map(number);
            // Logits are no estimates of their targets.
            let errors = metrics.accuracy.is_none().then_some(metrics);
            let mse = errors.map(|metrics| number(metrics.mse));
            json!({ "accuracy": accuracy, "mse": mse, "r2": errors.and_then(|metrics| metrics.r2).map(number) })
        };
        json!({
            "layers": layers.collect::<Vec<_>>(),
            "samples": self.samples,
            "agreement": self.agreement().map(number),
            "before": self.before.as_ref().map(metrics),
            "after": self.after.as_ref().map(metrics),
        })
    }

    /// How good the source is by the targets: the metric that counts, and its value.
    pub fn goal(&self) -> Option<(Metric, f64)> {
        self.before.as_ref().map(|before| match before.headline() {
            (Metric::Accuracy, accuracy) => (Metric::Accuracy, accuracy),
            _ => (Metric::Mse, before.mse),
        })
    }
}

impl Compiled {
    /// Compares the chemistry with the network that it was imported from, by the samples of a data set of the file.
    ///
    /// # Errors
    ///
    /// A network of other widths; a sample for which the pot does not settle.
    pub fn deviation(&self, source: &Network, data: &DataReference) -> Result<Deviation, Failure> {
        self.check_widths(source)?;
        let dataset = self.model.datasets.get(&data.dataset);
        let source = &output::computed(source, dataset);
        let inputs = self.inputs_of(data)?;
        let width = source.output_width();
        let targets: Option<Vec<Vec<f64>>> = dataset.and_then(|dataset| {
            let target = |row| dataset.target(row, width).filter(|target| target.len() == width);
            self.model.rows(data).into_iter().map(target).collect()
        });
        let readers = readers(source, &self.model);
        let runner = self.runner();
        let nodes = self.model.nodes.len();
        let settled = parallel::map(inputs.len(), parallel::cores(), &runner, |runner, at| {
            runner.set_input(inputs[at])?;
            let mut state = runner.initial_state();
            runner.settle(&mut state)?;
            Ok((0..nodes).map(|node| runner.value(&state, node)).collect::<Vec<_>>())
        });
        let own_targets = targets.as_deref().unwrap_or_default();
        let judging = self.model.judging(dataset);
        let (reading, measure) = (judging.reading(), &judging.measure);
        let mut layers: Vec<LayerDeviation> = readers.iter().map(|reader| reader.start(source)).collect();
        let (mut sums, mut squares) = (vec![0.0; layers.len()], vec![0.0; layers.len()]);
        let (mut before, mut after) = (Totals::default(), Totals::default());
        let mut agreeing = 0;
        for (at, values) in settled.into_iter().enumerate() {
            let values = values.map_err(|error: nnrc_sim::Error| {
                self.failed(explain(self, &runner, &error, &format!("sample {}", at + 1)))
            })?;
            let raw = match self.model.input_scale() {
                Some(scale) => scale.undo(inputs[at]),
                None => inputs[at].to_vec(),
            };
            let exact = source.layer_values(&raw);
            for (k, reader) in readers.iter().enumerate() {
                let wanted = &reader.wanted(&exact[reader.layer]);
                let found = reader.recipe.values(&values);
                let layer = &mut layers[k];
                for (found, wanted) in found.iter().zip(wanted) {
                    let deviation = (found - wanted).abs();
                    if deviation > layer.largest {
                        (layer.largest, layer.worst) = (deviation, at);
                    }
                    sums[k] += deviation;
                    squares[k] += deviation * deviation;
                }
                let pre = source.layers[reader.layer].pre_activation(&raw, &exact);
                let alone = match reader.shares {
                    Some(shares) => largest(&rational(shares, &exact[reader.layer]), wanted),
                    None => reader.alone(&self.model, &pre, wanted),
                };
                layer.alone = layer.alone.max(alone);
            }
            let (wanted, found) = (exact.last().cloned().unwrap_or_default(), &values[self.model.output]);
            let same = reading.class(&wanted).zip(reading.class(found));
            agreeing += usize::from(same.is_some_and(|(wanted, found)| wanted == found));
            if let Some(target) = own_targets.get(at) {
                before.add_sample(measure, 0.0, &wanted, target);
                after.add_sample(measure, 0.0, found, target);
            }
        }
        for (k, layer) in layers.iter_mut().enumerate() {
            let count = (inputs.len() * readers[k].recipe.width()).max(1) as f64;
            (layer.mean, layer.rms) = (sums[k] / count, (squares[k] / count).sqrt());
        }
        let spread = measure.spread(own_targets.iter().map(Vec::as_slice));
        let judged = |totals: &Totals| targets.is_some().then(|| totals.metrics(spread));
        Ok(Deviation {
            layers,
            samples: inputs.len(),
            agreeing: reading.has_classes().then_some(agreeing),
            before: judged(&before),
            after: judged(&after),
        })
    }
}

impl Compiled {
    fn check_widths(&self, source: &Network) -> Result<(), Failure> {
        let own = (self.model.input_width(), self.model.nodes[self.model.output].width());
        let other = (source.input_width(), source.output_width());
        if own == other {
            return Ok(());
        }
        let message = format!(
            "the network takes {} values and gives {}, the model that it is compared with takes {} and gives {}",
            own.0, own.1, other.0, other.1
        );
        Err(self.failed(Diagnostic::global(Severity::Error, codes::SHAPE_MISMATCH, message)))
    }
}

/// How a layer of the source is read.
struct Reader {
    name: String,
    layer: usize,
    recipe: Recipe,
    /// What makes shares of the layer's values, where its softmax is compared.
    shares: Option<Activation>,
}

/// The layers of the source that a file has, by their names.
fn readers(source: &Network, model: &Model) -> Vec<Reader> {
    let (_, names) = names(source);
    let find = |name: &str, width: usize| {
        let is_it = |node: &nnrc_model::Node| node.name == name && node.width() == width;
        model.nodes.iter().position(is_it)
    };
    let reader = |(layer, name): (usize, String)| {
        let Layer { width, activation, .. } = source.layers[layer];
        // An output that two units make stands beside them.
        let pair = || {
            let StandIn { units, constant, .. } = StandIn::of(activation, Closeness::Close, 0.0);
            let part =
                |(name, (factor, _)): (String, (f64, _))| Some((find(&name, width)?, vec![factor; width]));
            let parts: Option<Vec<_>> = pair_names(&name).into_iter().zip(units).map(part).collect();
            Some(Recipe { parts: parts.filter(|parts| parts.len() == 2)?, constant: vec![constant; width] })
        };
        let recipe = pair().or_else(|| Some(Recipe::plain(find(&name, width)?, width)))?;
        Some(Reader { name, layer, recipe, shares: None })
    };
    // Shares stand in for nothing that the last layer has, but for the softmax behind it.
    let is_joint = |reader: &Reader| {
        reader.recipe.parts.iter().any(|(node, _)| match &model.nodes[*node].kind {
            NodeKind::Layer { activations, .. } => activations.iter().any(|activation| activation.is_joint()),
            NodeKind::Input => false,
        })
    };
    let layers = names.into_iter().enumerate().filter_map(reader).filter(|reader| !is_joint(reader));
    layers.chain(shares(source, model)).collect()
}

/// How the shares that stand in for a softmax at the end are read.
fn shares(source: &Network, model: &Model) -> Option<Reader> {
    let node = &model.nodes[model.output];
    let NodeKind::Layer { activations, .. } = &node.kind else { return None };
    let shares = activations.last().copied().filter(|activation| activation.is_joint())?;
    matches!(source.head, Head::Softmax | Head::LogSoftmax).then(|| Reader {
        name: node.name.clone(),
        layer: source.layers.len() - 1,
        recipe: Recipe::plain(model.output, node.width()),
        shares: Some(shares),
    })
}

/// The largest difference of two lists.
fn largest(found: &[f64], wanted: &[f64]) -> f64 {
    found.iter().zip(wanted).map(|(found, wanted)| (found - wanted).abs()).fold(0.0, f64::max)
}

impl Reader {
    fn start(&self, source: &Network) -> LayerDeviation {
        LayerDeviation {
            name: self.name.clone(),
            activation: match self.shares {
                Some(_) => Head::Softmax.to_string(),
                None => source.layers[self.layer].activation.to_string(),
            },
            alone: 0.0,
            largest: 0.0,
            rms: 0.0,
            mean: 0.0,
            worst: 0,
        }
    }

    /// What the source has, where its layer has these values.
    fn wanted(&self, values: &[f64]) -> Vec<f64> {
        if self.shares.is_some() { softmax(values) } else { values.to_vec() }
    }

    /// The largest deviation of the layer's own functions, at the pre-activations of the source.
    fn alone(&self, model: &Model, pre: &[f64], wanted: &[f64]) -> f64 {
        let mut found = self.recipe.constant.clone();
        for (node, factors) in &self.recipe.parts {
            let NodeKind::Layer { activations, .. } = &model.nodes[*node].kind else { continue };
            let mut values = pre.to_vec();
            for activation in activations {
                let rails: Vec<(f64, f64)> = values.iter().map(|z| (z.max(0.0), (-z).max(0.0))).collect();
                values = activation.values(&rails);
            }
            found
                .iter_mut()
                .zip(factors)
                .zip(values)
                .for_each(|((found, factor), value)| *found += factor * value);
        }
        largest(&found, wanted)
    }
}
