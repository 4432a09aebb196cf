//! What a replicate puts out, and how that is judged.

use nnrc_model::Model;
use nnrc_sim::reading::Measure;
use nnrc_sim::train::{Loss, Totals};

use super::halting::Halt;
use super::test_set::TestSet;

/// What one replicate puts out.
#[derive(Debug, Clone, Default)]
pub(super) struct Outputs {
    /// Values of the output, for each sample at each running time.
    pub values: Vec<Vec<Vec<f64>>>,
    /// How the course of a learner that halts by itself ended, at each running time; else nothing.
    pub halts: Vec<Halt>,
}

impl From<Vec<Vec<Vec<f64>>>> for Outputs {
    fn from(values: Vec<Vec<Vec<f64>>>) -> Self {
        Self { values, halts: Vec::new() }
    }
}

/// What one replicate read at one running time.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Reading {
    pub totals: Totals,
    /// Largest difference of an output from that of the noiseless run.
    pub deviation: f64,
    /// How the course ended.
    pub halt: Option<Halt>,
}

impl Reading {
    /// Judges the outputs at one of the running times.
    pub fn new(loss: Loss, (outputs, noiseless): (&Outputs, &Outputs), test: &TestSet, time: usize) -> Self {
        let mut reading = Self { halt: outputs.halts.get(time).copied(), ..Self::default() };
        let both = outputs.values.iter().zip(&noiseless.values);
        for ((output, noiseless), target) in both.zip(&test.targets) {
            judge(loss, &test.measure, &output[time], target, &mut reading.totals);
            for (y, noiseless) in output[time].iter().zip(&noiseless[time]) {
                reading.deviation = reading.deviation.max((y - noiseless).abs());
            }
        }
        reading
    }
}

/// Judges one output.
fn judge(loss: Loss, measure: &Measure, output: &[f64], target: &[f64], totals: &mut Totals) {
    let (mut output, mut slopes) = (output.to_vec(), vec![0.0; output.len()]);
    loss.judge(measure, &mut output, target, &mut slopes, totals);
}

/// The loss that the file trains with, else the squared error.
pub(super) fn loss(model: &Model) -> Loss {
    let in_silico = model.gradient_descent().map(|rule| rule.loss);
    match in_silico.or_else(|| model.gradient_flow().map(|rule| rule.loss)) {
        None | Some(nnrc_model::Loss::SquaredError) => Loss::SquaredError,
        Some(nnrc_model::Loss::CrossEntropy) => Loss::CrossEntropy,
        Some(nnrc_model::Loss::SoftmaxCrossEntropy) => Loss::SoftmaxCrossEntropy,
    }
}
