//! Import: a network that was trained elsewhere becomes a `.nnr` text with weights.
//!
//! - `stand_in`: what stands in for activations, and by how much it is off;
//! - `mapped`, `recipe`: the layers of the text, and how those of the source are read from them;
//! - `names`, `text`: the text;
//! - `data`: what a data file says of it;
//! - `deviation`: how far the chemistry is from the source;
//! - `finetune`: training until it is as good.

mod data;
mod deviation;
mod finetune;
mod mapped;
mod names;
mod recipe;
mod source;
mod stand_in;
mod text;

use std::collections::BTreeMap;

use nnrc_import::{Head, Network};
use nnrc_model::output::{OutputKind, is_counted};
use nnrc_model::{DataReference, Resources, Subset, Targets, Tensor};
use nnrc_sim::scaling::Scaling;
use nnrc_sim::train::Metric;
use nnrc_syntax::{Diagnostic, Severity, Source, codes};

use crate::failure::Failure;
use crate::observer::Observer;
use crate::project::{Checked, Project};
use data::DATA;
pub use data::DataFile;
pub use deviation::{Deviation, LayerDeviation};
use mapped::{Mapped, Mapping, Operation};
pub use nnrc_import::Layout;
pub use source::{Trained, graph};
pub use stand_in::Closeness;

/// How a network is imported.
#[derive(Debug, Clone)]
pub struct Options<'a> {
    /// What the network is called where that is a name of the language: `iris` of `iris.nnr`.
    pub name: &'a str,
    /// The weight file, as it is named in the text.
    pub weights: &'a str,
    /// By how much a rectifier may be off.
    pub tolerance: f64,
    /// What stands in for sigmoids and tanh.
    pub closeness: Closeness,
    /// The range of the input; none: that of the data, else [0, 1].
    pub range: Option<(f64, f64)>,
    /// Weights of smaller magnitude become 0.
    pub prune: f64,
    /// Whether inputs are scaled by the data set instead of within the weights.
    pub keeps_scale: bool,
    /// Whether a softmax at the end becomes a rational one.
    pub rational: bool,
    /// Samples.
    pub data: Option<DataFile<'a>>,
    /// Epochs of fine-tuning at most, where the chemistry is worse than the source; none: no fine-tuning.
    pub finetune: Option<usize>,
}

/// A network that was imported.
#[derive(Debug, Clone)]
pub struct Imported {
    /// The text, in the canonical layout.
    pub text: String,
    /// The weights by their names.
    pub weights: BTreeMap<String, Tensor>,
    /// What the text means.
    pub checked: Checked,
    /// What is to be said of it.
    pub findings: Vec<Diagnostic>,
    /// How far the chemistry is from the source; none without data.
    pub deviation: Option<Deviation>,
    /// What fine-tuning did, where it was asked for.
    pub finetuned: Option<Finetuned>,
}

/// What fine-tuning did.
#[derive(Debug, Clone, PartialEq)]
pub struct Finetuned {
    /// Epochs that were run; 0 where the chemistry was as good as its source before.
    pub epochs: usize,
    /// Which metric counts.
    pub metric: Metric,
    /// The source by the targets.
    pub goal: f64,
    /// The chemistry before.
    pub before: f64,
    /// The chemistry after.
    pub after: f64,
}

impl Finetuned {
    /// Whether the chemistry is as good as its source.
    pub fn is_reached(&self) -> bool {
        if self.metric == Metric::Accuracy { self.after >= self.goal } else { self.after <= self.goal }
    }
}

/// Weights by their names.
type Weights = BTreeMap<String, Tensor>;
/// A text, what it means, and its weights.
type Written = Result<(String, Checked, Weights), Failure>;

impl Trained {
    /// Imports the network. `resources` reads the data, by their path in the text; `observer` is told of fine-tuning.
    ///
    /// # Errors
    ///
    /// A matrix that is too large; data that do not fit; a sample for which the pot does not settle; a fine-tuning without
    /// targets, or one that diverges.
    pub fn import(
        &self,
        options: &Options<'_>,
        resources: &dyn Resources,
        observer: &mut dyn Observer,
    ) -> Result<Imported, Failure> {
        let failed = |finding| Failure::new(&Source::new(self.file.clone(), ""), finding);
        let mut findings = Vec::new();
        let network = &self.network;
        let plain = Mapping {
            closeness: options.closeness,
            tolerance: options.tolerance,
            prune: options.prune,
            scale: None,
        };
        let map =
            |mapping: &Mapping<'_>| mapped::map(network, mapping).map_err(|large| failed(too_large(&large)));
        let mut mapped = map(&plain)?;
        let name = mapped::network_name(options.name, &mapped);
        let mut said = text::Said {
            name: &name,
            file: &self.file,
            digest: &self.digest,
            weights: options.weights,
            mapping: (options.closeness, options.tolerance),
            range: options.range,
            output: self.output(),
            data: None,
            expectation: None,
            finetuned: None,
            rational: (options.rational && matches!(network.head, Head::Softmax | Head::LogSoftmax))
                .then_some(options.tolerance * options.tolerance),
        };
        if options.rational && said.rational.is_none() {
            findings.push(no_softmax());
        }
        let write = |mapped: &Mapped, said: &text::Said<'_>, weights: Weights| -> Written {
            let text = text::text(network, mapped, said);
            let text = nnrc_syntax::format(&text).map_err(|findings| Failure {
                source: Source::new(self.file.clone(), text.clone()),
                findings,
            })?;
            let beside = data::Beside { weights: (options.weights, &weights), files: resources };
            let checked = Project::from_text(&format!("{name}.nnr"), &text, &beside).check()?;
            Ok((text, checked, weights))
        };
        if let Some(file) = &options.data {
            said.data = Some(file.said(DATA, file.target(self, false), options.keeps_scale));
            // What the data are, analysis knows: also whether targets are words.
            let mut draft = write(&mapped, &said, weights_of(&mapped));
            if draft.as_ref().is_err_and(are_words) {
                said.data = Some(file.said(DATA, file.target(self, true), options.keeps_scale));
                draft = write(&mapped, &said, weights_of(&mapped));
            }
            let (_, checked, _) = draft?;
            let scale: Option<Scaling> = checked.model.datasets.get(DATA).and_then(|data| data.scale.clone());
            if let Some(scale) = &scale {
                mapped = map(&Mapping { scale: Some(scale), ..plain })?;
            }
            said.range = options.range.or_else(|| range_of(&checked));
            said.output = said.output.or_else(|| self.output_by(&checked));
        } else if options.range.is_none() {
            said.range = Some((0.0, 1.0));
            findings.push(unknown_range(&mapped.input));
        }
        let (mut text, mut checked, mut weights) = write(&mapped, &said, weights_of(&mapped))?;
        let mut deviation = None;
        if options.data.is_some() {
            let data = DataReference { dataset: DATA.to_owned(), subset: Subset::All };
            let found = compare(&checked, network, &data)?;
            if let Some((metric, goal)) = found.goal() {
                let (sign, goal) = match metric {
                    Metric::Accuracy => (">=", down(goal)),
                    _ => ("<=", up(goal)),
                };
                let goal = text::number(goal);
                said.expectation = Some(format!("{}({name}) on {DATA} {sign} {goal}", metric.name()));
                (text, checked, weights) = write(&mapped, &said, weights_of(&mapped))?;
            }
            deviation = Some(found);
        }
        let mut finetuned = None;
        if let (Some(epochs), Some(found)) = (options.finetune, &deviation) {
            let (Some(goal), Some(after)) = (found.goal(), &found.after) else {
                return Err(failed(no_targets()));
            };
            let mut done = Finetuned {
                epochs: 0,
                metric: goal.0,
                goal: goal.1,
                before: after.get(goal.0),
                after: after.get(goal.0),
            };
            if !done.is_reached() {
                let beside = data::Beside { weights: (options.weights, &weights), files: resources };
                let plain = text::Said { output: None, expectation: None, ..said.clone() };
                let plain = text::text(network, &mapped, &plain);
                let (tuned, ran) =
                    finetune::finetune((&checked, &plain), network, (goal, epochs), &beside, observer)?;
                done.epochs = ran;
                if let Some(tuned) = tuned {
                    said.finetuned = Some(ran);
                    (text, checked, weights) = write(&mapped, &said, tuned)?;
                    let data = DataReference { dataset: DATA.to_owned(), subset: Subset::All };
                    let found = compare(&checked, network, &data)?;
                    done.after = found.after.as_ref().map_or(f64::NAN, |after| after.get(goal.0));
                    deviation = Some(found);
                }
            }
            finetuned = Some(done);
        }
        for layer in &network.layers {
            if stand_in::is_another(layer.activation) {
                findings.push(another_function(&layer.name, layer.activation));
            }
        }
        findings.append(&mut checked.findings);
        Ok(Imported { text, weights, checked, findings, deviation, finetuned })
    }

    /// What the file says of its output.
    fn output(&self) -> Option<OutputKind> {
        // Numbers of classes from 0 say nothing: data may name them.
        let names = &self.network.class_names;
        let names = if is_counted(names) { Vec::new() } else { names.clone() };
        let width = self.network.output_width();
        let classes = |names| Some(OutputKind::Classes { names });
        let binary = |names: Vec<String>| {
            let names = if names.len() == 2 { names } else { Vec::new() };
            Some(OutputKind::Binary { threshold: Some(0.0), names })
        };
        match self.network.head {
            Head::Softmax | Head::LogSoftmax => classes(names),
            Head::Logits if width > 1 => classes(names),
            Head::Logits | Head::BinaryProbability => binary(names),
            Head::Sigmoid if width == 1 => binary(names),
            Head::Sigmoid => Some(OutputKind::Values),
            Head::Values if self.network.class_names.len() == width => classes(names),
            Head::Values => None,
        }
    }

    /// What data say of an output of which the file says nothing: with two classes one number is a logit, unless the
    /// border between the targets tells them apart better.
    fn output_by(&self, checked: &Checked) -> Option<OutputKind> {
        let data = checked.model.datasets.get(DATA)?;
        let width = self.network.output_width();
        match &data.targets {
            Targets::Classes { .. } if width > 1 => Some(OutputKind::Classes { names: Vec::new() }),
            Targets::Classes { labels, .. } => {
                let right = |threshold: f64| {
                    let is_right = |(row, &label): (usize, &usize)| {
                        let raw = data.scale.as_ref().map(|scale| scale.undo(data.input(row)));
                        let output = self.network.logits(raw.as_deref().unwrap_or(data.input(row)));
                        usize::from(output.first().is_some_and(|y| *y > threshold)) == label
                    };
                    labels.iter().enumerate().filter(|&(row, label)| is_right((row, label))).count()
                };
                let threshold = if right(0.5) > right(0.0) { 0.5 } else { 0.0 };
                Some(OutputKind::Binary { threshold: Some(threshold), names: Vec::new() })
            }
            Targets::None | Targets::Values { .. } => None,
        }
    }
}

/// Whether a text has words where it needs numbers.
fn are_words(failure: &Failure) -> bool {
    failure.findings.iter().any(|finding| finding.code == codes::TEXT_IN_NUMBER_COLUMN)
}

/// Compares the chemistry of a text with the source.
fn compare(checked: &Checked, network: &Network, data: &DataReference) -> Result<Deviation, Failure> {
    checked.compile(&checked.model.default_input())?.deviation(network, data)
}

/// The smallest range with few digits that holds all inputs of the data.
fn range_of(checked: &Checked) -> Option<(f64, f64)> {
    let data = checked.model.datasets.get(DATA)?;
    let low = data.inputs.iter().copied().fold(f64::INFINITY, f64::min);
    let high = data.inputs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    (low <= high).then(|| {
        let size = low.abs().max(high.abs());
        (outward(low, size, f64::floor), outward(high, size, f64::ceil))
    })
}

/// A bound to three digits of `size`, rounded away from what it holds.
fn outward(bound: f64, size: f64, round: fn(f64) -> f64) -> f64 {
    if size == 0.0 {
        return bound;
    }
    let digits = 2 - size.log10().floor() as i32;
    // Through text, for numbers such as 0.3 that a product misses.
    let places = usize::try_from(digits).unwrap_or(0);
    let unit = 10f64.powi(digits);
    let rounded = round(bound * unit) / unit;
    format!("{rounded:.places$}").parse().unwrap_or(rounded)
}

/// Four digits of an accuracy, not above it.
fn down(value: f64) -> f64 {
    (value * 1e4).floor() / 1e4
}

/// Four digits of an error, not below it.
fn up(value: f64) -> f64 {
    if value <= 0.0 {
        return 0.0;
    }
    let unit = 10f64.powi(3 - value.log10().floor() as i32);
    (value * unit).ceil() / unit
}

/// The weights of the text.
fn weights_of(mapped: &Mapped) -> BTreeMap<String, Tensor> {
    let mut all = BTreeMap::new();
    for layer in &mapped.layers {
        if let Operation::Dense { weights, bias } = &layer.operation {
            let columns = weights.len() / layer.width.max(1);
            let matrix = Tensor { shape: vec![layer.width, columns], values: weights.clone() };
            all.insert(format!("{}.W", layer.name), matrix);
            all.insert(
                format!("{}.b", layer.name),
                Tensor { shape: vec![layer.width], values: bias.clone() },
            );
        }
    }
    all
}

fn too_large(large: &mapped::TooLarge) -> Diagnostic {
    let mapped::TooLarge { layer, rows, columns } = large;
    let message = format!("the matrix of `{layer}` has {rows} x {columns} numbers");
    Diagnostic::global(Severity::Error, codes::NOT_SERVED, message)
        .label("more than a dense layer is read with")
        .help("use fewer channels or larger strides: until the language has `conv2d`, a convolution is a dense layer")
}

fn no_targets() -> Diagnostic {
    Diagnostic::global(Severity::Error, codes::MISSING_ARGUMENT, "fine-tuning needs targets, and the data have none")
        .help("an .npz file has them as the array `t`, or as the one that is named; a table as a column that is named")
}

fn no_softmax() -> Diagnostic {
    let message = "the file ends in no softmax that could become a rational one";
    Diagnostic::global(Severity::Warning, codes::UNUSED_NAME, message).label("changes nothing")
}

fn unknown_range(input: &str) -> Diagnostic {
    let message = format!("nothing says which values `{input}` has: it is taken to be in [0, 1]");
    Diagnostic::global(Severity::Warning, codes::INPUT_OUT_OF_RANGE, message)
        .label("the range decides which signals need two rails")
        .help("give the data that the network is for, or the range")
}

fn another_function(layer: &str, source: nnrc_import::Activation) -> Diagnostic {
    let message =
        format!("`{layer}`: `{source}` becomes `elu(h)`, which is another function for negative values");
    Diagnostic::global(Severity::Warning, codes::UNSUPPORTED_ACTIVATION, message)
        .label("off by up to 0.2037")
        .help("train on through the chemistry's own function, or train the source with another activation")
}
