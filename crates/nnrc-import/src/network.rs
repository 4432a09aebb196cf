//! The network that a file describes: affine maps, and activations between them.

mod forward;
mod print;

pub use forward::softmax;

use crate::activation::Activation;
use crate::graph::Origin;
use crate::recognise::Head;
use crate::sparse::AffineMap;

/// A network of layers, each of which takes the input or layers before it. The last layer is the output.
#[derive(Debug, Clone, PartialEq)]
pub struct Network {
    /// The inputs, which stand one after another in the list of numbers that the network takes: one, or several of
    /// one column each.
    pub inputs: Vec<Input>,
    /// The layers. There is at least one.
    pub layers: Vec<Layer>,
    /// What the file does to the last layer's numbers.
    pub head: Head,
    /// Names of the nodes that are the head.
    pub head_nodes: Vec<String>,
    /// Names of the classes; empty where the file has none.
    pub class_names: Vec<String>,
    /// Names of the columns of the input, as many as it is wide; empty where the file has none.
    pub feature_names: Vec<String>,
    /// Where the file comes from.
    pub origin: Origin,
}

/// An input of the network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// Its name.
    pub name: String,
    /// Its shape without the batch; its numbers are row-major.
    pub shape: Vec<usize>,
    /// How many numbers it has.
    pub width: usize,
}

/// Numbers that are computed from the input or from layers before.
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    /// Its name: letters, digits and `_`, beginning with a letter; each name once. Words of a language may be among
    /// them.
    pub name: String,
    /// What is done to the sources.
    pub kind: LayerKind,
    /// What is done to each number then.
    pub activation: Activation,
    /// What it takes: one source of an affine layer, two or more of the others.
    pub sources: Vec<Source>,
    /// Names of the nodes that it was made of, in the order of the graph; those that move numbers included.
    pub source_nodes: Vec<String>,
    /// The op of the node that gave it its weights, or the op that made it.
    pub source_op: String,
    /// The shape of its numbers in the file, without the batch.
    pub shape: Vec<usize>,
    /// How many numbers it has.
    pub width: usize,
}

/// What a layer does to its sources.
#[derive(Debug, Clone, PartialEq)]
pub enum LayerKind {
    /// An affine map of the one source.
    Affine(AffineMap),
    /// The sum of the sources, which have one width.
    Add,
    /// The sources one after another.
    Concat,
}

/// Where a layer takes numbers from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// The input of the network.
    Input,
    /// The layer of this number.
    Layer(usize),
}

impl Network {
    /// How many numbers the network takes.
    pub fn input_width(&self) -> usize {
        self.inputs.iter().map(|input| input.width).sum()
    }

    /// How many numbers the last layer has. The head makes two of one where it is
    /// [`Head::BinaryProbability`].
    pub fn output_width(&self) -> usize {
        self.layers.last().map_or(0, |layer| layer.width)
    }

    /// Stored entries of all matrices.
    pub fn entries(&self) -> usize {
        self.layers
            .iter()
            .map(|layer| match &layer.kind {
                LayerKind::Affine(map) => map.matrix.entries(),
                LayerKind::Add | LayerKind::Concat => 0,
            })
            .sum()
    }
}
