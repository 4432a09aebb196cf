//! Networks of dense layers one after another, as a program holds them that trained them.

use std::collections::BTreeSet;
use std::fmt;

use crate::activation::Activation;
use crate::graph::Origin;
use crate::network::{Input, Network};
use crate::recognise::Head;
use crate::state_dict::layer;

/// A dense layer: an affine map, and an activation.
#[derive(Debug, Clone, PartialEq)]
pub struct DenseLayer {
    /// What it is called where it comes from.
    pub name: String,
    /// The matrix, [outputs, inputs], row-major.
    pub matrix: Vec<f64>,
    /// The bias, one number for each output.
    pub bias: Vec<f64>,
    /// What is done to each number then.
    pub activation: Activation,
}

/// What is known of a network beside its layers.
#[derive(Debug, Clone, PartialEq)]
pub struct About {
    /// What is done to the last layer's numbers.
    pub head: Head,
    /// Names of the columns of the input; empty where there are none.
    pub feature_names: Vec<String>,
    /// Names of the classes; empty where there are none.
    pub class_names: Vec<String>,
    /// What made it: `scikit-learn`.
    pub producer: String,
}

/// Why layers make no network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DenseError {
    /// There is no layer, or the input has no width.
    Empty,
    /// A matrix that does not fit the numbers it gets.
    Shape {
        /// The layer.
        layer: String,
        /// How many entries it should have.
        wanted: usize,
        /// How many it has.
        found: usize,
    },
    /// A number that is none.
    NotFinite {
        /// The layer.
        layer: String,
    },
}

impl fmt::Display for DenseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "the network has no layer with weights"),
            Self::Shape { layer, wanted, found } => {
                write!(
                    f,
                    "the matrix of `{layer}` has {found} entries where its bias and what it gets ask for {wanted}"
                )
            }
            Self::NotFinite { layer } => write!(f, "`{layer}` holds a number that is not finite"),
        }
    }
}

impl std::error::Error for DenseError {}

impl Network {
    /// A network of dense layers, one after another, of `width` inputs.
    ///
    /// # Errors
    ///
    /// No layer; a matrix of another size than its neighbours ask for; a number that is not finite.
    pub fn of_dense(width: usize, dense: Vec<DenseLayer>, about: About) -> Result<Self, DenseError> {
        if width == 0 || dense.is_empty() {
            return Err(DenseError::Empty);
        }
        let mut layers = Vec::new();
        let mut names = BTreeSet::new();
        let mut inputs = width;
        for (at, DenseLayer { name, matrix, bias, activation }) in dense.into_iter().enumerate() {
            let outputs = bias.len();
            if outputs == 0 || matrix.len() != outputs * inputs {
                return Err(DenseError::Shape { layer: name, wanted: outputs * inputs, found: matrix.len() });
            }
            if matrix.iter().chain(&bias).any(|value| !value.is_finite()) {
                return Err(DenseError::NotFinite { layer: name });
            }
            let mut own = layer(at, &name, (inputs, outputs), activation, (matrix, bias));
            if !names.insert(own.name.clone()) {
                own.name = format!("{}_{}", own.name, at + 1);
                names.insert(own.name.clone());
            }
            layers.push(own);
            inputs = outputs;
        }
        Ok(Self {
            inputs: vec![Input { name: "x".to_owned(), shape: vec![width], width }],
            layers,
            head: about.head,
            head_nodes: Vec::new(),
            class_names: about.class_names,
            feature_names: about.feature_names,
            origin: Origin {
                ir_version: 0,
                opset: 0,
                opsets: Vec::new(),
                producer: about.producer,
                producer_version: String::new(),
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about() -> About {
        let producer = "a test".to_owned();
        About { head: Head::Values, feature_names: Vec::new(), class_names: Vec::new(), producer }
    }

    fn layer(name: &str, matrix: &[f64], bias: &[f64]) -> DenseLayer {
        let (matrix, bias) = (matrix.to_vec(), bias.to_vec());
        DenseLayer { name: name.to_owned(), matrix, bias, activation: Activation::Relu }
    }

    #[test]
    fn layers_compute_one_after_another() {
        let layers =
            vec![layer("fc.1", &[1.0, -2.0, 3.0, 0.0], &[0.5, -1.0]), layer("fc.1", &[1.0, 2.0], &[0.25])];
        let network = Network::of_dense(2, layers, about()).unwrap();
        assert_eq!(network.logits(&[1.0, 0.25]), [0.25 + 1.0 + 2.0 * 2.0]);
        assert_ne!(network.layers[0].name, network.layers[1].name);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert_eq!(Network::of_dense(2, Vec::new(), about()), Err(DenseError::Empty));
        let wrong = Network::of_dense(3, vec![layer("a", &[1.0, 2.0], &[0.0])], about());
        assert_eq!(wrong, Err(DenseError::Shape { layer: "a".to_owned(), wanted: 3, found: 2 }));
        let infinite = Network::of_dense(1, vec![layer("a", &[f64::NAN], &[0.0])], about());
        assert_eq!(infinite, Err(DenseError::NotFinite { layer: "a".to_owned() }));
    }
}
