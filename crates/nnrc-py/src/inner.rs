//! A checked text, and what is beside it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

use nnrc::import::quoted;
use nnrc::training::{TrainOptions, Trained};
use nnrc::{Checked, Compiled, Failure, Project};
use nnrc_analysis::{Overrides, Words};
use nnrc_import::Network;
use nnrc_model::{Optimiser, Tensor};
use nnrc_sim::reading::Reading;
use nnrc_sim::train;
use nnrc_syntax::ast::Item;
use nnrc_syntax::{Diagnostic, Severity, Source, codes};
use serde_json::json;

use crate::files::{Files, Held};
use crate::watch::Watch;

/// The name under which weights of the caller are found.
const WEIGHTS: &str = "the given weights";

/// How Python writes what it gives beside a text.
pub const PYTHON: Words = Words {
    setting: |key, value| {
        let quote = if value.contains('"') { "'" } else { "\"" };
        format!("`settings={{\"{key}\": {quote}{value}{quote}}}`")
    },
    key: |key| format!("`settings={{\"{key}\": …}}`"),
    weights: "`weights={…}`",
    seed: |seed| format!("`seed={seed}`"),
    place: "beside the file",
};

/// What a model is made of.
pub struct Inner {
    /// What the text reads.
    pub files: Files,
    overrides: Overrides,
    /// What it means.
    pub checked: Checked,
    /// The network computing alone, its inputs at their defaults.
    alone: OnceLock<Compiled>,
    /// What it was imported from.
    pub origin: Option<Network>,
}

impl Inner {
    /// A checked text.
    pub fn new(
        source: Source,
        files: Files,
        overrides: Overrides,
        origin: Option<Network>,
    ) -> Result<Self, Failure> {
        let checked = Project::new(source, &files).with(overrides.clone()).check()?;
        Ok(Self { files, overrides, checked, alone: OnceLock::new(), origin })
    }

    /// The same beside what another one was imported from.
    pub fn beside_origin_of(&self, other: &Self) -> Self {
        Self {
            files: self.files.clone(),
            overrides: self.overrides.clone(),
            checked: self.checked.clone(),
            alone: OnceLock::new(),
            origin: other.origin.clone(),
        }
    }

    /// The text with what is beside it.
    pub fn project(&self) -> Project<'_> {
        Project::new(self.checked.source.clone(), &self.files).with(self.overrides.clone())
    }

    /// The chemistry of the network computing alone.
    pub fn alone(&self) -> Result<&Compiled, Failure> {
        if let Some(pot) = self.alone.get() {
            return Ok(pot);
        }
        let checked = self.checked.clone().computing();
        let pot = checked.compile(&checked.model.default_input())?;
        Ok(self.alone.get_or_init(|| pot))
    }

    /// The chemistry as the file has it.
    pub fn pot(&self, input: Option<Vec<f64>>) -> Result<Compiled, Failure> {
        if let Some(input) = &input {
            self.require_within(input, "x")?;
        }
        self.checked.compile(&input.unwrap_or_else(|| self.checked.model.default_input()))
    }

    /// Fails for inputs outside their ranges: `inputs` row after row, called `name`.
    pub fn require_within(&self, inputs: &[f64], name: &str) -> Result<(), Failure> {
        let model = &self.checked.model;
        let width = model.input_width();
        for (row, values) in inputs.chunks_exact(width.max(1)).enumerate() {
            let Some((at, range)) = model.outside_range(values) else { continue };
            let columns = model.column_names();
            let column = columns.get(at).filter(|name| !name.is_empty());
            let column = column.map_or(String::new(), |name| format!(" ({name})"));
            // One row is called `x`, rows are `X`.
            let place = if name == "x" { format!("x[{at}]") } else { format!("{name}[{row}, {at}]") };
            let message = format!(
                "{place}{column} is {}, outside the range of its input, {} to {}",
                values[at], range.low, range.high
            );
            let (low, high) = (range.low.min(values[at]), range.high.max(values[at]));
            let mut first = 0;
            let of = model.inputs().map(|(_, node)| node).find(|node| {
                first += node.width();
                at < first
            });
            let of = of.map_or_else(String::new, |node| {
                let sizes: Vec<String> = node.shape.iter().map(usize::to_string).collect();
                format!("{}[{}]", node.name, sizes.join(", "))
            });
            let mut finding = Diagnostic::global(Severity::Error, codes::INPUT_OUT_OF_RANGE, message)
                .help(format!("declare a wider range in the text: `input {of} in [{low}, {high}];`"));
            if model.input_scale().is_some() {
                finding =
                    finding.help("the network takes scaled values: measurements are given by `raw=True`");
            }
            return Err(self.checked.failed(finding));
        }
        Ok(())
    }

    pub fn scaled(&self, inputs: Vec<f64>) -> Vec<f64> {
        match self.checked.model.input_scale() {
            Some(scale) => {
                inputs.chunks_exact(scale.columns.len().max(1)).flat_map(|row| scale.apply(row)).collect()
            }
            None => inputs,
        }
    }

    /// The text, its weights from a file of that name instead.
    pub fn with_weights_from(&self, file: &str) -> Result<String, Failure> {
        let mut text = self.checked.source.text.clone();
        let block = format!("weights from {} {{ }}", quoted(file));
        let place = self.project().syntax()?.items.into_iter().find_map(|item| match item {
            Item::Weights { span, .. } => Some(span.start as usize..span.end as usize),
            _ => None,
        });
        match place {
            Some(place) => text.replace_range(place, &block),
            None => text.push_str(&format!("\n{block}\n")),
        }
        Ok(text)
    }

    pub fn facts(&self) -> serde_json::Value {
        let model = &self.checked.model;
        let judging = model.judging(None);
        let (kind, threshold) = match judging.reading() {
            Reading::Classes => ("classes", None),
            Reading::Binary { threshold, .. } => ("binary", Some(threshold)),
            Reading::Values => ("values", None),
        };
        let output = &model.nodes[model.output];
        let classes = if judging.reading().has_classes() { output.width().max(2) } else { 0 };
        let classes: Vec<String> = (0..classes).map(|class| judging.class_name(class)).collect();
        let ranges =
            model.inputs().flat_map(|(_, node)| node.ranges.iter().map(|range| [range.low, range.high]));
        let layers = model.nodes.iter().map(|node| json!({ "name": node.name, "width": node.width() }));
        json!({
            "name": model.name,
            "construction": model.chemistry.construction.name(),
            "inputs": model.input_width(),
            "outputs": output.width(),
            "output": output.name,
            "nodes": layers.collect::<Vec<_>>(),
            "ranges": ranges.collect::<Vec<_>>(),
            "input_names": model.column_names(),
            "output_names": model.output_names(),
            "kind": kind,
            "threshold": threshold,
            "classes": classes,
            "named": !judging.names.is_empty(),
            // Of a rule by plain gradient descent.
            "momentum": model.gradient_descent().and_then(|descent| match descent.optimiser {
                Optimiser::Sgd { momentum, .. } => Some(momentum),
                Optimiser::Adam { .. } => None,
            }),
            "is_scaled": model.input_scale().is_some(),
            "learns_in_pot": model.is_fed(),
            "trains": model.training.is_some(),
            "datasets": model.datasets.keys().collect::<Vec<_>>(),
        })
    }

    pub fn trained(&self, threads: usize, watch: &mut Watch) -> Result<Trained, Failure> {
        let project = self.project();
        let unfolded = project.unfolded(&self.checked)?;
        let options = TrainOptions { resume: None, threads };
        let trained = unfolded.as_ref().unwrap_or(&self.checked).train(&options, watch)?;
        // Weights may have moved to where an activation is not defined, or beyond all numbers.
        project.with_weights(trained.weights.clone())?;
        Ok(trained)
    }
}

/// What is beside a text.
pub fn beside(
    folder: &Path,
    settings: &[(String, String)],
    (seed, weights): (Option<u64>, Option<BTreeMap<String, Tensor>>),
    held: BTreeMap<String, Held>,
) -> Result<(Files, Overrides), Failure> {
    let mut files = Files::beside(&folder.join("model.nnr"), held);
    let mut overrides = Overrides { seed, words: PYTHON, ..Overrides::default() };
    for (key, value) in settings {
        overrides.settings.push((key.clone(), nnrc::setting(key, value)?));
    }
    if let Some(mut numbers) = weights {
        // A layout that the text states for a file is not that of these.
        numbers.insert(train::VERSION.to_owned(), Tensor::default());
        files.held.insert(WEIGHTS.to_owned(), Held { numbers, ..Held::default() });
        overrides.weights = Some(WEIGHTS.to_owned());
    }
    Ok((files, overrides))
}
