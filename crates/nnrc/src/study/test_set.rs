//! What the outputs of a study are judged by.

use nnrc_analysis::misfit_of;
use nnrc_model::{DataReference, ExpectationKind, Model, Noise, Subset};
use nnrc_sim::reading::Measure;
use nnrc_sim::train::Metric;
use nnrc_syntax::ast::Cmp;

/// What is fed, and what should come out: at least one sample.
#[derive(Debug, Clone)]
pub struct TestSet {
    /// Values of the inputs, sample by sample.
    pub(super) inputs: Vec<Vec<f64>>,
    /// Values that the output should have.
    pub(super) targets: Vec<Vec<f64>>,
    /// How outputs are compared with the targets.
    pub(super) measure: Measure,
    /// Where they come from, in words.
    source: String,
}

impl TestSet {
    /// The samples that the study is judged on; none if the file has none.
    pub(super) fn of(model: &Model, noise: &Noise) -> Option<Self> {
        let width = model.nodes[model.output].width();
        let trained = model.training.as_ref().and_then(|training| training.data().cloned());
        let reference = noise.data.clone().or(trained).or_else(|| {
            let dataset = model.datasets.keys().next()?.clone();
            Some(DataReference { dataset, subset: Subset::All })
        });
        let from_data = reference.and_then(|reference| {
            // What does not fit judges nothing.
            let dataset = model
                .datasets
                .get(&reference.dataset)
                .filter(|_| misfit_of(model, &reference.dataset).is_none())?;
            let subset =
                match (noise.data.is_some() || model.clocked_sgd().is_some(), dataset.test.is_empty()) {
                    (true, _) => reference.subset,
                    (false, true) => Subset::All,
                    (false, false) => Subset::Test,
                };
            let judged = DataReference { subset, ..reference };
            let (source, rows) = (judged.to_string(), model.rows(&judged));
            let targets: Option<Vec<Vec<f64>>> = rows.iter().map(|&row| dataset.target(row, width)).collect();
            let targets = targets.filter(|targets| targets.iter().all(|target| target.len() == width))?;
            let inputs: Vec<_> = rows.iter().map(|&row| dataset.input(row).to_vec()).collect();
            let measure = model.judging(Some(dataset)).measure;
            (!inputs.is_empty()).then_some(Self { inputs, targets, measure, source })
        });
        from_data.or_else(|| Self::expected(model, width))
    }

    /// Rows of the file's test bench that say what the whole output should be.
    fn expected(model: &Model, width: usize) -> Option<Self> {
        let mut rows: Vec<(Vec<f64>, Vec<Option<f64>>)> = Vec::new();
        for expectation in &model.expectations {
            let ExpectationKind::Value { input, node, component } = &expectation.kind else { continue };
            if *node != model.output || !matches!(expectation.comparison, Cmp::Near | Cmp::Equal) {
                continue;
            }
            let place = rows.iter().position(|(known, _)| known == input).unwrap_or_else(|| {
                rows.push((input.clone(), vec![None; width]));
                rows.len() - 1
            });
            match component {
                Some(at) => rows[place].1[*at] = Some(expectation.value),
                None => rows[place].1.fill(Some(expectation.value)),
            }
        }
        let whole = rows
            .into_iter()
            .filter_map(|(input, target)| Some((input, target.into_iter().collect::<Option<Vec<f64>>>()?)));
        let (inputs, targets): (Vec<_>, Vec<_>) = whole.unzip();
        if inputs.is_empty() {
            return None;
        }
        let measure = model.judging_values(targets.concat()).measure;
        Some(Self { inputs, targets, measure, source: "the rows of `expect`".to_owned() })
    }

    /// How many samples there are; at least one.
    #[allow(clippy::len_without_is_empty, reason = "it never is")]
    pub fn len(&self) -> usize {
        self.inputs.len()
    }

    /// Where they come from, in words.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// What tells most about outputs of their kind.
    pub(super) fn merit(&self) -> Metric {
        if self.measure.reading.has_classes() { Metric::Accuracy } else { Metric::R2 }
    }

    /// How much the targets spread, for r².
    pub(super) fn spread(&self) -> f64 {
        self.measure.spread(self.targets.iter().map(Vec::as_slice))
    }
}
