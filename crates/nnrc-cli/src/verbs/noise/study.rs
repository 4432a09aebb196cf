//! What a study of noise runs: networks, disturbances, replicates, and what they read.

use nnrc_analysis::misfit_of;
use nnrc_model::activation::Activation;
use nnrc_model::{ConcentrationNoise, Noise, RateNoise, is_rectifier};
use nnrc_model::{DataReference, NodeKind, Part};
use nnrc_model::{ExpectationKind, Model};
use nnrc_sim::parallel;
use nnrc_sim::reading::Measure;
use nnrc_sim::train::{Loss, Totals};
use nnrc_syntax::ast::Cmp;

/// One disturbance; none of both is the noiseless run.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Case {
    pub rates: Option<RateNoise>,
    pub concentrations: Option<ConcentrationNoise>,
}

impl Case {
    /// Whether nothing is disturbed.
    pub fn is_noiseless(self) -> bool {
        self == Self::default()
    }
}

/// All disturbances of a study, the noiseless one first.
pub fn cases(noise: &Noise) -> Vec<Case> {
    let mut cases = vec![Case::default()];
    let only_rates = noise.rates.iter().map(|&rates| Case { rates: Some(rates), concentrations: None });
    let only = |noise| Case { rates: None, concentrations: Some(noise) };
    if noise.rates.is_empty() || noise.concentrations.is_empty() || !noise.combined {
        cases.extend(only_rates);
        cases.extend(noise.concentrations.iter().map(|&noise| only(noise)));
    } else {
        for &rates in &noise.rates {
            let both = |&noise| Case { rates: Some(rates), concentrations: Some(noise) };
            cases.extend(noise.concentrations.iter().map(both));
        }
    }
    cases
}

/// What is fed, and what should come out.
#[derive(Debug, Clone)]
pub struct Samples {
    pub inputs: Vec<Vec<f64>>,
    pub targets: Vec<Vec<f64>>,
    /// How outputs are compared with the targets.
    pub measure: Measure,
    /// Where they come from, in words.
    pub source: String,
}

impl Samples {
    /// The samples that the study is judged on; none if the file has none.
    pub fn of(model: &Model, noise: &Noise) -> Option<Self> {
        let width = model.nodes[model.output].width();
        let trained = model.training.as_ref().and_then(|training| training.data.clone());
        let reference = noise.data.clone().or(trained).or_else(|| {
            let dataset = model.datasets.keys().next()?.clone();
            Some(DataReference { dataset, part: Part::All })
        });
        let from_data = reference.and_then(|reference| {
            // What does not fit judges nothing.
            let dataset = model
                .datasets
                .get(&reference.dataset)
                .filter(|_| misfit_of(model, &reference.dataset).is_none())?;
            let part = match (noise.data.is_some(), dataset.test.is_empty()) {
                (true, _) => reference.part,
                (false, true) => Part::All,
                (false, false) => Part::Test,
            };
            let source = match part {
                Part::All => reference.dataset.clone(),
                Part::Train => format!("{}.train", reference.dataset),
                Part::Test => format!("{}.test", reference.dataset),
            };
            let rows = model.rows(&DataReference { part, ..reference });
            let targets: Option<Vec<Vec<f64>>> = rows.iter().map(|&row| dataset.target(row, width)).collect();
            let targets = targets.filter(|targets| targets.iter().all(|target| target.len() == width))?;
            let inputs = rows.iter().map(|&row| dataset.input(row).to_vec()).collect();
            let measure = model.judging(Some(dataset)).measure;
            Some(Self { inputs, targets, measure, source })
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

    /// How much the targets spread, for r².
    pub fn spread(&self) -> f64 {
        self.measure.spread(self.targets.iter().map(Vec::as_slice))
    }
}

/// The loss that the file trains with, else the squared error.
pub fn loss(model: &Model) -> Loss {
    let training = model.training.as_ref();
    let in_silico = training.and_then(|training| training.descent.as_ref()).map(|descent| descent.loss);
    let in_pot = || training.and_then(|training| training.flow.as_ref()).map(|flow| flow.loss);
    match in_silico.or_else(in_pot) {
        None | Some(nnrc_model::Loss::SquaredError) => Loss::SquaredError,
        Some(nnrc_model::Loss::CrossEntropy) => Loss::CrossEntropy,
        Some(nnrc_model::Loss::SoftmaxCrossEntropy) => Loss::SoftmaxCrossEntropy,
    }
}

/// Judges one output.
fn judge(loss: Loss, measure: &Measure, output: &[f64], target: &[f64], totals: &mut Totals) {
    let lanes: Vec<[f64; 1]> = output.iter().map(|&y| [y]).collect();
    let mut adjoint = vec![[0.0]; lanes.len()];
    totals.add(&loss.judge::<1>(measure, &lanes, &[target], &mut adjoint));
}

/// An activation as it is written.
pub fn words(activation: Activation) -> String {
    match activation {
        Activation::SmoothRelu { h } => format!("smooth_relu(h = {})", nnrc::numbers::short(h)),
        Activation::SmoothLeakyRelu { h, slope } => {
            let h = nnrc::numbers::short(h);
            // The slope is shown where it is not the usual one: names are drawn beside pictures.
            let slope = if slope == 0.1 {
                String::new()
            } else {
                format!(", slope = {}", nnrc::numbers::short(slope))
            };
            format!("smooth_leaky_relu(h = {h}{slope})")
        }
        other => other.name().to_owned(),
    }
}

/// What the network itself is called: its rectifiers, where they are all the same.
pub fn own_name(model: &Model) -> String {
    let activations = model.nodes.iter().filter_map(|node| match &node.kind {
        NodeKind::Layer { activations, .. } => Some(activations),
        NodeKind::Input => None,
    });
    let mut names: Vec<String> =
        activations.flatten().filter(|activation| is_rectifier(**activation)).map(|a| words(*a)).collect();
    names.dedup();
    match names.as_slice() {
        [only] => only.clone(),
        _ => model.name.clone(),
    }
}

/// What one replicate puts out: values of the output, for each sample at each running time.
pub type Outputs = Vec<Vec<Vec<f64>>>;

/// What one replicate read at one running time.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Reading {
    pub totals: Totals,
    /// Largest difference of an output from that of the noiseless run.
    pub deviation: f64,
}

impl Reading {
    /// Judges the outputs at one of the running times.
    pub fn new(
        loss: Loss,
        (outputs, noiseless): (&Outputs, &Outputs),
        samples: &Samples,
        time: usize,
    ) -> Self {
        let mut reading = Self::default();
        for ((output, noiseless), target) in outputs.iter().zip(noiseless).zip(&samples.targets) {
            judge(loss, &samples.measure, &output[time], target, &mut reading.totals);
            for (y, noiseless) in output[time].iter().zip(&noiseless[time]) {
                reading.deviation = reading.deviation.max((y - noiseless).abs());
            }
        }
        reading
    }
}

/// As many threads as asked for, or as there are cores.
pub fn threads(asked: Option<u64>) -> usize {
    asked.map_or_else(parallel::cores, |n| n as usize)
}
