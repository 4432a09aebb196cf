//! The text of an imported network, written and read again.

use std::collections::BTreeMap;

use nnrc_import::Network;
use nnrc_model::output::OutputKind;
use nnrc_model::{Dataset, Resources, Targets, Tensor};
use nnrc_sim::scaling::Scaling;
use nnrc_sim::train::Metric;
use nnrc_syntax::{Source, codes};

use super::data::Beside;
use super::findings;
use super::mapped::{self, Mapped, Mapping};
use super::names::DATA;
use super::options::Options;
use super::output;
use super::source::Trained;
use super::text::{self, Said};
use crate::failure::Failure;
use crate::project::{Checked, Project};

/// Writes the text.
pub(super) struct Writer<'a> {
    trained: &'a Trained,
    options: &'a Options<'a>,
    resources: &'a dyn Resources,
    /// What the text says beside the layers.
    pub said: Said<'a>,
}

/// A text that was written, and what it means.
pub(super) struct Written {
    pub text: String,
    pub checked: Checked,
    pub weights: BTreeMap<String, Tensor>,
}

impl<'a> Writer<'a> {
    pub fn new(trained: &'a Trained, options: &'a Options<'a>, resources: &'a dyn Resources) -> Self {
        let said = Said {
            name: options.name,
            file: &trained.file,
            digest: &trained.digest,
            weights: options.weights,
            mapping: (options.closeness, options.tolerance),
            range: None,
            output: None,
            data: None,
            expectation: None,
            finetuned: None,
            rational: None,
            names_features: options.data.is_none(),
        };
        Self { trained, options, resources, said }
    }

    /// The samples, as a text without a word on its output reads them; none without a file of samples.
    pub fn samples(&mut self, network: &Network) -> Result<Option<Dataset>, Failure> {
        let Some(file) = &self.options.data else { return Ok(None) };
        let mapped = self.mapped(network, None)?;
        let mut failure: Option<Failure> = None;
        // Targets that nobody promised may be missing: another reading fails by what there is.
        let is_missing =
            |failure: &Failure| failure.findings.iter().any(|finding| finding.code == codes::MISSING_TENSOR);
        for output in output::drafts(network) {
            self.said.output = output;
            for reading in file.readings(network) {
                self.said.data = Some(file.said(DATA, (&reading, false), self.options.keeps_scale));
                match self.read(network, &mapped, reading.classes) {
                    Err(other) if failure.is_some() && is_missing(&other) => {}
                    Err(other) => failure = Some(other),
                    Ok(dataset) => {
                        self.said.data = Some(file.said(DATA, (&reading, true), self.options.keeps_scale));
                        self.said.names_features =
                            dataset.input_names.is_empty() || dataset.input_names == network.feature_names;
                        return Ok(Some(dataset));
                    }
                }
            }
        }
        failure.map_or(Ok(None), Err)
    }

    /// The samples as the text reads them now; `classes` is how many there must be.
    fn read(&self, network: &Network, mapped: &Mapped, classes: Option<usize>) -> Result<Dataset, Failure> {
        let checked = self.write(network, mapped, mapped.weights())?.checked;
        // The text declares it.
        let dataset = checked.model.datasets.get(DATA).cloned();
        let dataset = dataset.ok_or_else(|| checked.failed(findings::no_targets()))?;
        let found = match &dataset.targets {
            Targets::Classes { names, .. } => names.len(),
            Targets::None | Targets::Values { .. } => 0,
        };
        match classes.filter(|&classes| classes != found) {
            Some(classes) => Err(checked.failed(findings::some_classes(found, classes))),
            None => Ok(dataset),
        }
    }

    /// The layers of the text.
    pub fn mapped(&self, network: &Network, scale: Option<&Scaling>) -> Result<Mapped, Failure> {
        let Options { closeness, tolerance, prune, .. } = *self.options;
        let mapping = Mapping { closeness, tolerance, prune, scale };
        mapped::map(network, &mapping).map_err(|large| {
            Failure::new(&Source::new(self.trained.file.clone(), ""), findings::too_large(&large))
        })
    }

    /// The text with these weights.
    pub fn write(
        &self,
        network: &Network,
        mapped: &Mapped,
        weights: BTreeMap<String, Tensor>,
    ) -> Result<Written, Failure> {
        let name = mapped::network_name(self.options.name, mapped);
        let text = text::text(network, mapped, &Said { name: &name, ..self.said.clone() });
        let text = nnrc_syntax::format(&text).map_err(|findings| Failure {
            source: Source::new(self.trained.file.clone(), text.clone()),
            findings,
        })?;
        let beside = self.beside(&weights);
        let checked = Project::from_text(&format!("{name}.nnr"), &text, &beside).check()?;
        Ok(Written { text, checked, weights })
    }

    /// The text to train by: without what is expected of it, and without the border of a logit, whose targets are
    /// other logits then.
    pub fn plain(&self, network: &Network, mapped: &Mapped) -> String {
        let name = mapped::network_name(self.options.name, mapped);
        let output = self.said.output.clone().filter(|kind| !matches!(kind, OutputKind::Binary { .. }));
        text::text(network, mapped, &Said { name: &name, output, expectation: None, ..self.said.clone() })
    }

    /// Weights that are not written yet, beside the files.
    pub fn beside<'b>(&'b self, weights: &'b BTreeMap<String, Tensor>) -> Beside<'b> {
        Beside { weights: (self.options.weights, weights), files: self.resources }
    }

    /// Expects of the network what its source does.
    pub fn expect(&mut self, (metric, goal): (Metric, f64)) {
        let (sign, goal) = match metric {
            Metric::Accuracy => (">=", down(goal)),
            _ => ("<=", up(goal)),
        };
        self.said.expectation = Some((metric.name(), sign, text::number(goal)));
    }
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
