//! The networks of a study: that of the file, and the same with other activations.

use nnrc_model::activation::Activation;
use nnrc_model::{Model, NodeKind, Noise, is_rectifier};

use crate::numbers::short;

/// A network under study.
#[derive(Debug, Clone)]
pub struct Variant {
    /// What it is called.
    pub name: String,
    /// The activation in place of every smooth rectifier; none: the network as it is.
    pub rectifier: Option<Activation>,
    /// The network, with weights.
    pub model: Model,
}

impl Variant {
    /// The network itself, and the same with each of the activations that it is compared with.
    pub fn all(model: &Model, noise: &Noise) -> Vec<Self> {
        let own = Self { name: own_name(model), rectifier: None, model: model.clone() };
        let others = noise.compare.iter().map(|&other| Self {
            name: words(other),
            rectifier: Some(other),
            model: model.with_rectifier(other),
        });
        std::iter::once(own).chain(others).collect()
    }

    /// This variant of a model, such as the same network with trained weights.
    pub fn of(&self, model: &Model) -> Model {
        self.rectifier.map_or_else(|| model.clone(), |other| model.with_rectifier(other))
    }

    /// Whether its weights are trained by descent before they are of use.
    pub fn descends(&self) -> bool {
        self.model.gradient_descent().is_some()
    }
}

/// An activation as it is written.
fn words(activation: Activation) -> String {
    match activation {
        Activation::SmoothRelu { h } => format!("smooth_relu(h = {})", short(h)),
        Activation::SmoothLeakyRelu { h, slope } => {
            // The slope is shown where it is not the usual one: names are drawn beside pictures.
            let slope = if slope == 0.1 { String::new() } else { format!(", slope = {}", short(slope)) };
            format!("smooth_leaky_relu(h = {}{slope})", short(h))
        }
        Activation::Identity
        | Activation::AlgebraicSigmoid { .. }
        | Activation::AlgebraicTanh { .. }
        | Activation::RestoredSigmoid { .. }
        | Activation::Michaelis { .. }
        | Activation::Hill { .. }
        | Activation::Softsign { .. }
        | Activation::Elu { .. }
        | Activation::Abs { .. }
        | Activation::Swish { .. }
        | Activation::Square
        | Activation::InverseMultiquadric { .. }
        | Activation::InverseQuadratic
        | Activation::AnnihilationRelu { .. }
        | Activation::WinnerTakeAll { .. }
        | Activation::RationalSoftmax { .. }
        | Activation::Sigmoid
        | Activation::Tanh
        | Activation::Softmax
        | Activation::Softplus => activation.name().to_owned(),
    }
}

/// What the network itself is called: its rectifiers, where they are all the same.
fn own_name(model: &Model) -> String {
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
