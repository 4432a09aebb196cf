//! What the network computes, with exact activations, in f64.

use crate::recognise::Head;
use crate::special::sigmoid;

use super::{Layer, LayerKind, Network, Source};

impl Network {
    /// The values of all layers, each behind its activation.
    ///
    /// # Panics
    ///
    /// If `x` has another number of values than [`Network::input_width`].
    pub fn layer_values(&self, x: &[f64]) -> Vec<Vec<f64>> {
        assert_eq!(x.len(), self.input_width(), "a network takes as many values as its input is wide");
        let mut values: Vec<Vec<f64>> = Vec::with_capacity(self.layers.len());
        for layer in &self.layers {
            let mut own = layer.pre_activation(x, &values);
            own.iter_mut().for_each(|value| *value = layer.activation.apply(*value));
            values.push(own);
        }
        values
    }

    /// The values of the last layer, before the head.
    ///
    /// # Panics
    ///
    /// If `x` has another number of values than [`Network::input_width`].
    pub fn logits(&self, x: &[f64]) -> Vec<f64> {
        self.layer_values(x).pop().unwrap_or_default()
    }

    /// The output of the file: the values of the last layer behind the head.
    ///
    /// # Panics
    ///
    /// If `x` has another number of values than [`Network::input_width`].
    pub fn forward(&self, x: &[f64]) -> Vec<f64> {
        let z = self.logits(x);
        match self.head {
            Head::Logits | Head::Values => z,
            Head::Sigmoid => z.into_iter().map(sigmoid).collect(),
            Head::BinaryProbability => z.into_iter().flat_map(|z| [sigmoid(-z), sigmoid(z)]).collect(),
            Head::Softmax => softmax(&z),
            Head::LogSoftmax => log_softmax(&z),
        }
    }
}

impl Layer {
    /// What the activation is applied to, for the input `x` and the values of the layers before.
    pub fn pre_activation(&self, x: &[f64], values: &[Vec<f64>]) -> Vec<f64> {
        let mut sources = self.sources.iter().map(|source| match source {
            Source::Input => x,
            Source::Layer(layer) => &values[*layer],
        });
        match &self.kind {
            LayerKind::Affine(map) => sources.next().map(|source| map.apply(source)).unwrap_or_default(),
            LayerKind::Add => {
                let mut sum = vec![0.0; self.width];
                for source in sources {
                    sum.iter_mut().zip(source).for_each(|(sum, value)| *sum += value);
                }
                sum
            }
            LayerKind::Concat => sources.flatten().copied().collect(),
        }
    }
}

/// The softmax of logits.
pub fn softmax(z: &[f64]) -> Vec<f64> {
    log_softmax(z).into_iter().map(f64::exp).collect()
}

fn log_softmax(z: &[f64]) -> Vec<f64> {
    let largest = z.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let sum: f64 = z.iter().map(|z| (z - largest).exp()).sum();
    z.iter().map(|z| z - largest - sum.ln()).collect()
}
