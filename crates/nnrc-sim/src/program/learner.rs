//! A network with samples as something that can be trained.

use super::data::Samples;
use super::widths::{input_width, output_places};
use crate::gradient::{Differentiable, Tensor, fixed_point};
use crate::reading::Measure;
use crate::settings::Tolerances;
use crate::train::{Layout, Learner, Loss, Totals};

/// A network, its loss, and the samples: first those trained on, then those that only judge.
pub(crate) struct CrateLearner<N> {
    network: N,
    loss: Loss,
    measure: Measure,
    samples: Samples,
    inputs: usize,
    outputs: usize,
    /// Where the outputs stand in what the network observes.
    places: Vec<usize>,
    /// Rate constant of each parameter of 1; none if all are 1.
    scales: Option<Vec<f64>>,
}

/// Room for one sample.
pub(crate) struct Space<N> {
    network: N,
    state: Vec<f64>,
    values: Vec<f64>,
    output: Vec<f64>,
    adjoint: Vec<f64>,
    constants: Vec<f64>,
    gradient: Vec<f64>,
}

impl<N: Differentiable> CrateLearner<N> {
    pub fn new(network: N, (loss, measure): (Loss, Measure), samples: Samples) -> Self {
        let places = output_places::<N>();
        let each = |tensor: &Tensor| std::iter::repeat_n(tensor.scale, tensor.len());
        let scales: Vec<f64> = N::tensors().iter().flat_map(each).collect();
        let scales = scales.iter().any(|scale| *scale != 1.0).then_some(scales);
        let (inputs, outputs) = (input_width::<N>(), places.len());
        Self { network, loss, measure, samples, inputs, outputs, places, scales }
    }

    /// The weights that the network has.
    pub fn parameters(&self) -> Vec<f64> {
        let mut values = Vec::new();
        self.network.parameters(&mut values);
        if let Some(scales) = &self.scales {
            values.iter_mut().zip(scales).for_each(|(value, scale)| *value /= scale);
        }
        values
    }
}

/// The tensors of flat parameters.
pub(crate) fn layout<N: Differentiable>() -> Vec<Layout<'static>> {
    let mut start = 0;
    let place = |tensor: &'static Tensor| {
        let own = start;
        start += tensor.len();
        (tensor.name, tensor.shape, own)
    };
    N::tensors().iter().map(place).collect()
}

impl<N: Differentiable> Learner for CrateLearner<N> {
    type Space = Space<N>;

    fn space(&self) -> Space<N> {
        Space {
            network: self.network.clone(),
            state: Vec::new(),
            values: Vec::new(),
            output: vec![0.0; self.outputs],
            adjoint: vec![0.0; self.outputs],
            constants: Vec::new(),
            gradient: Vec::new(),
        }
    }

    fn block(&self) -> usize {
        8
    }

    fn spread(&self, rows: &[usize]) -> f64 {
        let width = self.outputs;
        self.measure.spread(rows.iter().map(|row| &self.samples.targets[row * width..(row + 1) * width]))
    }

    fn learn(
        &self,
        parameters: &[f64],
        rows: &[usize],
        space: &mut Space<N>,
        mut gradient: Option<&mut [f64]>,
    ) -> Totals {
        match &self.scales {
            None => space.network.set_parameters(parameters),
            Some(scales) => {
                space.constants.clear();
                space.constants.extend(parameters.iter().zip(scales).map(|(w, scale)| w * scale));
                space.network.set_parameters(&space.constants);
            }
        }
        if self.scales.is_some() {
            space.gradient.clear();
            space.gradient.resize(parameters.len(), 0.0);
        }
        let mut totals = Totals::default();
        for &row in rows {
            space.network.set_inputs(&self.samples.inputs[row * self.inputs..(row + 1) * self.inputs]);
            let target = &self.samples.targets[row * self.outputs..(row + 1) * self.outputs];
            let found = fixed_point(&mut space.network, &mut space.state, &Tolerances::default());
            space.values.clear();
            space.network.observe(&space.state, &mut space.values);
            for (output, &place) in space.output.iter_mut().zip(&self.places) {
                // Without a fixed point there is no output: the loss then is no number.
                *output = if found.is_ok() { space.values[place] } else { f64::NAN };
            }
            self.loss.judge(&self.measure, &mut space.output, target, &mut space.adjoint, &mut totals);
            let Some(gradient) = gradient.as_deref_mut() else { continue };
            space.values.fill(0.0);
            for (d, &place) in space.adjoint.iter().zip(&self.places) {
                space.values[place] = *d;
            }
            let into = if self.scales.is_some() { space.gradient.as_mut_slice() } else { gradient };
            if !space.network.adjoint(&space.state, &space.values, into) {
                totals.loss = f64::NAN;
            }
        }
        if let (Some(gradient), Some(scales)) = (gradient, &self.scales) {
            for ((sum, own), scale) in gradient.iter_mut().zip(&space.gradient).zip(scales) {
                *sum += own * scale;
            }
        }
        totals
    }
}
