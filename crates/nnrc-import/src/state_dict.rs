//! Networks from weights alone, as a state dict has them: the layers come from a description such as `4-8:relu-3`, what
//! belongs to which from shapes and names.
//!
//! - A matrix belongs to the layer whose widths it has; where several fit, names decide, with numbers in their order.
//! - A bias stands beside its matrix: `fc1.weight` and `fc1.bias`, `dense/kernel` and `dense/bias`, `W1` and `b1`.
//! - Statistics of a BatchNorm are folded into the layer before it: the first of a width into the first layer of that
//!   width, and so on.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::activation::Activation;
use crate::graph::Origin;
use crate::network::{Input, Layer, LayerKind, Network, Source};
use crate::recognise::Head;
use crate::sparse::{AffineMap, SparseMatrix};

/// What PyTorch and Keras add to a variance where nothing else is said; a state dict does not say it.
const EPSILON_TORCH: f64 = 1e-5;
const EPSILON_KERAS: f64 = 1e-3;

/// An array of the state dict.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    /// Its sizes.
    pub shape: Vec<usize>,
    /// Its numbers, row-major.
    pub values: Vec<f64>,
}

/// How matrices are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// [outputs, inputs]
    OutIn,
    /// [inputs, outputs]
    InOut,
}

/// Why weights and a description make no network.
#[derive(Debug, Clone, PartialEq)]
pub enum StateDictError {
    /// The description cannot be read: what is wrong with it.
    Description(String),
    /// No array has the shape of a layer's matrix.
    NoMatrix {
        /// The layer, from 1.
        layer: usize,
        /// Its outputs and inputs.
        shape: [usize; 2],
        /// Names and shapes of the matrices that are left.
        left: Vec<String>,
    },
    /// All matrices fit either way.
    Square,
    /// Matrices are stored in one way and in the other.
    Mixed {
        /// One that is [outputs, inputs].
        straight: String,
        /// One that is [inputs, outputs].
        transposed: String,
    },
    /// Arrays that belong to no layer.
    Unused(Vec<String>),
    /// A number that is none.
    NotFinite(String),
}

impl fmt::Display for StateDictError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Description(what) => {
                write!(f, "{what}; write widths and activations, as in `4-8:relu-3`")
            }
            Self::NoMatrix { layer, shape: [outputs, inputs], left } => {
                write!(
                    f,
                    "no array has the shape [{outputs}, {inputs}] or [{inputs}, {outputs}] of layer {layer}"
                )?;
                if left.is_empty() { Ok(()) } else { write!(f, "; there are {}", left.join(", ")) }
            }
            Self::Square => write!(
                f,
                "every matrix is square, so that shapes do not tell how they are stored: say it by the layout, \
                 `out_in` for PyTorch, `in_out` for Keras and scikit-learn"
            ),
            Self::Mixed { straight, transposed } => write!(
                f,
                "`{straight}` is stored as [outputs, inputs] and `{transposed}` as [inputs, outputs]: one file has one layout"
            ),
            Self::Unused(names) => {
                write!(f, "{} to no layer of the description", belongs(names))
            }
            Self::NotFinite(name) => write!(f, "`{name}` holds a number that is not finite"),
        }
    }
}

impl std::error::Error for StateDictError {}

fn belongs(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    let verb = if names.len() == 1 { "belongs" } else { "belong" };
    format!("{} {verb}", quoted.join(", "))
}

impl Network {
    /// A network of layers of the widths and activations that `description` says, with these weights.
    ///
    /// # Errors
    ///
    /// A description that cannot be read; arrays that fit no layer, or more than one way.
    pub fn from_state_dict(
        description: &str,
        arrays: &BTreeMap<String, Weights>,
        layout: Option<Layout>,
    ) -> Result<Self, StateDictError> {
        let (inputs, wanted) = described(description)?;
        for (name, array) in arrays {
            if array.values.iter().any(|value| !value.is_finite()) {
                return Err(StateDictError::NotFinite(name.clone()));
            }
        }
        let mut found = Found::new(arrays);
        let names = found.matrices(inputs, &wanted)?;
        let is_transposed = found.layout(inputs, &wanted, &names, layout)?;
        let mut layers = Vec::new();
        let mut width = inputs;
        for (at, ((own, activation), name)) in wanted.iter().zip(&names).enumerate() {
            let (matrix, bias) = found.affine(name, [*own, width], is_transposed);
            let (matrix, bias) = found.normalised(*own, matrix, bias);
            layers.push(layer(at, name, (width, *own), *activation, (matrix, bias)));
            width = *own;
        }
        found.finish()?;
        // A sigmoid or softmax at the end is no layer's function.
        let is_logistic = layers.last().is_some_and(|layer| layer.activation == Activation::Sigmoid);
        let head = if is_logistic && width == 1 { Head::Sigmoid } else { Head::Values };
        if let (Head::Sigmoid, Some(last)) = (head, layers.last_mut()) {
            last.activation = Activation::Identity;
        }
        Ok(Self {
            inputs: vec![Input { name: "x".to_owned(), shape: vec![inputs], width: inputs }],
            layers,
            head,
            head_nodes: Vec::new(),
            class_names: Vec::new(),
            feature_names: Vec::new(),
            origin: Origin {
                ir_version: 0,
                opset: 0,
                opsets: Vec::new(),
                producer: "a state dict".to_owned(),
                producer_version: String::new(),
            },
        })
    }
}

pub(crate) fn layer(
    at: usize,
    name: &str,
    (inputs, outputs): (usize, usize),
    activation: Activation,
    (matrix, bias): (Vec<f64>, Vec<f64>),
) -> Layer {
    let mut sparse = SparseMatrix::new(inputs);
    for row in matrix.chunks(inputs.max(1)) {
        row.iter().enumerate().for_each(|(column, &value)| sparse.push(column, value));
        sparse.end_row();
    }
    let own = stem(name);
    let is_letter = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let cleaned: String = own.chars().map(|c| if is_letter(c) { c } else { '_' }).collect();
    let cleaned = cleaned.trim_matches('_');
    let begins = cleaned.starts_with(|c: char| c.is_ascii_alphabetic());
    Layer {
        name: if begins { cleaned.to_owned() } else { format!("l{}", at + 1) },
        kind: LayerKind::Affine(AffineMap { matrix: sparse, bias }),
        activation,
        sources: vec![if at == 0 { Source::Input } else { Source::Layer(at - 1) }],
        source_nodes: vec![name.to_owned()],
        source_op: "matrix".to_owned(),
        shape: vec![outputs],
        width: outputs,
    }
}

/// `4-8:relu-3`: the width of the input, and widths and activations of the layers.
fn described(text: &str) -> Result<(usize, Vec<(usize, Activation)>), StateDictError> {
    let wrong = |what: String| StateDictError::Description(what);
    let width = |word: &str| match word.trim().parse::<usize>() {
        Ok(width) if width > 0 => Ok(width),
        Ok(_) | Err(_) => Err(wrong(format!("`{word}` is no width"))),
    };
    let mut parts = text.split('-');
    let inputs = width(parts.next().unwrap_or_default())?;
    let mut layers = Vec::new();
    for part in parts {
        let (own, activation) = match part.split_once(':') {
            Some((own, name)) => (own, activation(name.trim()).ok_or_else(|| unknown(name))?),
            None => (part, Activation::Identity),
        };
        layers.push((width(own)?, activation));
    }
    if layers.is_empty() {
        return Err(wrong(format!("`{text}` has no layer behind the input")));
    }
    Ok((inputs, layers))
}

fn activation(name: &str) -> Option<Activation> {
    match name {
        // The class is the same without it.
        "softmax" | "log_softmax" => Some(Activation::Identity),
        _ => Activation::named(name),
    }
}

fn unknown(name: &str) -> StateDictError {
    let names: Vec<&str> = Activation::NAMES.iter().map(|(name, _)| *name).collect();
    StateDictError::Description(format!(
        "`{name}` is no activation; there are {}, leaky_relu(0.1)",
        names.join(", ")
    ))
}

/// What of the arrays is used.
struct Found<'a> {
    arrays: &'a BTreeMap<String, Weights>,
    used: BTreeSet<&'a str>,
    /// Beginnings of the names of BatchNorms that are left.
    norms: Vec<&'a str>,
}

impl<'a> Found<'a> {
    fn new(arrays: &'a BTreeMap<String, Weights>) -> Self {
        let mut norms: Vec<&str> = arrays
            .keys()
            .filter_map(|name| ENDS_OF_MEANS.iter().find_map(|end| name.strip_suffix(end)))
            .collect();
        norms.sort_by_key(|name| natural(name));
        // What counts batches, and our own stamps, is no weight.
        let used = arrays.iter().filter(|(name, _)| {
            name.ends_with("num_batches_tracked")
                || name.starts_with("nnrc.")
                || name.starts_with("training.")
        });
        Self { arrays, used: used.map(|(name, _)| name.as_str()).collect(), norms }
    }

    /// The matrix of each layer.
    fn matrices(
        &mut self,
        inputs: usize,
        wanted: &[(usize, Activation)],
    ) -> Result<Vec<&'a str>, StateDictError> {
        let mut left: Vec<(&str, [usize; 2])> = self
            .arrays
            .iter()
            .filter_map(|(name, array)| match array.shape[..] {
                [rows, columns] => Some((name.as_str(), [rows, columns])),
                _ => None,
            })
            .collect();
        left.sort_by_key(|(name, _)| natural(name));
        let mut names = Vec::new();
        let mut width = inputs;
        for (at, &(own, _)) in wanted.iter().enumerate() {
            let fits = |shape: [usize; 2]| shape == [own, width] || shape == [width, own];
            let Some(place) = left.iter().position(|(_, shape)| fits(*shape)) else {
                let left = left.iter().map(|(name, [rows, columns])| format!("`{name}` [{rows}, {columns}]"));
                return Err(StateDictError::NoMatrix {
                    layer: at + 1,
                    shape: [own, width],
                    left: left.collect(),
                });
            };
            let (name, _) = left.remove(place);
            self.used.insert(name);
            names.push(name);
            width = own;
        }
        Ok(names)
    }

    /// Whether matrices are [inputs, outputs]: decided once, by those that are not square.
    fn layout(
        &self,
        inputs: usize,
        wanted: &[(usize, Activation)],
        names: &[&str],
        said: Option<Layout>,
    ) -> Result<bool, StateDictError> {
        let (mut straight, mut transposed) = (None, None);
        let mut width = inputs;
        for (&(own, _), &name) in wanted.iter().zip(names) {
            if own != width {
                let is_straight = self.arrays[name].shape == [own, width];
                *(if is_straight { &mut straight } else { &mut transposed }) = Some(name.to_owned());
            }
            width = own;
        }
        match (straight, transposed, said) {
            (Some(straight), Some(transposed), _) => Err(StateDictError::Mixed { straight, transposed }),
            (Some(_), None, _) => Ok(false),
            (None, Some(_), _) => Ok(true),
            (None, None, Some(layout)) => Ok(layout == Layout::InOut),
            (None, None, None) => Err(StateDictError::Square),
        }
    }

    /// Matrix and bias of a layer.
    fn affine(
        &mut self,
        name: &str,
        [rows, columns]: [usize; 2],
        is_transposed: bool,
    ) -> (Vec<f64>, Vec<f64>) {
        let values = &self.arrays[name].values;
        let matrix = if is_transposed {
            (0..rows).flat_map(|row| (0..columns).map(move |column| values[column * rows + row])).collect()
        } else {
            values.clone()
        };
        let bias = bias_names(name).into_iter().find_map(|bias| self.take(&bias, rows));
        (matrix, bias.unwrap_or_else(|| vec![0.0; rows]))
    }

    /// The same with the next BatchNorm of this width folded in.
    fn normalised(&mut self, width: usize, mut matrix: Vec<f64>, mut bias: Vec<f64>) -> (Vec<f64>, Vec<f64>) {
        let is_it = |name: &&&str| {
            let means = ENDS_OF_MEANS.iter().find_map(|end| self.arrays.get(&format!("{name}{end}")));
            means.is_some_and(|means| means.values.len() == width)
        };
        let Some(place) = self.norms.iter().position(|name| is_it(&name)) else { return (matrix, bias) };
        let name = self.norms.remove(place).to_owned();
        let mut one_of = |ends: &[&str], otherwise: f64| {
            let found = ends.iter().find_map(|end| self.take(&format!("{name}{end}"), width));
            found.unwrap_or_else(|| vec![otherwise; width])
        };
        let (mean, variance) =
            (one_of(&ENDS_OF_MEANS, 0.0), one_of(&[".running_var", "/moving_variance"], 1.0));
        let (scale, shift) = (one_of(&[".weight", "/gamma"], 1.0), one_of(&[".bias", "/beta"], 0.0));
        let columns = matrix.len() / width.max(1);
        let is_keras = self.arrays.contains_key(&format!("{name}/moving_variance"));
        let epsilon = if is_keras { EPSILON_KERAS } else { EPSILON_TORCH };
        for unit in 0..width {
            let factor = scale[unit] / (variance[unit] + epsilon).sqrt();
            matrix[unit * columns..(unit + 1) * columns].iter_mut().for_each(|weight| *weight *= factor);
            bias[unit] = (bias[unit] - mean[unit]) * factor + shift[unit];
        }
        (matrix, bias)
    }

    /// An array of `width` numbers, which is used then.
    fn take(&mut self, name: &str, width: usize) -> Option<Vec<f64>> {
        let (name, array) = self.arrays.get_key_value(name)?;
        (array.values.len() == width && !self.used.contains(name.as_str())).then(|| {
            self.used.insert(name);
            array.values.clone()
        })
    }

    /// Nothing is left out in silence.
    fn finish(&self) -> Result<(), StateDictError> {
        let left: Vec<String> =
            self.arrays.keys().filter(|name| !self.used.contains(name.as_str())).cloned().collect();
        if left.is_empty() { Ok(()) } else { Err(StateDictError::Unused(left)) }
    }
}

/// Ends of the names of a BatchNorm's means.
const ENDS_OF_MEANS: [&str; 2] = [".running_mean", "/moving_mean"];
/// Ends of the names of matrices, with those of their biases.
const ENDS: [(&str, &str); 4] =
    [(".weight", ".bias"), ("/kernel", "/bias"), (".kernel", ".bias"), (".W", ".b")];
/// Beginnings of the names of matrices, with those of their biases.
const BEGINNINGS: [(&str, &str); 3] = [("coefs_", "intercepts_"), ("W", "b"), ("w", "b")];

/// Names that the bias beside a matrix may have.
fn bias_names(name: &str) -> Vec<String> {
    let by_end = ENDS.iter().filter_map(|(end, bias)| Some(format!("{}{bias}", name.strip_suffix(end)?)));
    let by_beginning =
        BEGINNINGS.iter().filter_map(|(begin, bias)| Some(format!("{bias}{}", name.strip_prefix(begin)?)));
    by_end.chain(by_beginning).collect()
}

/// The name of the layer that a matrix belongs to.
fn stem(name: &str) -> &str {
    ENDS.iter().find_map(|(end, _)| name.strip_suffix(end)).unwrap_or(name)
}

/// A name as words and numbers, so that `fc10` stands behind `fc2`.
fn natural(name: &str) -> Vec<(String, u64)> {
    let mut parts = vec![(String::new(), 0_u64)];
    let mut was_digit = false;
    for letter in name.chars() {
        match letter.to_digit(10) {
            Some(digit) => {
                if let Some((_, number)) = parts.last_mut() {
                    *number = number.saturating_mul(10).saturating_add(u64::from(digit));
                }
                was_digit = true;
            }
            None => {
                if was_digit {
                    parts.push((String::new(), 0));
                }
                if let Some((word, _)) = parts.last_mut() {
                    word.push(letter);
                }
                was_digit = false;
            }
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrays(all: &[(&str, &[usize], &[f64])]) -> BTreeMap<String, Weights> {
        let one = |&(name, shape, values): &(&str, &[usize], &[f64])| {
            (name.to_owned(), Weights { shape: shape.to_vec(), values: values.to_vec() })
        };
        all.iter().map(one).collect()
    }

    #[test]
    fn layers_come_from_shapes_and_names() {
        let all = arrays(&[
            ("fc1.weight", &[3, 2], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]),
            ("fc1.bias", &[3], &[0.1, 0.2, 0.3]),
            ("fc2.weight", &[1, 3], &[1.0, -1.0, 2.0]),
        ]);
        let network = Network::from_state_dict("2-3:relu-1", &all, None).unwrap();
        // relu(1 + 2·(−1) + 0.1) = 0, relu(3 − 4 + 0.2) = 0, relu(5 − 6 + 0.3) = 0; with x = (1, 1): 3.1, 7.2, 11.3.
        assert_eq!(network.forward(&[1.0, -1.0]), [0.0]);
        let y = network.forward(&[1.0, 1.0])[0];
        assert!((y - (3.1 - 7.2 + 22.6)).abs() < 1e-12, "{y}");
        assert_eq!(network.layers[0].name, "fc1");
    }

    #[test]
    fn matrices_of_keras_are_turned() {
        let all =
            arrays(&[("d/kernel", &[2, 3], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]), ("d/bias", &[3], &[0.0; 3])]);
        let network = Network::from_state_dict("2-3", &all, None).unwrap();
        assert_eq!(network.forward(&[1.0, 10.0]), [41.0, 52.0, 63.0]);
    }

    #[test]
    fn a_batch_norm_is_folded_into_the_layer_before_it() {
        let all = arrays(&[
            ("a.weight", &[1, 2], &[1.0, 1.0]),
            ("a.bias", &[1], &[0.5]),
            ("n.weight", &[1], &[2.0]),
            ("n.bias", &[1], &[0.25]),
            ("n.running_mean", &[1], &[1.5]),
            ("n.running_var", &[1], &[4.0 - 1e-5]),
            ("n.num_batches_tracked", &[], &[7.0]),
        ]);
        let network = Network::from_state_dict("2-1", &all, None).unwrap();
        // (3 + 0.5 − 1.5) / 2 · 2 + 0.25
        let y = network.forward(&[1.0, 2.0])[0];
        assert!((y - 2.25).abs() < 1e-12, "{y}");
    }

    #[test]
    fn what_is_open_is_asked_for() {
        let square = arrays(&[("a.weight", &[2, 2], &[1.0, 2.0, 3.0, 4.0])]);
        assert_eq!(Network::from_state_dict("2-2", &square, None), Err(StateDictError::Square));
        let y = |layout| Network::from_state_dict("2-2", &square, Some(layout)).unwrap().forward(&[1.0, 0.0]);
        assert_eq!((y(Layout::OutIn), y(Layout::InOut)), (vec![1.0, 3.0], vec![1.0, 2.0]));
        let words = |description: &str, all| {
            Network::from_state_dict(description, all, None).unwrap_err().to_string()
        };
        assert!(words("2-3", &square).contains("[3, 2] or [2, 3] of layer 1; there are `a.weight` [2, 2]"));
        assert!(words("2-x", &square).contains("`x` is no width"));
        assert!(words("2-2:foo", &square).contains("`foo` is no activation"));
        let more = arrays(&[("a.weight", &[1, 2], &[1.0, 2.0]), ("z.weight", &[5, 4], &[0.0; 20])]);
        assert!(words("2-1", &more).contains("`z.weight` belongs to no layer"));
        let mixed = arrays(&[("a.weight", &[3, 2], &[0.0; 6]), ("b.weight", &[3, 1], &[0.0; 3])]);
        assert!(words("2-3-1", &mixed).contains("one layout"));
    }

    #[test]
    fn numbers_in_names_count() {
        let mut names = ["fc10.weight", "fc2.weight", "fc1.weight"];
        names.sort_by_key(|name| natural(name));
        assert_eq!(names, ["fc1.weight", "fc2.weight", "fc10.weight"]);
    }
}
