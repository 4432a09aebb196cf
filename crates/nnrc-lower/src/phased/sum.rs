//! Weighted sums: the pre-activations of a layer, by weights that are species.
//!
//! ```text
//! W^s_ij + X^t_j -> W^s_ij + X^t_j + Z^{st}_i    @ kc       (st: the product of the signs)
//! b^s_i -> b^s_i + Z^s_i                         @ kc
//! Z+ -> 0, Z- -> 0                               @ kc
//! Z+ + Z- -> 0                                   @ annihilation
//! ```
//!
//! ODE: z' = kc (W x + b − z) for z = Z+ − Z−, whatever the annihilation. Fixed point: W x + b; rate kc; residual
//! e^(−kc · time). Weights keep their common part small by themselves (`transfer`).

use nnrc_crn::{Axis, Handle, Index, Role};

use super::pot_builder::{I, J, PotBuilder, RAILS, at};
use crate::layer_builder::{Signal, Species};
use nnrc_model::Tensor;

/// Weights or biases of a layer, on two rails.
pub struct Parameter {
    /// `W_hidden`
    pub stem: String,
    /// Of the layer, and of its columns if it is a matrix.
    pub axes: Vec<Handle<Axis>>,
    /// Positive and negative rail.
    pub rails: [Species; 2],
}

impl Parameter {
    pub fn new(pot: &mut PotBuilder<'_>, stem: String, axes: Vec<Handle<Axis>>, values: &Tensor) -> Self {
        let rails = RAILS.map(|(positive, suffix)| {
            let sign = if positive { 1.0 } else { -1.0 };
            let initial = values.values.iter().map(|value| (sign * value).max(0.0)).collect();
            let species = pot.family(&stem, suffix, &axes, Role::Parameter, initial);
            if let Some((kind, layer)) = stem.split_once('_') {
                pot.crn.species[species].origin.label = format!("{layer}.{kind}");
            }
            species
        });
        Self { stem, axes, rails }
    }

    /// All its indices as index variables of a family over its axes.
    pub fn indices(&self) -> Vec<Index> {
        (0..self.axes.len()).map(Index::of).collect()
    }
}

/// One of the values that a layer takes, and where its columns begin.
#[derive(Debug, Clone)]
pub struct Source {
    /// Name of the node.
    pub name: String,
    /// Position among the nodes.
    pub node: usize,
    /// Its value.
    pub signal: Signal,
    /// First of its columns.
    pub offset: usize,
}

/// A dense layer.
pub struct Dense {
    /// Name of the layer.
    pub name: String,
    /// Its axis.
    pub axis: Handle<Axis>,
    /// What it takes.
    pub sources: Vec<Source>,
    /// W
    pub weights: Parameter,
    /// b
    pub bias: Option<Parameter>,
}

impl Dense {
    /// The rest of a family's name where a layer takes several sources.
    pub fn tail(&self, source: &Source) -> String {
        if self.sources.len() > 1 { format!("_{}", source.name) } else { String::new() }
    }
}

/// The column of a source as the second index variable.
pub fn column(source: &Source) -> Index {
    Index::Variable { position: 1, offset: source.offset }
}

/// The rails of the pre-activation.
pub fn lower(pot: &mut PotBuilder<'_>, dense: &Dense) -> [Species; 2] {
    pot.module("sum");
    let name = &dense.name;
    let z = pot.rails(name, "Z", &[dense.axis]);
    let rate = pot.combinational();
    for source in &dense.sources {
        let over = [dense.axis, source.signal.axis];
        for (&(up, sign), weight) in RAILS.iter().zip(dense.weights.rails) {
            for &(value, positive) in &source.signal.rails {
                let target = z[usize::from(up != positive)];
                let rail = match (source.signal.rails.len(), positive) {
                    (1, _) => "",
                    (_, true) => "p",
                    (_, false) => "m",
                };
                pot.react(
                    &format!("{name}.sum{}_{sign}{rail}", dense.tail(source)),
                    &over,
                    &[at(weight, &[I, column(source)]), at(value, &[J])],
                    (&[], &[at(target, &[I])]),
                    &rate,
                );
            }
        }
    }
    if let Some(bias) = &dense.bias {
        for (&(up, sign), value) in RAILS.iter().zip(bias.rails) {
            let target = z[usize::from(!up)];
            pot.react(
                &format!("{name}.sum.bias_{sign}"),
                &[dense.axis],
                &[at(value, &[I])],
                (&[], &[at(target, &[I])]),
                &rate,
            );
        }
    }
    pot.decay_rails(&format!("{name}.sum.decay"), &[dense.axis], z, &rate);
    pot.annihilate(&format!("{name}.sum.annihilate"), &[dense.axis], z);
    z
}
