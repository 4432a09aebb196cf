//! What the parts of a layer hand on to each other, forth and back.

use std::collections::BTreeMap;

use nnrc_crn::{Axis, Handle, RateConstant};

use crate::layer_builder::{Drive, LayerBuilder, Signal, Species};
use nnrc_model::activation::Activation;

/// Two rails of a signed value: what counts as positive, then what counts as negative.
pub type Rails = [Species; 2];

/// One activation of a layer.
pub struct Stage {
    pub activation: Activation,
    /// What it reads.
    pub drive: Drive,
    /// The species it reads; none where it reads the sources themselves.
    pub z: Option<Signal>,
    pub value: Signal,
    pub constants: BTreeMap<String, Handle<RateConstant>>,
}

impl Stage {
    /// The species that is its value, or the positive rail of it.
    pub fn first(&self) -> Species {
        self.value.rails[0].0
    }

    /// A species that the activation made in its forward pass, by its suffix.
    pub fn own(&self, builder: &LayerBuilder<'_>, suffix: &str) -> Species {
        builder.find(suffix).expect("the forward pass of an activation makes what its derivative reads")
    }
}

/// What a later layer adds to the error of a node.
pub struct Contribution {
    /// Name and axis of the later layer.
    pub from: (String, Handle<Axis>),
    pub delta: Rails,
    /// Its weights; none where it takes values as they are.
    pub weights: Option<Rails>,
    /// Place of the node among what the later layer takes.
    pub offset: usize,
}
