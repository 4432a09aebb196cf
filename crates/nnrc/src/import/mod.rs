//! Import: a network that was trained elsewhere becomes a `.nnr` text with weights.
//!
//! - `options`: what can be chosen;
//! - `source`: networks as other frameworks store them;
//! - `stand_in`: what stands in for activations, and by how much it is off;
//! - `mapped`, `recipe`: the layers of the text, and how those of the source are read from them;
//! - `output`: what the output is;
//! - `shares`: how far a rational softmax is from a softmax;
//! - `names`, `text`, `writer`: the text, and what it means;
//! - `data`: a file of samples;
//! - `deviation`: how far the chemistry is from the source;
//! - `finetune`: training until it is as good;
//! - `findings`: what is said of it all.

mod data;
mod deviation;
mod findings;
mod finetune;
mod mapped;
mod names;
mod options;
mod output;
mod recipe;
mod shares;
mod source;
mod stand_in;
mod text;
mod writer;

use std::collections::BTreeMap;

use nnrc_import::{Head, Network};
use nnrc_model::{DataReference, Dataset, Resources, Subset, Tensor};
use nnrc_sim::train::{Metric, Metrics};
use nnrc_syntax::{Diagnostic, Source};

use crate::failure::Failure;
use crate::observer::Observer;
use crate::project::Checked;
pub use data::DataFile;
pub use deviation::{Deviation, LayerDeviation};
use names::DATA;
pub use nnrc_import::Layout;
pub use options::Options;
use shares::Shares;
pub use source::{Trained, graph};
pub use stand_in::Closeness;
pub use text::quoted;
use writer::{Writer, Written};

/// The range of inputs of which nothing is known.
const UNKNOWN_RANGE: (f64, f64) = (0.0, 1.0);

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
    fn begin((metric, goal): (Metric, f64), chemistry: &Metrics) -> Self {
        let found = chemistry.get(metric);
        Self { epochs: 0, metric, goal, before: found, after: found }
    }

    /// Whether the chemistry is as good as its source.
    pub fn is_reached(&self) -> bool {
        if self.metric == Metric::Accuracy { self.after >= self.goal } else { self.after <= self.goal }
    }
}

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
        self.imported(options, resources, observer).map_err(|failure| {
            // No file has the text that a place is shown in.
            let Source { name, text, .. } = failure.source;
            let name = if text.is_empty() { name } else { "the imported network".to_owned() };
            Failure { source: Source::new(name, text), ..failure }
        })
    }

    fn imported(
        &self,
        options: &Options<'_>,
        resources: &dyn Resources,
        observer: &mut dyn Observer,
    ) -> Result<Imported, Failure> {
        let mut writer = Writer::new(self, options, resources);
        let samples = writer.samples(&self.network)?;
        let network = output::computed(&self.network, samples.as_ref());
        let mut notes = Vec::new();
        writer.said.output = output::said(&network)
            .or_else(|| samples.as_ref().and_then(|samples| output::seen(&network, samples)))
            .or(writer.said.output);
        writer.said.range = options.range.or_else(|| samples.as_ref().and_then(range_of));
        if options.rational {
            let h = options.tolerance * options.tolerance;
            let found = || match &samples {
                Some(samples) => Shares::by_samples(&network, h, samples),
                None => Shares::within(&network, h, writer.said.range.unwrap_or(UNKNOWN_RANGE)),
            };
            let shares = matches!(network.head, Head::Softmax | Head::LogSoftmax).then(found);
            notes.push(shares.as_ref().map_or_else(findings::no_softmax, findings::other_shares));
            writer.said.rational = shares;
        }
        let scale = samples.as_ref().and_then(|samples| samples.scale.clone());
        let mapped = writer.mapped(&network, scale.as_ref())?;
        notes.extend(
            mapped
                .layers
                .iter()
                .filter(|layer| layer.is_empty())
                .map(|layer| findings::pruned_away(&layer.name))
                .filter(|_| options.prune > 0.0),
        );
        if writer.said.range.is_none() {
            writer.said.range = Some(UNKNOWN_RANGE);
            notes.push(findings::unknown_range(&mapped.input));
        }
        let mut written = writer.write(&network, &mapped, mapped.weights())?;
        let (mut deviation, mut finetuned) = (None, None);
        if samples.is_some() {
            let mut found = compare(&written, &network)?;
            if let Some(goal) = found.goal() {
                writer.expect(goal);
                written = writer.write(&network, &mapped, mapped.weights())?;
            }
            if let Some(epochs) = options.finetune {
                let (Some(goal), Some(after)) = (found.goal(), &found.after) else {
                    return Err(self.failed(findings::no_targets()));
                };
                let mut done = Finetuned::begin(goal, after);
                if !done.is_reached() {
                    let plain = writer.plain(&network, &mapped);
                    let beside = writer.beside(&written.weights);
                    let start = (&written.checked, plain.as_str());
                    let (tuned, ran) =
                        finetune::finetune(start, &network, (goal, epochs), &beside, observer)?;
                    done.epochs = ran;
                    if let Some(tuned) = tuned {
                        writer.said.finetuned = Some(ran);
                        written = writer.write(&network, &mapped, tuned)?;
                        found = compare(&written, &network)?;
                        done.after = found.after.as_ref().map_or(f64::NAN, |after| after.get(goal.0));
                    }
                }
                finetuned = Some(done);
            }
            deviation = Some(found);
        }
        for layer in network.layers.iter().filter(|layer| stand_in::is_another(layer.activation)) {
            notes.push(findings::another_function(&layer.name, layer.activation));
        }
        let Written { text, mut checked, weights } = written;
        notes.append(&mut checked.findings);
        Ok(Imported { text, weights, checked, findings: notes, deviation, finetuned })
    }

    fn failed(&self, finding: Diagnostic) -> Failure {
        Failure::new(&Source::new(self.file.clone(), ""), finding)
    }
}

/// Compares the chemistry of a text with the source.
fn compare(written: &Written, network: &Network) -> Result<Deviation, Failure> {
    let data = DataReference { dataset: DATA.to_owned(), subset: Subset::All };
    let checked = &written.checked;
    checked.compile(&checked.model.default_input())?.deviation(network, &data)
}

/// The smallest range with few digits that holds all inputs of the data.
fn range_of(data: &Dataset) -> Option<(f64, f64)> {
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
