//! A network as what is computed and differentiated.

use nnrc_model::activation::{Activation, Map};
use nnrc_model::encoding::or_identity;
use nnrc_model::{Model, NodeKind, Operation, Tensor};

/// A network whose weights are the variables. All parameters stand in one flat vector, layer by layer, W [outputs,
/// inputs] by rows, then b.
#[derive(Debug, Clone)]
pub struct Graph {
    pub(crate) nodes: Vec<Node>,
    pub(crate) output: usize,
    parameters: Vec<Parameter>,
    initial: Vec<f64>,
}

/// A tensor among the parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// `hidden.W`, `hidden.b`.
    pub key: String,
    /// Its sizes.
    pub shape: Vec<usize>,
    /// Where it begins in the flat vector.
    pub start: usize,
}

impl Parameter {
    /// Its places in the flat vector.
    pub fn range(&self) -> std::ops::Range<usize> {
        self.start..self.start + self.shape.iter().product::<usize>()
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub width: usize,
    pub kind: Kind,
    /// Whether a parameter has an influence on it and it has one on the output, so that its adjoint matters.
    pub learns: bool,
}

#[derive(Debug, Clone)]
pub(crate) enum Kind {
    /// Where its values begin in a sample.
    Input { start: usize },
    /// Activations are without identities.
    Layer { operation: Combination, sources: Vec<usize>, activations: Vec<Activation> },
}

/// How the sources of a layer become pre-activations.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Combination {
    Dense(Dense),
    Add,
    Concat,
}

/// Places of W and b among the parameters.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Dense {
    pub weights: usize,
    pub bias: Option<usize>,
    pub columns: usize,
}

impl Node {
    /// Its weights, if it has any.
    pub fn dense(&self) -> Option<Dense> {
        match self.kind {
            Kind::Layer { operation: Combination::Dense(dense), .. } => Some(dense),
            Kind::Layer { operation: Combination::Add | Combination::Concat, .. } | Kind::Input { .. } => {
                None
            }
        }
    }

    /// What it is made of.
    pub fn sources(&self) -> &[usize] {
        match &self.kind {
            Kind::Input { .. } => &[],
            Kind::Layer { sources, .. } => sources,
        }
    }

    /// What is applied to its pre-activations.
    pub fn activations(&self) -> &[Activation] {
        match &self.kind {
            Kind::Input { .. } => &[],
            Kind::Layer { activations, .. } => activations,
        }
    }

    /// Whether a unit depends on the pre-activations of the others.
    pub fn is_joint(&self) -> bool {
        self.activations().iter().any(|activation| is_joint(*activation))
    }

    /// Whether what produces its pre-activations matters beyond them, and comes from its sources term by term.
    pub fn produces(&self) -> bool {
        let by_terms = match &self.kind {
            Kind::Layer { operation, .. } => match operation {
                Combination::Dense(_) | Combination::Add => true,
                Combination::Concat => false,
            },
            Kind::Input { .. } => false,
        };
        by_terms && self.activations().first().is_some_and(|one| one.depends_on_production())
    }
}

/// Whether a value depends on all pre-activations of its layer.
pub(crate) fn is_joint(activation: Activation) -> bool {
    activation.with(|function| match function.map() {
        Map::Joint(_) => true,
        Map::Pointwise(_) | Map::Produced(_) => false,
    })
}

impl Graph {
    /// The network of a model; its weights are where training starts.
    pub fn new(model: &Model) -> Self {
        let (mut parameters, mut initial) = (Vec::new(), Vec::new());
        let mut add = |key: String, tensor: &Tensor| {
            let start = initial.len();
            initial.extend_from_slice(&tensor.values);
            parameters.push(Parameter { key, shape: tensor.shape.clone(), start });
            start
        };
        let mut nodes: Vec<Node> = Vec::new();
        let mut inputs = 0;
        for node in &model.nodes {
            let (kind, learns) = match &node.kind {
                NodeKind::Input => {
                    let start = inputs;
                    inputs += node.width();
                    (Kind::Input { start }, false)
                }
                NodeKind::Layer { operation, sources, activations } => {
                    let operation = match operation {
                        Operation::Dense { weights, bias } => Combination::Dense(Dense {
                            weights: add(format!("{}.W", node.name), weights),
                            bias: bias.as_ref().map(|bias| add(format!("{}.b", node.name), bias)),
                            columns: weights.shape.get(1).copied().unwrap_or(0),
                        }),
                        Operation::Add => Combination::Add,
                        Operation::Concat => Combination::Concat,
                    };
                    let learns = matches!(operation, Combination::Dense(_))
                        || sources.iter().any(|&source| nodes[source].learns);
                    let mut activations = or_identity(activations);
                    activations.retain(|activation| *activation != Activation::Identity);
                    (Kind::Layer { operation, sources: sources.clone(), activations }, learns)
                }
            };
            nodes.push(Node { width: node.width(), kind, learns });
        }
        let mut reaches = vec![false; nodes.len()];
        reaches[model.output] = true;
        for (at, node) in nodes.iter_mut().enumerate().rev() {
            if reaches[at] {
                node.sources().iter().for_each(|&source| reaches[source] = true);
            }
            node.learns &= reaches[at];
        }
        Self { nodes, output: model.output, parameters, initial }
    }

    /// The tensors of the flat vector.
    pub fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    /// The weights of the model.
    pub fn initial(&self) -> &[f64] {
        &self.initial
    }

    /// Number of outputs.
    pub fn output_width(&self) -> usize {
        self.nodes[self.output].width
    }
}
